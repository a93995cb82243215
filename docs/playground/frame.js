// A lesson (stepper, practice, bug) is a page of its own, in a sandboxed frame: it is told the theme, and it tells its score.
import { chosen, onTheme } from "./theme.js";

/** Show the page `html` in the frame, `height` pixels high. */
export function show(frame, html, height) {
  if (height) frame.height = height;
  const { parentNode, nextSibling } = frame;
  frame.remove();  // Chromium draws nothing in a frame that was hidden and gets another page; one that is put in anew, it draws
  frame.srcdoc = html;
  parentNode.insertBefore(frame, nextSibling);
}

/** Keep the frame in the page's theme, and pass on what its page tells: `told({micrograd: "score", …})`. */
export function follow(frame, told = () => {}) {
  const tell = () => frame.contentWindow?.postMessage({ micrograd: "theme", theme: chosen() }, "*");
  frame.addEventListener("load", tell);
  onTheme(tell);
  addEventListener("message", ({ source, data }) => {
    if (source !== frame.contentWindow || !data?.micrograd) return;
    if (data.micrograd === "ready") tell();
    else told(data);
  });
}
