// How well it sits: a dial with the wanted score marked, then every part with what to do about it.
// A part can be pressed: the anchor editor then highlights the points it is about.
const meter = (part) => h("div", {
  class: "meter is-" + part.level, role: "meter", "aria-label": part.label,
  "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": String(percent(part.score)),
}, h("i", { style: { width: percent(part.score) + "%" } }));

// Three quarters of a circle; an SVG needs its own kind of elements.
const START = 135, SWEEP = 270, RADIUS = 52;
const at = (share, radius) => {
  const angle = (START + SWEEP * share) * Math.PI / 180;
  return [64 + radius * Math.cos(angle), 64 + radius * Math.sin(angle)].map((v) => v.toFixed(2)).join(" ");
};
const arc = (share) => `M${at(0, RADIUS)} A${RADIUS} ${RADIUS} 0 ${SWEEP * share > 180 ? 1 : 0} 1 ${at(share, RADIUS)}`;
const svg = (tag, attributes, ...children) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
const dial = (v) => {
  const text = `${percent(v.score)} / 100`;
  return h("div", { class: "dial is-" + v.level, role: "meter", "aria-label": "Score of the fit",
    "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": String(percent(v.score)), "aria-valuetext": text },
    svg("svg", { viewBox: "0 0 128 118", "aria-hidden": "true" },
      svg("path", { class: "dial-track", d: arc(1) }),
      svg("path", { class: "dial-value", d: arc(Math.max(0.004, Math.min(1, v.score))) }),
      svg("path", { class: "dial-wanted", d: `M${at(v.threshold, RADIUS - 10)} L${at(v.threshold, RADIUS + 10)}` })),
    h("p", { class: "dial-number", "aria-hidden": "true" }, String(percent(v.score))));
};

const ROOMY = matchMedia("(min-width: 1081px)");  // the stages stand beside it
let chosen = null;  // whether the visitor opened or folded the parts that are fine
let isExplained = false;
let marked = null;
let latest = {};
const mark = (name) => {
  marked = marked === name ? null : name;
  const part = (latest.components || []).find((one) => one.name === marked);
  document.dispatchEvent(new CustomEvent("tryon:highlight", { detail: { anchors: part ? part.anchors : [] } }));
  for (const button of root.querySelectorAll(".part-face"))
    button.setAttribute("aria-pressed", String(button.dataset.name === marked));
};
const partFace = (part) => {
  const inside = [
    h("span", { class: "part-head" }, h("span", { title: part.meaning || null }, part.label), h("span", { class: "part-value" }, part.value)),
    meter(part),
    h("span", { class: "part-text" }, part.message),
    part.advice ? h("span", { class: "part-advice" }, part.advice) : null,
  ];
  return (part.anchors || []).length
    ? h("button", { type: "button", class: "part-face", "data-name": part.name, title: "Show the points this is about",
        "aria-pressed": String(marked === part.name), onclick: () => mark(part.name) }, inside)
    : h("div", { class: "part-face" }, inside);
};

const glossary = (parts) => parts.length > 0 && h("details", { class: "fine", open: isExplained },
  h("summary", { onclick: (e) => { isExplained = !e.currentTarget.parentNode.open; } }, "What the parts measure"),
  h("dl", { class: "meanings" }, parts.map((part) => [h("dt", null, part.label), h("dd", null, part.meaning)])));
const gained = (attempt) => percent(attempt.score) - percent(attempt.score - (attempt.gain || 0));  // as the numbers read
const list = (parts) => h("ul", { class: "parts" }, parts.map((part) => h("li", { class: "part is-" + part.level }, partFace(part))));
const lowestFirst = (parts) => [...parts].sort((a, b) => a.score - b.score);
const needs = (num, passed) => (num > 0
  ? h("span", null, h("b", null, String(num)), " ", h("span", null, num === 1 ? "part needs a look" : "parts need a look"))
  : passed ? "Nothing needs a hand." : "No part is wrong by itself; the lowest stand first.");

keepDrawing((v) => {
  latest = v;
  if (v.score === undefined) {
    marked = null;
    show(h("div", { class: "score-empty" },
      svg("svg", { viewBox: "0 0 128 118", "aria-hidden": "true" }, svg("path", { class: "dial-track", d: arc(1) })),
      h("p", { class: "quiet" }, "After a run you see here how well the garment sits, part by part, and what lowers the score.")));
    return;
  }
  const low = lowestFirst(v.components.filter((part) => part.level !== "good"));
  const well = v.components.filter((part) => part.level === "good");
  const fine = v.passed ? well : lowestFirst(well);
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  show(
    h("div", { class: "score-head" }, dial(v),
      h("div", null,
        h("p", { class: "score-word is-" + v.level }, v.passed ? "Good fit" : "Below the wanted score"),
        h("p", { class: "quiet" }, h("span", null, "Wanted"), " " + percent(v.threshold)),
        h("p", { class: "quiet" }, needs(low.length, v.passed)))),
    low.length ? list(low) : null,
    fine.length ? h("details", { class: "fine", open: chosen ?? (low.length === 0 && (ROOMY.matches || !v.passed)) },
      h("summary", { onclick: (e) => { chosen = !e.currentTarget.parentNode.open; } }, h("span", null, "Parts that are fine"), " ", h("span", { class: "fine-count" }, String(fine.length))), list(fine)) : null,
    glossary(v.components.filter((part) => part.meaning)),
    v.attempts.length > 1 ? h("div", { class: "attempts" },
      h("p", { class: "attempts-title" }, "Attempts; the best one is shown"),
      h("ol", null, v.attempts.map((a) => h("li", { class: a.best ? "is-best" : "" },
        h("span", { class: "attempt-name" }, a.label, a.meaning ? h("span", { class: "quiet" }, a.meaning) : null), a.best ? h("span", { class: "kept" }, "kept") : null, gained(a) ? h("span", { class: "quiet" }, (gained(a) > 0 ? "+" : "\u2212") + Math.abs(gained(a))) : null, h("span", null, String(percent(a.score))))))) : null,
  );
  const again = focused && [...root.querySelectorAll(".part-face")].find((face) => face.dataset.name === focused);
  if (again) again.focus({ preventScroll: true });
});
