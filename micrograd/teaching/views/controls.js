/* Buttons, the slider, playing, and keys. */
(function (page) {
  "use strict";
  const { $, steps, write } = page, stepper = $("stepper");
  let playing = 0;

  page.playing = () => playing !== 0;
  page.stop = function () {
    clearInterval(playing);
    playing = 0;
    write($("play"), "▶ Play");
  };
  function play() {
    if (playing || (page.asking && page.asking.next)) return page.stop();
    if (page.here() === page.end()) page.go(0);
    playing = setInterval(function () {
      const onwards = page.playsOn && page.here() === page.end() && page.onwards();
      if (onwards && !page.asking) onwards.act();
      else if (page.here() === page.end() || page.asking) page.stop();
      else page.go(page.along(1, false));
    }, 1300);
    write($("play"), "❚❚ Pause");
    page.go(page.along(1, false));
  }
  page.play = play;
  function turnHelp() {
    $("keys").hidden = !$("keys").hidden;
    $("help").setAttribute("aria-expanded", String(!$("keys").hidden));
  }

  page.views.push(function () {
    const forward = page.pass === "forward", k = page.here(), most = page.end();
    const onwards = k === most && page.onwards();
    $("forward").setAttribute("aria-pressed", String(forward));
    $("backward").setAttribute("aria-pressed", String(page.pass === "backward"));
    $("first").disabled = $("back").disabled = k === 0 && !page.asking;
    if (page.previous()) $("back").disabled = false;
    $("last").disabled = k === most;
    $("next").disabled = k === most && !onwards;
    const [text, title] = page.asking ? page.passOver() : onwards ? [onwards.label, onwards.title] : ["Next →", "Next (→)"];
    write($("next"), text);
    $("next").title = title;
    $("slider").max = most;
    $("slider").value = k;
    $("slider").setAttribute("aria-valuetext", `${k} of ${most} ${forward ? "nodes" : page.pass === "update" ? "moves" : page.layered() ? "layers" : "contributions"}`);
    write($("count"), `${k} / ${most}`);
  });

  page.on = (id, act) => $(id).addEventListener("click", act);
  page.on("next", page.by(() => page.next(false)));
  page.on("back", page.by(() => page.back(false)));
  page.on("first", page.by(() => page.go(0)));
  page.on("last", page.by(() => page.go(page.end())));
  page.on("play", play);
  page.on("detail", page.turnDetail);
  page.on("help", turnHelp);
  for (const pass of ["forward", "backward"]) page.on(pass, page.by(() => { if (page.pass !== pass) page.choose(pass, 0); }));
  $("slider").addEventListener("input", page.by(() => page.go(+$("slider").value)));
  $("size").addEventListener("change", page.by(() => page.resize($("size").value)));
  /* Not a form's own submission, which sandboxed frames refuse. */
  $("question").addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT" || !page.asking) return;
    event.preventDefault();
    page.asking.submit();
  });

  Object.assign(page.keys, {
    home: page.by(() => page.go(0)),
    end: page.by(() => page.go(page.end())),
    " ": play,
    e: page.turnDetail,
    "?": turnHelp,
    escape: page.by(function () {
      if (!$("keys").hidden) turnHelp();
      else if (page.asking && !page.asking.next) {
        page.ask(null);
        page.focus(stepper);
      } else document.activeElement.blur();
    }),
    arrowright: page.by((event) => page.asking && page.asking.stay ? page.asking.stay() : page.next(event.shiftKey)),
    arrowleft: page.by((event) => page.back(event.shiftKey)),
  });
  stepper.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key, target } = event, typing = target.tagName === "INPUT" && target.type !== "range";
    let act = page.keys[key.toLowerCase()];
    if (!typing && page.asking && page.asking.type && page.asking.type(key)) act = () => {};
    /* In an empty field the keys of the page work as elsewhere. */
    const field = typing && key !== "Escape" && (target.value || !act);
    if (field || (target.tagName === "SELECT" && /^(Arrow|Home|End| )/.test(key))) {
      event.stopPropagation();
      return;
    }
    if (!act || (key === " " && target.closest("button,summary"))) return;
    event.preventDefault();
    event.stopPropagation();
    act(event);
  });
})
