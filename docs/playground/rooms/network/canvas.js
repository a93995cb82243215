// What all pictures of the room share: a canvas in real pixels, the colours of the page, numbers sent as bytes.

/** The context of a canvas, scaled so that a unit is a CSS pixel, and its size in them; cleared. */
export function prepare(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = Math.min(3, devicePixelRatio || 1);
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** The colours of the page as it is shown now, by name: page, panel, ink, muted, line, accent, plus, minus, focus. */
export function colours(element) {
  const style = getComputedStyle(element);
  const names = ["page", "panel", "ink", "muted", "line", "accent", "plus", "minus", "focus"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

export const FONT = '-apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,Helvetica,Arial,"Liberation Sans","DejaVu Sans",sans-serif';

/** Red, green and blue of "#2b6cb0" or "#fff". */
export function channels(colour) {
  const digits = colour.length === 4 ? [...colour.slice(1)].map((one) => one + one).join("") : colour.slice(1);
  return [0, 2, 4].map((k) => parseInt(digits.slice(k, k + 2), 16));
}

/** The 32-bit floats that the bridge has packed. */
export function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

/** Numbers on an n × n grid as a picture of n × n pixels: blue above 0, orange below, stronger up to ±1. */
export function tint(numbers, n, theme, strength) {
  const picture = new OffscreenCanvas(n, n);
  const image = new ImageData(n, n);
  const [page, plus, minus] = [theme.page, theme.plus, theme.minus].map(channels);
  for (let k = 0; k < n * n; k++) {
    const number = numbers[k];
    const hue = number > 0 ? plus : minus;
    const part = strength * Math.min(1, Math.abs(number));
    for (let i = 0; i < 3; i++) image.data[4 * k + i] = page[i] + (hue[i] - page[i]) * part;
    image.data[4 * k + 3] = 255;
  }
  picture.getContext("2d").putImageData(image, 0, 0);
  return picture;
}

const DIGITS = 4;
/** A number as the room shows it: four decimals, with a minus sign; a small one with its power of ten. */
export function format(number) {
  if (!Number.isFinite(number)) return String(number);
  const small = number !== 0 && Math.abs(number) < 5 * 10 ** -DIGITS;
  const text = small ? number.toExponential(2) : Math.abs(number) < 1e5 ? number.toFixed(DIGITS) : number.toExponential(3);
  const plain = Number(text) === 0 ? "0" : text;
  return plain.replace(/-/g, "−");
}

/** The same as a factor or a term: a negative one in brackets. */
export const bracketed = (number) => (number < 0 ? `(${format(number)})` : format(number));
