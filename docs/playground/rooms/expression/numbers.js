// Numbers that one drags: how far a pixel goes, and to which digits.

/** The end of a slider for this number: at least 5, about twice its size. */
export function reach(x) {
  const most = Math.max(5, 2 * Math.abs(x));
  const digit = 10 ** (Math.floor(Math.log10(most)) - 1);
  return Number.isFinite(most) ? Math.ceil(most / digit) * digit : 5;
}

/** The smallest step of a drag over that range, a power of ten. */
export const unit = (most) => 10 ** Math.floor(Math.log10(most / 200));

/** A number as one would type it, rounded to that step. */
export function tidy(x, step) {
  const digits = Math.max(0, Math.min(12, -Math.floor(Math.log10(step))));
  return String(Number((Math.round(x / step) * step).toFixed(digits)) + 0);
}

/** Drag sideways on `target`: `begin(event)` says what to drag, as {value, change}, or nothing. */
export function scrub(target, begin) {
  target.addEventListener("pointerdown", (down) => {
    const drag = down.button ? null : begin(down);
    if (!drag) return;
    const most = reach(drag.value), step = unit(most);
    let dragging = false;
    const move = (event) => {
      if (event.pointerId !== down.pointerId) return;
      const far = event.clientX - down.clientX;
      if (!dragging && Math.abs(far) < 4) return;
      if (!dragging) target.setPointerCapture(down.pointerId);
      dragging = true;
      const fine = event.shiftKey ? 10 : 1;
      drag.change(tidy(drag.value + (far * most) / 200 / fine, step / fine));
    };
    const end = (event) => {
      if (event.pointerId !== down.pointerId) return;
      target.removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) target.removeEventListener(name, end);
      if (!dragging && event.type === "pointerup") drag.click?.();
    };
    target.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) target.addEventListener(name, end);
  });
}
