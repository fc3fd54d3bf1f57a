// Figures of a project, for its leads. Charts come as SVG from the server, which escapes its words.
import { h, percent, number, estimate } from "./dom.js";
import { get } from "./api.js";

const AGREEMENT = {
  verdict_alpha: "Verdict, Krippendorff's alpha",
  verdict_alpha_ordinal: "Verdict, alpha (ordered)",
  verdict_fleiss_kappa: "Verdict, Fleiss' kappa",
  rating_alpha_ordinal: "Rating, alpha (ordered)",
};

const table = (head, rows) => h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": head[0] || "Table" }, h("table", null,
  h("thead", null, h("tr", null, head.map((text) => h("th", { scope: "col" }, text)))),
  h("tbody", null, rows.map((cells) => h("tr", null, cells.map((text, at) => h(at ? "td" : "th", at ? null : { scope: "row" }, String(text ?? "–"))))))));

const chart = (svg) => { const node = h("div", { class: "chart" }); node.innerHTML = svg; return node; };
const part = (title, ...content) => h("section", null, h("h2", null, title), content);
const quiet = (text) => h("p", { class: "quiet" }, text);

export class Figures {
  constructor(project) {
    this.project = project;
    this.node = h("div", { class: "figures" });
  }

  async open() {
    if (!this.node.childElementCount) this.node.replaceChildren(h("section", { class: "wide" }, quiet("Counting…")));
    try {
      this.draw(await get(`${this.project.id}/figures`));
    } catch (error) {
      this.node.replaceChildren(h("section", { class: "wide" }, h("p", { class: "error" }, `${error.message} ${error.remedy || ""}`),
        h("button", { type: "button", class: "tool", onclick: () => this.open() }, "Try again")));
    }
  }

  draw(found) {
    const { counts, charts } = found;
    const tile = (value, text) => h("div", { class: "tile" }, h("b", null, String(value)), h("span", { class: "quiet" }, text));
    const tiles = h("section", { class: "wide" }, h("h2", { class: "sr" }, "Progress"), h("div", { class: "tiles" },
      tile(counts.items, "items"), tile(`${counts.labelled}`, `labelled (${percent(counts.items ? counts.labelled / counts.items : 0)})`),
      tile(counts.shared, "by several reviewers"), tile(counts.labels, "labels"), tile(counts.disputes, "in dispute")));
    if (!counts.labels) {
      this.node.replaceChildren(tiles, h("section", { class: "wide" }, quiet("No labels yet. Figures appear with the first one.")));
      return;
    }
    this.node.replaceChildren(tiles,
      part("Verdicts by garment type", chart(charts.types)),
      part("Agreement", table(["Figure", "Value (95 % interval)", "Items"],
        Object.entries(AGREEMENT).map(([name, text]) => [text, estimate(found.agreement[name]), found.agreement[name].num_items])),
        quiet("1 is perfect, 0 is chance. Above 0.8 verdicts can be relied on; below 0.67 rather not: sharpen the instructions."),
        found.pairs.length ? h("details", null, h("summary", null, `Cohen's kappa, ${found.pairs.length} pairs`),
          table(["Reviewers", "Kappa", "Same verdict", "Items"], found.pairs.map((p) => [`${p.one} and ${p.other}`, number(p.kappa), percent(p.share_equal), p.num_items]))) : null),
      part("Automatic score and verdict", chart(charts.scores), quiet("The dashed line is the present QUALITY_THRESHOLD.")),
      h("section", { class: "wide" }, h("h2", null, "Reviewers"), table(
        ["Reviewer", "Labels", "Seconds an item", "Accept", "Fixable", "Reject", "Known answers right", "Known defects found", "Same again"],
        found.reviewers.map((one) => [one.name, one.num_labels, number(one.median_seconds, 1),
          ...["accept", "fixable", "reject"].map((v) => percent((one.verdicts[v] || 0) / one.num_labels)),
          estimate(one.gold, percent), estimate(one.gold_defects, percent), estimate(one.consistency, percent)]))),
      h("section", { class: "wide" }, h("h2", null, "Calibration"), this.calibration(found.calibration)),
      charts.roc ? part("ROC", chart(charts.roc), quiet("The dot is the present threshold.")) : null,
      charts.pr ? part("Precision and recall", chart(charts.pr)) : null,
      part("Defects", found.defects.length ? chart(charts.defects) : quiet("No defects were named yet."),
        found.defects.length ? h("details", null, h("summary", null, "Agreement on each defect"),
          table(["Defect", "Items", "Accepted all the same", "Alpha"], found.defects.map((d) => [d.label, d.num_items, percent(d.num_accepted / d.num_items), number(d.alpha)]))) : null),
      this.body(found));
  }

  calibration(found) {
    if (found.missing) return quiet(found.missing);
    const say = (s) => (s ? [number(s.threshold), estimate(s.held_out, percent), percent(s.recall), s.num_passing] : ["not reachable", "–", "–", "–"]);
    const row = (name, figures, s) => [name, number(figures.auc), number(figures.brier, 3), number(figures.calibration_error, 3), ...say(s)];
    return h("div", null, table(["", "AUC", "Brier", "Cal. error", "Threshold", "Precision, held out", "Recall", "Pass"], [
      row("Score as it is", found.present, found.suggestion),
      ...Object.entries(found.mapped).map(([name, figures]) => row(name, figures, found.mappings[name]))]),
    quiet(`Thresholds for a precision of ${percent(found.wanted)}, from ${found.num_items} decided items. Figures are cross-validated. `
      + "Nothing is applied: python -m tryon review calibrate writes the file that QUALITY_CALIBRATION names."));
  }

  body(found) {
    const kinds = Object.keys(found.charts).filter((name) => name.startsWith("body "));
    const picture = chart(found.charts.body);
    const labels = Object.fromEntries(found.defects.map((d) => [d.name, d.label]));
    const select = h("select", { "aria-label": "Defect", onchange: () => { picture.innerHTML = found.charts[select.value]; } },
      h("option", { value: "body" }, "All defects"), kinds.map((name) => h("option", { value: name }, labels[name.slice(5)])));
    return part("Where it is wrong", kinds.length ? select : null, picture);
  }
}
