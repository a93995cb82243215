// What the pages of the manual need of a script: frames that follow the reader's choice of light or dark, and
// blocks that scroll sideways for those who have no mouse.

const frames = [...document.querySelectorAll("iframe[srcdoc]")];

// A page in a frame knows only what the system prefers; null leaves it to that.
const chosen = () => ({ light: "light", dark: "dark" })[document.body.dataset.theme] ?? null;

const tell = (frame, theme = chosen()) => frame.contentWindow?.postMessage({ micrograd: "theme", theme }, "*");
addEventListener("beforeprint", () => frames.forEach((frame) => tell(frame, "light")));
addEventListener("afterprint", () => frames.forEach((frame) => tell(frame)));

// A frame is as high as its page wants to be, but no higher than the window: its controls stay in sight.
const LEAST = 600, MARGIN = 24; // pixels
const wanted = new Map();
const fit = (frame) => {
  frame.style.height = `${Math.min(wanted.get(frame) + 2, Math.max(LEAST, innerHeight - MARGIN))}px`; // 2 for the border
};

addEventListener("message", (event) => {
  const frame = frames.find((it) => it.contentWindow === event.source);
  if (!frame) return;
  if (event.data?.micrograd === "ready") tell(frame);
  if (event.data?.micrograd === "size") {
    wanted.set(frame, event.data.height);
    fit(frame);
  }
});
addEventListener("resize", () => [...wanted.keys()].forEach(fit));
for (const frame of frames) {
  frame.addEventListener("load", () => tell(frame));
  frame.title ||= "An interactive graph";
  tell(frame);
}
new MutationObserver(() => frames.forEach((frame) => tell(frame))).observe(document.body, { attributeFilter: ["data-theme"] });

// Another tab, the playground for example, may choose as well.
addEventListener("storage", (event) => {
  if (event.key === "theme") document.body.dataset.theme = event.newValue || "auto";
});

const reachable = () => {
  let k = 0;
  for (const block of document.querySelectorAll(".highlight pre, .table-wrapper, .output pre, div.math")) {
    const scrolls = block.scrollWidth > block.clientWidth + 1;
    for (const [name, value] of [["tabindex", 0], ["role", "region"], ["aria-label", `Scrolls sideways, ${++k}`]]) {
      if (scrolls) block.setAttribute(name, value);
      else block.removeAttribute(name);
    }
  }
};
addEventListener("resize", reachable);
addEventListener("load", reachable);
document.querySelectorAll(".micrograd-scroller[role=group]").forEach((picture, k) => {
  picture.setAttribute("role", "region");
  picture.setAttribute("aria-label", `Picture, scrolls, ${k + 1}`);
});

// Places beside the text need names to be told apart.
document.querySelector(".announcement-content")?.setAttribute("role", "presentation");
document.querySelector(".sidebar-drawer")?.setAttribute("aria-label", "Pages");
document.querySelector(".toc-drawer")?.setAttribute("aria-label", "On this page");

// Furo opens its menus by labels of hidden boxes: made buttons, for those who have no mouse.
for (const label of document.querySelectorAll(".mobile-header label, .content-icon-container label")) {
  const box = document.getElementById(label.htmlFor);
  const button = document.createElement("button");
  button.className = label.className;
  button.setAttribute("aria-label", box.id === "__toc" ? "On this page" : "Pages");
  button.append(...label.childNodes);
  const tell = () => button.setAttribute("aria-expanded", box.checked);
  button.addEventListener("click", () => box.click());
  box.addEventListener("change", tell);
  addEventListener("keydown", (event) => event.key === "Escape" && box.checked && box.click());
  label.replaceWith(button);
  tell();
}
