// The loss after each update: of the examples of the update as a thin line, of all points as a thick one.
import { FONT, colours, prepare } from "./canvas.js";

const MARGIN = { left: 44, right: 12, top: 12, bottom: 24 };

/** A row of numbers that halves itself when it is long: each item is the mean of `each` numbers. */
export class History {
  constructor(most = 1200) {
    Object.assign(this, { most, each: 1, items: [], sum: 0, count: 0 });
  }

  add(number) {
    this.sum += number;
    if (++this.count < this.each) return;
    this.items.push(this.sum / this.count);
    [this.sum, this.count] = [0, 0];
    if (this.items.length < this.most) return;
    this.items = Array.from({ length: this.most / 2 }, (_, k) => (this.items[2 * k] + this.items[2 * k + 1]) / 2);
    this.each *= 2;
  }
}

/** Draw `history`, the losses of the updates, and `whole`, pairs [update, loss of all points]. */
export function drawCurve(canvas, history, whole, updates) {
  const { context, width, height } = prepare(canvas), theme = colours(canvas);
  const { left, right, top, bottom } = MARGIN;
  const seen = [...history.items, ...whole.map(([, loss]) => loss)].filter(Number.isFinite);
  const highest = seen.length ? round(Math.max(0.01, seen[0], percentile(seen, 0.99))) : 1;
  const last = Math.max(10, updates);
  const x = (step) => left + step / last * (width - left - right);
  const y = (loss) => top + (1 - Math.min(1.02, loss / highest)) * (height - top - bottom);
  context.font = `12px ${FONT}`;
  context.fillStyle = theme.muted;
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const part of [0, 0.5, 1]) {
    context.beginPath();
    context.moveTo(left, y(part * highest));
    context.lineTo(width - right, y(part * highest));
    context.stroke();
    context.fillText(String(Number((part * highest).toPrecision(2))), left - 6, y(part * highest));
  }
  context.textBaseline = "top";
  context.fillText(`${last.toLocaleString("en")} updates`, width - right, height - bottom + 6);
  context.textAlign = "left";
  context.fillText("0", left, height - bottom + 6);
  context.lineJoin = "round";
  const line = (pairs, colour, wide) => {
    context.beginPath();
    for (const [step, loss] of pairs) context.lineTo(x(step), y(loss));
    context.strokeStyle = colour;
    context.lineWidth = wide;
    context.stroke();
  };
  const single = history.items.map((loss, k) => [(k + 0.5) * history.each - 0.5, loss]);
  line(single, whole.length ? theme.muted : theme.accent, whole.length ? 0.8 : 2.5);
  line(whole, theme.accent, 2.5);
}

const percentile = (numbers, part) => [...numbers].sort((a, b) => a - b)[Math.floor(part * (numbers.length - 1))] ?? 0;

/** The next number above that is 1, 2 or 5 times a power of ten, or half as much again. */
function round(number) {
  const power = 10 ** Math.floor(Math.log10(number));
  return [1, 1.5, 2, 3, 5, 10].find((one) => one * power >= number * 0.999) * power;
}
