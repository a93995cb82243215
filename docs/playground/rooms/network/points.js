// Points that the reader sets: rows of [x, y, label], three characters each in an address.
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const COLUMNS = 512, ROWS = 256; // 9 bits for x, 8 for y, 1 for the label
export const MOST = 200;

/** The part of the plane in which points are set, as the bridge has it: left, right, bottom, top. */
export const OWN_BOX = [-2.5, 2.5, -2, 2];
const [LEFT, RIGHT, BOTTOM, TOP] = OWN_BOX;

const cell = (value, least, most, cells) => Math.min(cells - 1, Math.max(0, Math.floor((value - least) / (most - least) * cells)));
const middle = (k, least, most, cells) => Math.round((least + (k + 0.5) / cells * (most - least)) * 1e4) / 1e4;

/** A point where an address can tell it. */
export function snap([x, y, label]) {
  return [middle(cell(x, LEFT, RIGHT, COLUMNS), LEFT, RIGHT, COLUMNS), middle(cell(y, BOTTOM, TOP, ROWS), BOTTOM, TOP, ROWS), label];
}

export function write(points) {
  return points.map(([x, y, label]) => {
    const bits = (cell(x, LEFT, RIGHT, COLUMNS) * ROWS + cell(y, BOTTOM, TOP, ROWS)) * 2 + (label > 0 ? 1 : 0);
    return DIGITS[bits >> 12] + DIGITS[(bits >> 6) & 63] + DIGITS[bits & 63];
  }).join("");
}

export function read(text) {
  const points = [];
  for (let k = 0; k + 3 <= text.length && points.length < MOST; k += 3) {
    const digits = [...text.slice(k, k + 3)].map((one) => DIGITS.indexOf(one));
    if (digits.includes(-1)) continue;
    const bits = (digits[0] << 12) | (digits[1] << 6) | digits[2];
    points.push([middle(bits >> 9, LEFT, RIGHT, COLUMNS), middle((bits >> 1) & 255, BOTTOM, TOP, ROWS), bits & 1 ? 1 : -1]);
  }
  return points;
}

/** The place of the point within `reach` of (x, y) that is nearest, or -1; `across` and `down` are pixels a unit. */
export function nearest(points, x, y, across, down, reach) {
  let found = -1, least = reach;
  points.forEach(([px, py], k) => {
    const distance = Math.hypot((px - x) * across, (py - y) * down);
    if (distance <= least) [found, least] = [k, distance];
  });
  return found;
}
