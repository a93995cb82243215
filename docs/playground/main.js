// Open the room that the address names, and say what Python does meanwhile.
import * as address from "./address.js";
import { onStatus, restart } from "./python.js";
import * as theme from "./theme.js";

const rooms = [...document.querySelectorAll("main > section")].map((section) => section.id);
const opened = new Map();
let visits = 0;

/** The module of a room, opened once. */
function enter(room) {
  if (!opened.has(room)) {
    opened.set(room, import(`./rooms/${room}.js`).then(async (module) => {
      await module.open(document.getElementById(room));
      return module;
    }));
  }
  return opened.get(room);
}

function middle(element) {
  const { left, right } = element.getBoundingClientRect();
  return (left + right) / 2;
}

async function follow() {
  const [asked, parameters] = address.read();
  const place = document.getElementById(asked);
  if (place && !rooms.includes(asked) && opened.size) return place.focus(); // a place in the page, not a room
  const room = rooms.includes(asked) ? asked : rooms[0];
  for (const name of rooms) document.getElementById(name).hidden = name !== room;
  const lost = document.getElementById("lost");
  lost.hidden = !asked || asked === room || !!document.getElementById(asked);
  lost.textContent = lost.hidden ? "" : `The link asks for “${asked.slice(0, 40)}”, which is not here. This is the first of the rooms above.`;
  for (const tab of document.querySelectorAll("nav.rooms a")) {
    if (tab.dataset.room !== room) tab.removeAttribute("aria-current");
    else {
      tab.setAttribute("aria-current", "true");
      tab.parentNode.scrollLeft += middle(tab) - middle(tab.parentNode); // on a phone the row is wider than the screen
    }
  }
  const mine = ++visits;
  try {
    const module = await enter(room);
    if (mine === visits) await module.update(parameters); // else the reader is somewhere else by now
  } catch (error) {
    lost.textContent = `This room could not be opened: ${error.message}. Reload the page.`;
    lost.hidden = false;
  }
}

const SAID = {
  loading: () => "Python is loading. What you see works already …",
  ready: () => "",
  failed: ({ error }) => `Python could not start: ${error}. Reload the page; what is ready-made still works.`,
  missing: () => "This browser does not run WebAssembly, so Python cannot start here: only what is ready-made works. A current Firefox, Chrome, Edge or Safari runs it; or install the package.",
};

theme.start();
onStatus((status) => {
  const line = document.getElementById("python");
  line.textContent = SAID[status.state](status);
  line.hidden = !line.textContent;
  line.className = status.state === "loading" ? "" : "notice";
  document.documentElement.dataset.python = status.state;
});
addEventListener("hashchange", follow);
// The address keeps the room and its state.
document.querySelector("a.skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});
// A tab keeps the state its room was left in.
for (const tab of document.querySelectorAll("nav.rooms a")) {
  tab.addEventListener("click", (event) => {
    if (!tab.dataset.left) return;
    event.preventDefault();
    location.hash = tab.dataset.left;
  });
}
addEventListener("hashchange", ({ oldURL }) => {
  const [, left = ""] = oldURL.split("#");
  const tab = address.tabOf(left.split("?")[0]);
  if (tab) tab.dataset.left = "#" + left;
});
restart();
follow();
