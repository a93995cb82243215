/* Find the bug: the ledger is that of a mistaken pass; the replies come with the data. */
(function (page) {
  "use strict";
  const { $, make, steps } = page, { bug, about } = page.data;
  const box = make("div", "", $("step"));
  let found = false, named = false, tries = 0, reply = "", verdict = "", chosen = null;
  box.id = "bug";

  page.instead = (s) => bug.lines[steps.indexOf(s)];
  $("size").parentNode.hidden = true;
  $("detail").hidden = $("detailed").hidden = true;
  delete page.keys.e;
  page.begin = () => page.go(steps.length);

  page.after.push(function () {
    page.clear(box);
    make("p", reply, box, "feedback " + verdict).hidden = !reply;
    if (named) make("p", `Found after ${tries}${tries === 1 ? " attempt." : " attempts."}`, box, "score");
    else {
      const form = make("p", "", box), { question, choices } = found ? bug.name : bug.find;
      const menu = make("select", "", make("label", question + " ", form));
      choices.forEach((text, k) => { make("option", text, menu).value = k; });
      if (!found) menu.value = chosen && chosen.at === page.at ? chosen.line : page.at;
      page.button("Submit", form, () => submit(+menu.value));
      page.button("Hint", form, hint, "A hint, after an attempt (H)");
    }
    page.write($("said"), `${reply ? reply + " " : ""}${$("edge").textContent}. ${$("story").textContent}`);
  });
  function submit(k) {
    const answer = (found ? bug.name : bug.find).replies[k];
    chosen = { at: page.at, line: k };
    tries += 1;
    verdict = answer.right ? "good" : "bad";
    reply = (answer.right ? "✓ " : "✗ ") + answer.text;
    if (found) named = answer.right;
    else found = answer.right;
    page.tell("progress", { ...about, found, named, tries });
    page.show();
    if (named) page.tell("score", { ...about, tries, text: box.querySelector(".score").textContent });
    const menu = box.querySelector("select");
    if (menu) page.focus(menu);
  }
  function hint() {
    verdict = "";
    reply = !tries ? bug.first : (found ? bug.name : bug.find).hint;
    page.show();
  }
  page.keys.h = () => { if (!named) hint(); };
})
