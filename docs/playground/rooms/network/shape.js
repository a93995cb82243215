// Which number of the flat list of parameters stands where: layer by layer, neuron by neuron, its weights, then its bias.

/** Of a network of these hidden layers, every parameter: {layer, neuron, input, name}; `input` is null for a bias. */
export function parameters(hidden) {
  const widths = [2, ...hidden, 1], all = [];
  for (let layer = 0; layer + 1 < widths.length; layer++) {
    for (let neuron = 0; neuron < widths[layer + 1]; neuron++) {
      for (let input = 0; input < widths[layer]; input++) all.push({ layer, neuron, input, name: `w[${layer},${neuron},${input}]` });
      all.push({ layer, neuron, input: null, name: `b[${layer},${neuron}]` });
    }
  }
  return all;
}

/** The name of a node: an input, a hidden neuron, or the score. `column` 0 holds the inputs. */
export function nodeName(column, row, columns) {
  if (column === 0) return `x${row + 1}`;
  return column === columns - 1 ? "score" : `h[${column - 1},${row}]`;
}

/** The place of a neuron in the list of all activations. */
export function neuronIndex(hidden, layer, neuron) {
  return [...hidden, 1].slice(0, layer).reduce((sum, width) => sum + width, 0) + neuron;
}
