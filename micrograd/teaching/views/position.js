/* Where the page stands in the pass, and how it moves. The pages of updates have a third pass, "update". */
(function (page) {
  "use strict";
  const { data, nodes, steps } = page;
  Object.assign(page, {
    pass: "backward",  /* or "forward", "update" */
    passes: ["forward", "backward"],  /* in the order of a lesson */
    size: "1",         /* of a step: "1" contribution, a "node", a "layer" */
    at: data.at,       /* how many contributions are made, */
    level: 0,          /* how many layers, */
    computed: 0,       /* how many nodes in the forward pass, */
    moved: 0,          /* how many parameters in the update */
    where: "",         /* which of several lessons this is */
    playsOn: false,    /* whether playing goes on from pass to pass */
    asking: null,      /* the question on the page: { step, label, draw, submit }; type(key) takes a key, next() takes the
                          button Next, and then stay() the key for it */
    views: [],         /* functions that draw the position, from the steps to show and the set of those just made */
    after: [],         /* called after the views */
    keys: {},          /* what a key does, by its name in lower case */
    panels: {},        /* by pass, a function that fills the panel in place of step.js, and returns what is said */
    lengths: {         /* of each pass */
      forward: () => data.order.length,
      backward: () => page.layered() ? page.levels : steps.length,
    },

    /* What the scripts of an exercise replace: */
    before: () => false,           /* may replace the next step, and then returns true */
    limit: (to) => to,             /* how far one may go */
    arrival: () => null,           /* the question that is asked there */
    value: (i) => nodes[i].value,  /* what stands as the value of a node */
    marked: () => new Set(page.pass === "forward" && page.computed ? [data.order[page.computed - 1]] : []),
    onwards: () => page.pass === "forward" && steps.length ?  /* what comes after the end of a pass, */
      { label: "Backward →", title: "The backward pass (→)", act: () => page.choose("backward", 0) } : null,
    previous: () => null,          /* and what before its start: a function */
    grad: (i, text, s) => text,    /* what stands as the grad of a node, after its latest step */
    instead: (s) => "",            /* a text in place of a step that must not be seen */
    passOver: () => ["Show it →", "Show the answer (→)"],    /* the button that passes a question over, and its title */
  });

  page.by = (act) => function (event) {  /* an action by hand, which stops playing */
    page.stop();
    act(event);
  };
  page.layered = () => page.pass === "backward" && page.size === "layer";
  page.single = () => page.pass === "backward" && page.size === "1" && !page.playing();
  const made = (k) => page.pass === "backward" && (page.layered() ? steps[k].level < page.level : k < page.at);
  page.done = (k) => page.pass === "update" || made(k);
  page.here = () => page.pass === "forward" ? page.computed : page.pass === "update" ? page.moved : page.layered() ? page.level : page.at;
  page.end = () => page.lengths[page.pass]();

  page.go = function (to) {
    to = Math.max(0, Math.min(page.end(), page.pass === "backward" ? page.limit(to) : to));
    if (page.pass === "forward") page.computed = to;
    else if (page.pass === "update") page.moved = to;
    else if (page.layered()) {
      page.level = to;
      page.at = steps.filter((s) => s.level < to).length;
    } else page.at = to;
    page.asking = page.arrival(page.at);
    steps.forEach((s, k) => { s.seen = s.seen || made(k); });
    page.show();
  };
  page.choose = function (pass, to) {
    page.pass = pass;
    page.go(to);
  };
  page.resize = function (size) {
    const layered = page.layered();
    page.size = size;
    if (page.layered()) page.level = page.at < steps.length ? steps[page.at].level : page.levels;
    else if (layered) {
      const first = steps.findIndex((s) => s.level >= page.level);
      page.at = first < 0 ? steps.length : first;
    }
    page.go(page.here());
  };
  page.along = function (by, whole) {
    let to = page.here() + by;
    if (page.pass === "backward" && !page.layered() && (whole || page.size === "node")) {
      while (to > 0 && to < steps.length && steps[to].node === steps[to - 1].node) to += by;
    }
    return to;
  };
  page.next = function (whole) {
    if (page.asking && page.asking.next) return page.asking.next();
    const onwards = page.here() === page.end() && page.onwards();
    if (onwards) return onwards.act();
    if (page.pass !== "forward" && !page.asking && page.before(whole)) return;
    page.go(page.along(1, whole));
  };
  page.back = function (whole) {
    const previous = !page.asking && page.here() === 0 && page.previous();
    if (previous) previous();
    else if (page.asking && !page.asking.next) page.ask(null);
    else page.go(page.along(-1, whole));
  };
  /* Go to where the grad of a node is complete. */
  page.jump = function (i) {
    if (page.pass === "forward") return page.go(data.order.indexOf(i) + 1);
    let to = 0;
    steps.forEach((s, k) => { if (s.parent === i) to = page.layered() ? s.level + 1 : k + 1; });
    page.go(to);
  };
  page.ask = function (question) {
    page.asking = question;
    page.show();
  };
  page.show = function () {
    const last = page.at - 1;
    const latest = steps.filter(function (s, k) {
      if (!made(k)) return false;
      return page.layered() ? s.level === page.level - 1 : page.size === "node" ? s.node === steps[last].node : k === last;
    });
    const current = page.asking ? [] : latest, justMade = new Set(latest);
    for (const draw of page.views) draw(current, justMade);
    for (const act of page.after) act(current);
    page.reveal();
  };
  page.begin = page.show;
})
