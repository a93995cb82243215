/* The passes as slides: full screen, large, a step a slide, by keys, clicker or click; printed, a slide a page. Of
   several lessons, each has slides of its own, and the last of one leads to the next. */
(function (page) {
  "use strict";
  const { $, make, data, ended } = page, root = document.documentElement, stepper = $("stepper");
  const MOST = 300, LARGEST = 3, READABLE = 0.05;  /* slides on paper; scales of the picture, the last for a pixel of type */
  const alone = window.parent === window, scroller = $("scroller"), svg = scroller.querySelector("svg");
  const foot = make("div", "", $("page"), "slide-foot");
  const bar = make("i", "", make("div", "", foot, "slide-bar")), number = make("span", "", foot);
  const leaving = page.button("×", $("page"), () => page.present(false), "Leave the slides (Esc)");
  leaving.id = "leave";
  leaving.setAttribute("aria-label", "Leave the slides");
  let on = false, whole = false, pressed = null, idle = 0;

  /* ---- from slide to slide: every position of every pass, and a last slide with the gradients */
  const closing = {
    draw(edge, formula, story, form) {
      page.clear(form);
      edge.textContent = data.ending.done;
      return `${edge.textContent}. ${make("p", data.ending.gradients, story).textContent}`;
    },
  };
  const passes = () => page.passes.filter((pass) => length(pass));
  function length(pass) {
    const { pass: here } = page;
    page.pass = pass;
    const end = page.end();
    page.pass = here;
    return end;
  }
  const before = (pass) => passes().slice(0, passes().indexOf(pass)).reduce((sum, other) => sum + length(other) + 1, 0);
  const count = () => passes().reduce((sum, pass) => sum + length(pass) + 1, data.ending.gradients ? 1 : 0);
  const at = () => page.asking === closing ? count() : before(page.pass) + page.here() + 1;

  function go(slide) {
    let k = Math.max(1, Math.min(count(), slide)) - 1;
    for (const pass of passes()) {
      if (k <= length(pass)) return page.choose(pass, k);
      k -= length(pass) + 1;
    }
    page.choose(passes().pop(), Infinity);
    page.ask(closing);
  }
  function next() {
    const onwards = page.here() === page.end() && page.onwards();
    if (page.asking === closing) return;
    if (page.here() < page.end() || onwards) page.next(false);
    else if (data.ending.gradients) page.ask(closing);
  }
  function back() {
    const earlier = passes()[passes().indexOf(page.pass) - 1];
    if (page.asking || page.here() || page.previous()) page.back(false);
    else if (earlier) page.choose(earlier, Infinity);
  }

  /* ---- on and off */
  page.present = function (to, slide) {
    if (on === to) return;
    page.stop();
    on = to;
    page.toggle(stepper, "presenting", on);
    page.toggle(stepper, "blank", false);
    if (!on && page.asking === closing) page.ask(null);
    if (!on && document.fullscreenElement) document.exitFullscreen();
    if (on && slide) go(slide);
    else if (on && page.pass === "backward" && !page.at && !page.asking) go(1);
    else page.show();
    if (!on) {
      $("step").style.fontSize = "";
      address("");
    }
    page.focus(on ? stepper : $("present"));
  };
  /* Where the whole screen is not to be had, the slides fill the window or the frame. */
  const fill = () => document.fullscreenEnabled && root.requestFullscreen().catch(() => {});
  function address(hash) {
    try { if (alone) history.replaceState(null, "", location.pathname + location.search + hash); } catch (error) { /* as it is */ }
  }
  function read() {
    const found = /^#slides(?:=(\d+))?$/.exec(location.hash);
    if (on && found && found[1]) go(+found[1]);
    else if (found || "slides" in root.dataset) page.present(true, found && +found[1]);
  }
  document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement) page.present(false); }, { signal: ended });
  page.on("present", start);
  page.keys.f = start;
  function start() {
    page.present(true);
    fill();
  }

  /* ---- what a slide looks like besides the steps: progress, and a picture as large as it can be */
  page.views.unshift(() => { if (on) scale(); });
  page.after.push(function () {
    if (!on) return;
    page.write(number, [page.where, `${at()} / ${count()}`].filter(Boolean).join(" · "));
    const { chapter = 0, chapters = [data] } = data;
    bar.style.width = `${100 * (chapter + at() / count()) / chapters.length}%`;
    address(page.where ? "#slides" : `#slides=${at()}`);
    fit($("step"));
  });
  /* Long sentences in smaller type: nobody scrolls a slide. */
  function fit(panel) {
    for (let size = 100; size > 50; size -= 5) {
      panel.style.fontSize = `${size}%`;
      if (panel.scrollHeight <= panel.clientHeight + 1) return;
    }
  }
  function scale() {
    const { width, height } = svg.viewBox.baseVal, room = scroller.getBoundingClientRect();
    const fits = Math.min(LARGEST, room.width / width, room.height / height);
    const unfocused = page.asking === closing || (page.pass === "forward" && !page.computed);
    const size = whole || unfocused ? fits : Math.max(fits, READABLE * parseFloat(getComputedStyle(stepper).fontSize));
    scroller.style.setProperty("--wide", `${Math.floor(width * size)}px`);
    scroller.style.setProperty("--high", `${Math.floor(height * size)}px`);
  }
  const watching = new ResizeObserver(() => { if (on) page.show(); });
  watching.observe(scroller);
  ended.addEventListener("abort", () => watching.disconnect());

  /* ---- keys and clicks */
  const KEYS = {
    ArrowRight: next, ArrowDown: next, PageDown: next, Enter: next, " ": (event) => event.shiftKey ? back() : next(),
    ArrowLeft: back, ArrowUp: back, PageUp: back, Backspace: back,
    Home: () => go(1), End: () => go(count()), Escape: () => page.present(false), 0: turnSize, b: blank, ".": blank,
    f: () => document.fullscreenElement ? page.present(false) : fill(),
  };
  function turnSize() {
    whole = !whole;
    page.show();
  }
  function blank() {
    page.toggle(stepper, "blank", !stepper.classList.contains("blank"));
  }
  document.addEventListener("keydown", function (event) {
    if (!on || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key, target } = event, act = KEYS[key.length === 1 ? key.toLowerCase() : key];
    if (stepper.classList.contains("blank")) blank();  /* any key brings the slide back */
    else if (!act || ("Enter ".includes(key) && target.closest("button"))) return;
    else if (target.tagName === "INPUT" && !key.startsWith("Page") && key !== "Escape") return;
    else act(event);
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true, signal: ended });
  /* The left quarter of a slide leads back, the rest of it on; a drag is no click, and buttons are buttons. */
  stepper.addEventListener("pointerdown", (event) => { pressed = event; }, true);
  stepper.addEventListener("click", function (event) {
    const { target, clientX, clientY } = event, control = target.closest("button,input,label,a");
    if (!on || control || (pressed && Math.hypot(clientX - pressed.clientX, clientY - pressed.clientY) > 8)) return;
    event.stopPropagation();
    if (stepper.classList.contains("blank")) blank();
    else if (clientX < innerWidth / 4) back();
    else next();
  }, true);
  stepper.addEventListener("pointermove", function () {
    page.toggle(stepper, "still", false);
    clearTimeout(idle);
    idle = setTimeout(() => page.toggle(stepper, "still", on), 2000);
  });

  /* ---- on paper */
  addEventListener("beforeprint", function () {
    if (!on || count() > MOST) return;
    const slide = at(), paper = make("div", "", document.body, "paper"), { asking } = page;
    for (let k = 1; k <= count(); k++) {
      go(k);
      const sheet = make("article", "", paper);
      for (const part of [$("title"), svg, $("step"), foot]) sheet.append(part.cloneNode(true));
    }
    window.dispatchEvent(new Event("micrograd-drawn"));  /* the copies have style sheets of their own */
    go(slide);
    if (asking) page.ask(asking);
  }, { signal: ended });
  addEventListener("afterprint", () => { for (const paper of page.all(document.body, ".paper")) paper.remove(); }, { signal: ended });

  const { begin } = page;
  page.begin = function () {
    begin();
    if ("presenting" in data) page.present(data.presenting);  /* as the lesson before was left */
    else read();
  };
  page.presenting = () => on;
  addEventListener("hashchange", read, { signal: ended });
})
