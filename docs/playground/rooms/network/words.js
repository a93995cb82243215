// The sentences of the room, with the numbers in them.
import { bracketed, format } from "./canvas.js";
import { nodeName } from "./shape.js";

/** "1 point", "1,200 points". */
export const count = (n, one, many = `${one}s`) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

/** "0.4213 − 0.5 × (−0.1307) = 0.4867": the update of a parameter. */
export function update(weight, grad, rate) {
  return `${format(weight)} − ${rate} × ${bracketed(grad)} = ${format(weight - rate * grad)}`;
}

/** From where to where a weight goes, or whose bias it is. */
export function place({ layer, neuron, input }, columns) {
  const to = nodeName(layer + 1, neuron, columns);
  return input === null ? `the bias of ${to}` : `from ${nodeName(layer, input, columns)} to ${to}`;
}

/** A parameter in two lines: its number, its gradient and its next update; and how the gradient comes about. */
export function parameter(one, columns, { weight, grad, bias, from, rate, decay, phase, example }) {
  const first = `<b>${one.name} = ${format(weight)}</b> (${place(one, columns)})`;
  if (phase !== "backward") {
    const why = phase === "forward" ? "the backward pass computes it" : "forward and backward compute it";
    return `<p>${first}</p><p>∂L/∂${one.name}: not there yet, ${why}.</p>`;
  }
  const next = `∂L/∂${one.name} = <b>${format(grad)}</b>, next: ${update(weight, grad, rate)}`;
  return `<p>${first}</p><p>${next}</p><p>${chain(one, columns, { weight, grad, bias, from, decay, example })}</p>`;
}

/** For one example the chain rule in numbers: the gradient at the neuron's sum times what comes along the line. */
function chain(one, columns, { weight, grad, bias, from, decay, example }) {
  const direction = grad === 0 ? "" : `A little more of it makes the loss ${grad > 0 ? "larger" : "smaller"}.`;
  if (!example) return direction;
  const node = nodeName(one.layer + 1, one.neuron, columns);
  if (one.input === null) return `It is the gradient at the sum of ${node}. ${direction}`;
  const shrink = decay ? ` + 2 × ${decay} × ${bracketed(weight)}` : "";
  return `Gradient at the sum of ${node} times ${nodeName(one.layer, one.input, columns)}: ${bracketed(bias)} × ${bracketed(from)}${shrink} = ${format(grad)}. ${direction}`;
}

/** What the part of an update that was just made has done. */
export function part(told, { points, decay, rate }, selected, before) {
  if (told.phase === "forward") {
    return `Forward: all gradients are set to 0. ${loss(told, points, decay)}`;
  }
  if (told.phase === "backward") {
    return `Backward: from the loss back to the inputs, each of the ${told.weights.length} parameters gets its gradient, the dashed lines. ${selected.name}: ∂L/∂${selected.name} = ${format(told.grads[selected.k])}.`;
  }
  const { weight, grad } = before;
  return `Update: each parameter moves against its gradient. ${selected.name}: ${update(weight, grad, rate)}.`;
}

function loss(told, points, decay) {
  const example = told.example;
  const extra = decay ? `, plus ${decay} × the sum of the squared weights` : "";
  if (!example) {
    const many = told.chosen?.length ?? points.length;
    return `The loss is L = ${format(told.loss)}: the mean of max(0, 1 − label × score) over ${count(many, "point")}${extra}.`;
  }
  const [x, y, label] = points[example.k], score = example.activations.at(-1);
  const product = `${label > 0 ? "1" : "(−1)"} × ${bracketed(score)}`;
  return `Example ${example.k + 1} at (${format(x)}, ${format(y)}), label ${label > 0 ? "1" : "−1"}: the score is ${format(score)}, so max(0, 1 − ${product}) = ${format(example.loss)}${decay ? `; L = ${format(told.loss)} with the regularisation` : ""}.`;
}

/** The loss is not a number any more. */
export const lost = (rate) =>
  `The loss has grown beyond all bounds: with a learning rate of ${rate} each update overshoots, and the next gradient is larger still. Take a smaller rate${rate > 0.1 ? ", 0.1 say," : ""} and press Reset.`;

/** The loss is far above that of the start. */
export const worse = (times, rate) =>
  `The loss is ${count(Math.round(times), "time")} that of the start: a learning rate of ${rate} is too large here. Take a smaller one and press Reset.`;

/** Relus whose result is 0 for all points. */
export function dead(many) {
  return `${count(many, "neuron is", "neurons are")} dead (dashed in the graph): 0 for every point, so no gradient passes and ${many === 1 ? "it does" : "they do"} not learn. Another seed, a smaller rate or tanh helps.`;
}
