// A row for each name: a field to type in or to drag, a slider, and the gradient.
import { reach, scrub, tidy, unit } from "./numbers.js";

const STEPS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 };

/** Rows in `box`; `change({name: text})` is called for every number that is typed or dragged. */
export function valuesIn(box, change) {
  const rows = new Map();
  box.addEventListener("submit", (event) => event.preventDefault());

  function set(row, text) {
    row.field.value = text;
    row.field.removeAttribute("aria-invalid");
    settle(row, Number(text));
  }
  function take(row, text) {
    set(row, text);
    change({ [row.name]: text });
  }
  /* The range stays while its slider is held. */
  function settle(row, value) {
    row.value = value;
    if (!row.held) {
      row.most = reach(value);
      row.slider.min = -row.most;
      row.slider.max = row.most;
    }
    row.slider.value = value;
    row.slider.setAttribute("aria-valuetext", row.field.value);
  }
  /* Arrows go as far as a few pixels of dragging would. */
  function press(row, event, times) {
    if (!times || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const most = reach(row.value), step = unit(most) * (event.shiftKey ? 1 : 10);
    take(row, tidy(row.value + times * step, Math.min(step, unit(most))));
  }

  function add(name) {
    const element = document.createElement("div");
    element.className = "value";
    element.dataset.name = name;
    element.innerHTML = `<label><span></span><input class="code" type="text" spellcheck="false" autocapitalize="off" autocomplete="off"></label><input type="range" step="any"><output></output>`;
    const [field, slider] = element.querySelectorAll("input");
    const row = { name, element, field, slider, output: element.querySelector("output"), value: 0, most: 5, held: false };
    element.querySelector("span").textContent = name;
    field.title = "Drag sideways, or type; ↑ and ↓ change it too";
    slider.setAttribute("aria-label", `${name}, slider`);
    field.addEventListener("input", () => change({ [name]: field.value }));
    field.addEventListener("keydown", (event) => press(row, event, event.key.endsWith("Up") || event.key.endsWith("Down") ? STEPS[event.key] : 0));
    slider.addEventListener("keydown", (event) => press(row, event, STEPS[event.key]));
    slider.addEventListener("input", () => {
      row.held = true;
      take(row, tidy(slider.valueAsNumber, unit(row.most)));
    });
    slider.addEventListener("change", () => {
      row.held = false;
      settle(row, row.value);
    });
    // A field in which one types is edited as any other; otherwise a drag changes its number.
    field.addEventListener("mousedown", (event) => {
      if (document.activeElement !== field) event.preventDefault();
    });
    scrub(field, () => document.activeElement !== field && {
      value: row.value,
      change: (text) => take(row, text),
      click: () => field.select(),
    });
    rows.set(name, row);
    return element;
  }

  return {
    has: (name) => rows.has(name),
    /** What to drag when another part of the page drags this name. */
    grip: (name) => ({ value: rows.get(name).value, change: (text) => take(rows.get(name), text) }),
    /** Show these leaves: {name, typed, value, partial, grad}. */
    show(leaves) {
      const names = leaves.map((leaf) => leaf.name);
      if (names.join() !== [...rows.keys()].join()) {
        rows.clear();
        box.replaceChildren(...names.map(add));
        if (!names.length) box.textContent = "No names, no numbers to change: write a letter for one.";
      }
      for (const { name, typed, value, partial, grad, slope } of leaves) {
        const row = rows.get(name);
        row.slope = slope;
        if (document.activeElement !== row.field && row.field.value !== typed) row.field.value = typed;
        row.field.removeAttribute("aria-invalid");
        if (!row.held) settle(row, value ?? 0);
        row.output.textContent = grad === null ? "" : `${partial} = ${grad}`;
      }
    },
    /** One step of gradient descent: each number minus `rate` times its gradient. */
    descend(rate) {
      const moved = {};
      for (const row of rows.values()) {
        if (!row.slope) continue;
        moved[row.name] = String(Number((row.value - rate * row.slope).toPrecision(4)));
        set(row, moved[row.name]);
      }
      change(moved);
    },
    /** No number is marked any more. */
    accept() {
      for (const { field, output } of rows.values()) {
        if (field.getAttribute("aria-invalid")) output.textContent = "";
        field.removeAttribute("aria-invalid");
      }
    },
    /** Mark the number that cannot be read; whether there is a row to mark. */
    refuse(name) {
      const row = rows.get(name);
      if (!row) return false;
      row.field.setAttribute("aria-invalid", "true");
      row.output.textContent = "a number, such as 2, -0.5 or 1/3";
      return true;
    },
  };
}
