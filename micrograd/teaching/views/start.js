/* Unpack the data and run the scripts: each is a function of `page`, and they share nothing else. */
(function (packed, scripts, zoom) {
  "use strict";
  if (!window.DecompressionStream) return;
  document.body.className = "waiting";
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const untouched = document.getElementById("stepper").cloneNode(true);
  new Response(unpacked).json().then(start);

  function start(data) {
    const ending = new AbortController(), page = { data, zoom, ended: ending.signal };
    page.restart = function (other) {
      page.stop();
      ending.abort();  /* what listens to more than the page's own elements listens until then */
      page.$("stepper").replaceWith(untouched.cloneNode(true));
      start(other);
    };
    for (const script of scripts) script(page);
    window.dispatchEvent(new Event("micrograd-drawn"));
    document.body.className = "";
    page.begin();
    const stepper = page.$("stepper");
    if (window.parent === window && !stepper.contains(document.activeElement)) page.focus(stepper);
  }
})
