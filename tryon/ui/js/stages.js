// The eight stages as a row of steps.
const SAID = { pending: "waiting", running: "running", done: "done", failed: "failed", stopped: "stopped", skipped: "not part of a draft" };
const PHONE = matchMedia("(max-width: 700px)");
let given = [], final = null;
const draw = () => {
  const rows = given.map((row) => (final && row.state === "skipped" ? { ...row, state: "done", seconds: final.seconds, runs: 1 } : row));
  const running = rows.find((row) => row.state === "running");
  show(
    h("ol", { class: "steps", "aria-label": "Stages of the try-on" }, rows.map((row) =>
      h("li", { class: "step is-" + row.state, "aria-current": row.state === "running" ? "step" : null },
        h("span", { class: "step-mark", "aria-hidden": "true" }, row.state === "done" ? "✓" : row.state === "failed" ? "!" : String(row.number)),
        PHONE.matches  // there is no room for what it does beside its name
          ? h("span", { class: "step-title tip", tabindex: "0", role: "note", "data-tip": t(row.text), "aria-label": [row.title, ": ", row.text] }, row.title)
          : h("span", { class: "step-title" }, row.title),
        h("span", { class: "step-time" },
          row.state === "done" ? (row.seconds < 0.001 ? "from memory" : seconds(row.seconds) + (row.runs > 1 && row.number > 0 ? `, ${row.runs} tries` : ""))
            : row.state === "running" ? "running" : row.state === "failed" ? "failed" : row.state === "stopped" ? "stopped" : ""),
        h("span", { class: "step-text" }, row.text),
        h("span", { class: "sr-only" }, "Stage " + row.number + ", " + SAID[row.state])))),
    h("p", { class: "sr-only", role: "status" }, running ? "Stage " + running.number + ": " + running.title : ""),
  );
};
document.addEventListener("tryon:stage-pictures", (event) => {
  if (!("final" in event.detail)) return;
  final = event.detail.final;
  draw();
});
PHONE.addEventListener("change", draw);
keepDrawing((value) => { given = value.rows || []; draw(); });
