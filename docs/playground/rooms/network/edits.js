// What the reader does on the plane, sent to Python one thing at a time: while one is under way, only the latest waits.
import { MOST, snap } from "./points.js";

export class Edits {
  /** `points()` are those now, `edited(rows)` shows others, `send(rows)` and `look(point)` tell Python. */
  constructor({ points, edited, send, look, full }) {
    Object.assign(this, { points, edited, full });
    this.send = latest(send);
    this.point = latest(look);
  }

  change(rows) {
    this.edited(rows);
    this.send(rows);
  }

  add(x, y, label) {
    if (this.points().length >= MOST) return this.full();
    this.change([...this.points().map(snap), snap([x, y, label])]);
  }

  move(k, x, y) {
    const rows = this.points().map(snap);
    if (rows[k]) rows[k] = snap([x, y, rows[k][2]]);
    this.change(rows);
  }

  remove(k) {
    this.change(this.points().map(snap).filter((_, other) => other !== k));
  }

  clear() {
    this.change([]);
  }
}

/** `act` called one at a time: of the calls that come meanwhile, the last one follows. */
function latest(act) {
  let busy = false, waiting = null;
  return async function call(argument) {
    if (busy) {
      waiting = { argument };
      return;
    }
    busy = true;
    try {
      await act(argument);
    } finally {
      busy = false;
      if (waiting) {
        const next = waiting.argument;
        waiting = null;
        call(next);
      }
    }
  };
}
