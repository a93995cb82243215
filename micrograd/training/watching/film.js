/* The film: everything that changes in the drawings is known for every moment; a slider, keys and a clock choose one. */
(function (packed, zoom) {
  "use strict";
  const LENGTH = 9000, SHORTEST = 70, LONGEST = 500, CALM = 1000; // milliseconds, of all and of a moment
  const at = (id) => document.getElementById(id);
  const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  new Response(stream).json().then(start);

  function start({ keys, moments, labels }) {
    const column = new Map(keys.map((key, k) => [key, k])), last = moments.length - 1;
    const slider = at("slider"), still = window.matchMedia("(prefers-reduced-motion: reduce)");
    const parts = [];
    for (const node of document.querySelectorAll("[data-film]")) {
      for (const change of node.dataset.film.split(" ")) {
        const [attribute, key] = change.split("=");
        parts.push({ node, attribute, k: column.get(key), shown: null });
      }
    }
    let now = last, clock = 0;

    function show(moment, aloud) {
      now = Math.max(0, Math.min(last, moment));
      for (const part of parts) {
        const value = moments[now][part.k];
        if (value === part.shown) continue;
        part.shown = value;
        if (part.attribute) part.node.setAttribute(part.attribute, value);
        else part.node.textContent = value;
      }
      slider.value = now;
      slider.setAttribute("aria-valuetext", labels[now]);
      at("when").textContent = labels[now];
      at("back").disabled = now === 0;
      at("next").disabled = now === last;
      if (aloud) at("said").textContent = at("when").textContent;
    }
    function stop() {
      clearTimeout(clock);
      clock = 0;
      at("does").textContent = "Play";
      at("play").firstChild.textContent = "▶";
    }
    function tick() {
      show(now + 1);
      if (now === last) return stop();
      const pause = still.matches ? CALM : Math.max(SHORTEST, Math.min(LONGEST, LENGTH / moments.length));
      clock = setTimeout(tick, pause);
    }
    function play() {
      if (clock) return stop();
      at("does").textContent = "Pause";
      at("play").firstChild.textContent = "❚❚";
      if (now === last) show(0);
      clock = setTimeout(tick, 200);
    }
    function go(moment) {
      stop();
      show(moment, true);
    }

    slider.max = last;
    at("play").addEventListener("click", play);
    at("back").addEventListener("click", () => go(now - 1));
    at("next").addEventListener("click", () => go(now + 1));
    slider.addEventListener("input", () => go(Number(slider.value)));
    const KEYS = { ArrowLeft: () => now - 1, ArrowRight: () => now + 1, Home: () => 0, End: () => last };
    document.addEventListener("keydown", function (event) {
      if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest(".scroll, summary")) return;
      if (event.key === " " && event.target !== slider && event.target.tagName === "BUTTON") return;
      if (event.key === " ") play();
      else if (event.key in KEYS) go(KEYS[event.key]());
      else return;
      event.preventDefault();
    });
    for (const scroller of document.querySelectorAll(".network")) {
      zoom(scroller, scroller.querySelector("svg"), () => scroller, 0.45);
    }
    /* The page around the frame learns the height that this one wants. */
    const tell = () => parent.postMessage({ micrograd: "size", height: Math.ceil(at("film").getBoundingClientRect().height) }, "*");
    if (parent !== window) new ResizeObserver(tell).observe(at("film"));
    at("controls").hidden = last < 1;
    at("keys").hidden = last < 1;
    show(last);
  }
})
