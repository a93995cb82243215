// What this browser keeps of the reader's work, by name. Where nothing can be kept, it lasts as long as the page.
const PREFIX = "micrograd-";
const here = new Map();

/** What is kept under this name, or `otherwise`. */
export function recall(name, otherwise) {
  if (here.has(name)) return here.get(name);
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** Keep something that JSON can say; null forgets it. */
export function keep(name, value) {
  here.delete(name);
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    if (value !== null) here.set(name, value);
  }
}
