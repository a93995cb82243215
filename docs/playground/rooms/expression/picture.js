// The graph in its window. The SVG element stays and its content is exchanged, so that zoom and scrolling last.
import { onTheme, themed } from "../../theme.js";
import zoom from "../../zoom.js";
import { scrub } from "./numbers.js";

const ABOUT = "data is the number that a node holds. grad says how the output answers: nudge the node a little, and the output moves grad times as far. Point at a box to read what that means there.";
const isNarrow = matchMedia("(max-width: 1040px)");

/** In which direction the graph runs here, and a call when that changes. */
export const direction = () => (isNarrow.matches ? "down" : "right");
export const onDirection = (act) => isNarrow.addEventListener("change", act);

/** The picture in the window `scroller`, with a line for what is pointed at, and a list of what each number means;
 *  `grip(name)` says what dragging that leaf does, if anything. */
export function pictureIn({ scroller, meaning, list }, grip) {
  const svg = scroller.querySelector(`.${isNarrow.matches ? "narrow" : "wide"} svg`);
  let source = svg.outerHTML, told = { names: [], sentences: [] }, at = null;
  scroller.replaceChildren(svg);
  draw();
  const resize = zoom(scroller, svg, () => svg);
  onTheme(draw);

  function draw() {
    const holder = document.createElement("template");
    holder.innerHTML = themed(source);
    const fresh = holder.content.querySelector("svg"), size = svg.getAttribute("viewBox");
    for (const name of ["viewBox", "aria-label"]) svg.setAttribute(name, fresh.getAttribute(name));
    svg.replaceChildren(...fresh.childNodes);
    mark();
    if (size !== fresh.getAttribute("viewBox")) resize?.();
  }
  function mark() {
    svg.querySelector(".mg-at")?.classList.remove("mg-at");
    if (at !== null) svg.querySelector(`[data-box="${at}"]`)?.classList.add("mg-at");
  }
  function point(k) {
    at = k;
    mark();
    meaning.textContent = (at !== null && told.sentences[at]) || ABOUT;
  }
  const boxOf = (event) => event.target.closest?.(".mg-box");
  svg.addEventListener("pointerover", (event) => {
    const found = boxOf(event);
    if (found) point(Number(found.dataset.box));
  });
  scrub(svg, (event) => {
    const name = boxOf(event)?.querySelector(".mg-leaf .mg-label")?.textContent, held = name && grip(name);
    if (held) event.stopPropagation();  // else the picture would be dragged along
    return held;
  });
  meaning.textContent = ABOUT;

  return {
    show(fresh) {
      source = fresh;
      draw();
    },
    /** Sentences for the boxes, in their order, and their names. */
    tell(meanings) {
      told = meanings;
      list.replaceChildren(...told.sentences.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })));
      point(at);
    },
    /** Explain this name. */
    point: (name) => point(told.names.includes(name) ? told.names.indexOf(name) : null),
    /** Another graph: no box of it is pointed at. */
    forget() {
      told = { names: [], sentences: [] };
      point(null);
    },
  };
}
