/* Elements of the page: find, make, and change them where something is to change. */
(function (page) {
  "use strict";
  page.$ = (id) => document.getElementById(id);
  page.all = (within, selector) => [...within.querySelectorAll(selector)];
  page.make = function (tag, text, parent, kind) {
    const node = document.createElement(tag);
    if (text) node.textContent = text;
    if (kind) node.className = kind;
    if (parent) parent.appendChild(node);
    return node;
  };
  page.button = function (text, parent, act, title) {
    const node = page.make("button", text, parent);
    node.type = "button";
    if (title) node.title = title;
    node.addEventListener("click", act);
    return node;
  };
  page.clear = function (node) {
    node.textContent = "";
    return node;
  };
  page.toggle = function (node, name, on) {
    if (node && node.classList.contains(name) !== Boolean(on)) node.classList.toggle(name);
  };
  page.write = function (node, text) {
    if (node.textContent !== text) node.textContent = text;
  };
  page.focus = (node) => node.focus({ preventScroll: true });
  /* Toggle a button; returns whether it is pressed now. */
  page.press = function (id) {
    const on = page.$(id).getAttribute("aria-pressed") !== "true";
    page.$(id).setAttribute("aria-pressed", String(on));
    return on;
  };
})
