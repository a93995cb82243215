// What the page shows stands in its address, so that a link shares it: #room?name=value&name=value.
// Characters that formulas are made of stay readable; a browser takes them in this place.
const PLAIN = /%(28|29|2A|2B|2C|2F|3A|5B|5D|5E)/g;
const encode = (text) => encodeURIComponent(text).replace(PLAIN, decodeURIComponent);

/** Of a link that was cut within a character, nothing. */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** The room and its parameters, as the address has them: ["practice", URLSearchParams]. */
export function read() {
  const [room, query = ""] = location.hash.slice(1).split(/\?(.*)/s);
  return [decode(room), new URLSearchParams(query.replaceAll("+", "%2B"))];
}

/** The address of a room with these parameters, an object or a list of pairs; null or undefined is left out. */
export function link(room, parameters = {}) {
  const all = Array.isArray(parameters) ? parameters : Object.entries(parameters);
  const pairs = all.filter(([, value]) => value !== null && value !== undefined);
  const query = pairs.map(([name, value]) => `${encode(name)}=${encode(String(value))}`).join("&");
  return `#${room}${query ? "?" + query : ""}`;
}

let again = 0;

/** Let the address say what is shown now, without a step in the browser's history; or, if the reader has gone to
 *  another room meanwhile, the tab of this one. */
export function write(room, parameters) {
  const to = link(room, parameters);
  clearTimeout(again);
  if (document.getElementById(room).hidden) {
    tabOf(room).dataset.left = to;
    return;
  }
  try {
    history.replaceState(null, "", to);
  } catch {
    again = setTimeout(write, 1000, room, parameters); // Safari takes a hundred in half a minute: a drag has more
  }
}

/** The tab of a room, if there is one of this name. */
export const tabOf = (room) => document.querySelector(`nav.rooms a[data-room="${CSS.escape(room)}"]`);
