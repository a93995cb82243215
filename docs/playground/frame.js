// A lesson (stepper, practice, bug) is a page of its own, in a sandboxed frame: it is told the theme, and it tells its
// score and the height that it wants.
import { chosen, onTheme } from "./theme.js";

const LEAST = 600, MARGIN = 24; // pixels: no frame is lower than this; a window has room for one with this much around it
const wanted = new WeakMap(), newest = new WeakMap();

function fit(frame) {
  const height = wanted.get(frame);
  if (height) frame.height = Math.min(height, Math.max(LEAST, innerHeight - MARGIN));
}

/** Show the page `html` in the frame, `height` pixels high at first; `marks` are what its <html> says to its scripts. */
export function show(frame, html, height, marks = {}) {
  const written = Object.entries({ theme: chosen(), ...marks }).map(([name, value]) => ` data-${name}="${value}"`);
  if (height) wanted.set(frame, height);
  fit(frame);
  const put = () => {
    // A frame that is put in anew leaves no step in the browser's history; and one that was hidden until now is drawn.
    const { parentNode, nextSibling } = frame;
    frame.remove();
    frame.srcdoc = html.replace("<html", ["<html", ...written].join(""));
    parentNode.insertBefore(frame, nextSibling);
  };
  newest.set(frame, put);
  onceSeen(frame.parentNode, () => newest.get(frame) === put && put());
}

/** Call `act` now, or when the element's room is opened: a page without a size takes itself for one on a phone. */
function onceSeen(element, act) {
  if (element.clientWidth) return act();
  const observer = new ResizeObserver(() => {
    if (!element.clientWidth) return;
    observer.disconnect();
    act();
  });
  return observer.observe(element);
}

/** Keep the frame in the page's theme and at its height, and pass on what it tells: `told({micrograd: "score", …})`. */
export function follow(frame, told = () => {}) {
  const tell = () => frame.contentWindow?.postMessage({ micrograd: "theme", theme: chosen() }, "*");
  onTheme(tell);
  addEventListener("resize", () => fit(frame));
  addEventListener("message", ({ source, data }) => {
    if (source !== frame.contentWindow || !data?.micrograd) return;
    if (data.micrograd === "ready") tell();
    else if (data.micrograd === "size") {
      wanted.set(frame, data.height);
      fit(frame);
    } else told(data);
  });
}
