// What a button copies, and what it says then.
const SHOWN = 2500; // milliseconds

/** Copy the text; whether the browser has allowed it. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Let the button say something for a moment. */
export function answer(button, said) {
  button.dataset.label ??= button.textContent;
  button.textContent = said;
  setTimeout(() => { button.textContent = button.dataset.label; }, SHOWN);
}
