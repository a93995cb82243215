/* Numbers as they are typed, read as in Python (reading.py); a test holds the two together. */
(function (page) {
  "use strict";
  page.read = function (typed) {
    const said = typed.trim();
    const parts = said.replace(/[−–]/g, "-").split("/").map((part) => part.trim().replace(/^([-+])\s+/, "$1"));
    if (!said) return { problem: "Type a number first." };
    if (/^[-+]?\d*,\d+$/.test(parts[0]) && parts.length === 1) {
      return { problem: `Is ${said} meant as ${said.replace(",", ".")}? Please write a decimal point.` };
    }
    if (parts.length > 2 || !parts.every((part) => /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(part))) {
      return { problem: `“${said}” is not a number: type one such as −1.5, 3/4 or 1e-3.` };
    }
    if (parts.length === 2) {
      if (!Number(parts[1])) return { problem: `${said} divides by 0.` };
      return { number: Number(parts[0]) / Number(parts[1]), decimals: 0 };
    }
    const [mantissa, exponent] = parts[0].toLowerCase().split("e");
    return { number: Number(parts[0]), decimals: (mantissa.split(".")[1] || "").length - Number(exponent || 0) };
  };
  page.near = function (typed, exact) {
    const rounded = typed.decimals > 1 ? 0.5000001 * 10 ** -typed.decimals : 0;
    return Math.abs(typed.number - exact) <= Math.max(1e-6 * Math.max(1, Math.abs(exact)), rounded);
  };
  /* The number that is typed as a prediction; null, and what is wrong with it beside the field, if it is none. */
  page.predicted = function (form) {
    const input = form.querySelector("input"), typed = input ? page.read(input.value) : {};
    if (!typed.problem) return input ? { ...typed, text: input.value.trim().replace(/-/g, "−") } : null;
    for (const old of page.all(form, ".problem")) old.remove();
    page.make("span", typed.problem, form, "problem").setAttribute("role", "alert");
    return null;
  };
})
