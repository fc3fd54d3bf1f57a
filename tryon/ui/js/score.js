// The score in words and bars, and which attempt was kept.
const level = (s, threshold) => (s >= threshold ? "good" : s >= threshold - 0.25 ? "fair" : "poor");
const meter = (s, threshold, label) => h("div", {
  class: "meter is-" + level(s, threshold), role: "meter", "aria-label": label,
  "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": String(Math.round(s * 100)),
}, h("i", { style: { width: Math.round(s * 100) + "%" } }), h("b", { style: { left: threshold * 100 + "%" }, "aria-hidden": "true" }));
keepDrawing((v) => {
  if (v.score === undefined) {
    show(h("p", { class: "quiet" }, "After a run you see here how well the garment sits, part by part, and what lowers the score."));
    return;
  }
  show(
    h("div", { class: "score-head" },
      h("p", { class: "score-number" }, String(Math.round(v.score * 100)), h("small", null, " / 100")),
      h("div", null,
        h("p", { class: "score-word is-" + level(v.score, v.threshold) }, v.passed ? "Good fit" : "Below the threshold"),
        h("p", { class: "quiet" }, "Wanted: " + Math.round(v.threshold * 100) + " or more"))),
    meter(v.score, v.threshold, "Score of the fit"),
    h("ul", { class: "parts" }, v.components.map((part) => h("li", null,
      h("p", { class: "part-head" }, h("span", null, part.label), h("span", { class: "part-value" }, part.value)),
      meter(part.score, v.threshold, part.label),
      h("p", { class: "part-text" }, part.message)))),
    v.attempts.length > 1 ? h("div", { class: "attempts" },
      h("p", { class: "attempts-title" }, v.attempts.length + " attempts, the best one is shown"),
      h("ol", null, v.attempts.map((a) => h("li", { class: a.best ? "is-best" : "" },
        h("span", null, a.label), h("span", null, Math.round(a.score * 100) + (a.best ? " · kept" : "")))))) : null,
  );
});
