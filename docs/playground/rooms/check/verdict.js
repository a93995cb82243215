// What the check says, as elements of the page: the package's own words, in its own order.
const make = (tag, text, kind = "") => Object.assign(document.createElement(tag), { textContent: text, className: kind });

/** A sentence in which `code` is set as code. */
function say(text, kind = "") {
  const line = make("p", "", kind);
  line.append(...text.split("`").map((part, k) => (k % 2 ? make("code", part) : part)));
  return line;
}
function drawFinding({ heading, expression, what, suspicion, advice, line }, kind = "") {
  const box = make("div", "", `finding ${kind}`);
  box.append(make("h2", heading), make("pre", expression, "expression"), say(what));
  if (suspicion) box.append(say(suspicion, "suspicion"));
  if (advice) box.append(say(advice));
  box.append(make("p", "To see it again:"), make("pre", line, "again"));
  return box;
}
function drawOperations(title, all) {
  const line = make("p", `${title}: `, "operations");
  all.forEach((operation, k) => line.append(make("code", operation, operation.length < 20 ? "short" : ""), k < all.length - 1 ? ", " : "."));
  return line;
}

/** Draw it into `box`; returns the line of text above it, its kind, and the number of the line that fails. */
export function show(box, { diagnoses = [], problem, printed }) {
  const parts = [];
  for (const { heading, findings, notes, checked, missing } of diagnoses) {
    if (heading && diagnoses.length > 1) parts.push(make("p", heading));
    parts.push(...findings.map((finding) => drawFinding(finding)), ...notes.map((note) => drawFinding(note, "note")));
    if (checked.length) parts.push(drawOperations("Checked", checked));
    if (missing.length) parts.push(drawOperations("Not there yet", missing));
  }
  if (problem?.trace) parts.push(make("pre", problem.trace, "trace"));
  if (printed) parts.push(make("p", "Printed:"), make("pre", printed, "printed"));
  box.replaceChildren(...parts);
  if (problem) {
    const { kind, message, line } = problem;
    return { text: line ? `${kind} in line ${line}${message ? `: ${message}` : ""}` : message, kind: "bad", line };
  }
  const wrong = diagnoses.find(({ good }) => !good);
  if (wrong) return { text: "There is a difference.", kind: "bad", line: null };
  return { text: diagnoses.length === 1 ? diagnoses[0].heading : "No difference found.", kind: "", line: null };
}
