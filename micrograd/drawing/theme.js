/* The colours of a page follow the page around its frame. That page says "light", "dark" or "auto", for what the system
   prefers: as `data-theme` on <html> in the text of the frame, or at any time in a message. Rules for
   `prefers-color-scheme: dark` then hold always or never, in the page and in the pictures that are put into it. */
(function () {
  "use strict";
  const root = document.documentElement, host = window.parent, dark = new WeakSet();
  const MEDIA = { light: "not all", dark: "all" };

  function paint() {
    const { theme } = root.dataset;
    root.style.colorScheme = theme in MEDIA ? theme : "";
    for (const sheet of document.styleSheets) {
      for (const rule of sheet.cssRules) {
        if (!rule.media) continue;
        if (rule.media.mediaText.includes("prefers-color-scheme")) dark.add(rule);
        if (dark.has(rule)) rule.media.mediaText = MEDIA[theme] || "(prefers-color-scheme:dark)";
      }
    }
  }
  paint();
  window.addEventListener("micrograd-drawn", paint);
  if (host === window) return;
  window.addEventListener("message", function ({ source, data }) {
    if (source !== host || !data || data.micrograd !== "theme") return;
    root.dataset.theme = data.theme in MEDIA ? data.theme : "auto";
    paint();
  });
  host.postMessage({ micrograd: "ready" }, "*");
})
