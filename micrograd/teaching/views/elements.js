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
  /* Returns whether that changed anything. */
  page.write = function (node, text) {
    const changes = node.textContent !== text;
    if (changes) node.textContent = text;
    return changes;
  };
  /* What the browser keeps from visit to visit; a sandbox keeps nothing. */
  page.keep = function (storage, key, value) {
    try { window[storage].setItem(key, JSON.stringify(value)); } catch (error) { /* nothing is kept */ }
  };
  page.recall = function (storage, key) {
    try { return JSON.parse(window[storage].getItem(key)); } catch (error) { return null; }
  };
  page.focus = (node) => node.focus({ preventScroll: true });
})
