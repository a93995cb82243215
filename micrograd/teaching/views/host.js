/* What the page tells the one around its frame: the height that it wants, and how an exercise goes. */
(function (page) {
  "use strict";
  const { $, data } = page, grid = $("grid");
  let told = 0;

  page.tell = function (what, facts) {
    if (window.parent !== window) window.parent.postMessage({ micrograd: what, ...facts }, "*");
  };
  /* On a narrow screen everything stands in one column, as high as its parts. */
  function wanted() {
    if (getComputedStyle(grid).display === "grid") return data.height;
    const parts = [...$("page").children, $("slider").parentNode];
    return Math.ceil(parts.reduce((sum, part) => sum + part.getBoundingClientRect().height, 0));
  }
  function tellHeight() {
    const height = wanted();
    if (!grid.isConnected || height === told) return;
    told = height;
    page.tell("size", { height });
  }
  new ResizeObserver(tellHeight).observe(grid);
})
