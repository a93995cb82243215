/* Unpack the data and the scripts, and run these: each is a function of `page`, and they share nothing else. */
(function (packed) {
  "use strict";
  if (!window.DecompressionStream) return;
  document.body.className = "waiting";
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const untouched = document.getElementById("stepper").cloneNode(true);
  new Response(unpacked).json().then((content) => start(content.data, read(content.scripts)));

  /* The value of an expression, where a page may have scripts of its own but not `eval`. */
  function read(expression) {
    const element = document.createElement("script");
    element.textContent = `document.currentScript.value = ${expression}`;
    document.head.appendChild(element).remove();
    return element.value;
  }

  function start(data, scripts) {
    const ending = new AbortController(), page = { data, ended: ending.signal };
    page.restart = function (other) {
      page.stop();
      ending.abort();  /* what listens to more than the page's own elements listens until then */
      page.$("stepper").replaceWith(untouched.cloneNode(true));
      start(other, scripts);
    };
    for (const script of scripts) script(page);
    window.dispatchEvent(new Event("micrograd-drawn"));
    document.body.className = "";
    page.begin();
    const stepper = page.$("stepper");
    if (window.parent === window && !stepper.contains(document.activeElement)) page.focus(stepper);
  }
})
