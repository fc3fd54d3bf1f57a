// Figures of a project, for its leads. Charts come as SVG from the server, which escapes its words.
import { h, t, explain, percent, number, estimate, plain } from "./dom.js";
import { get } from "./api.js";
import { VERDICTS } from "./form.js";

const AGREEMENT = {
  verdict_alpha: "Verdict, Krippendorff's alpha",
  verdict_alpha_ordinal: "Verdict, alpha (ordered)",
  verdict_fleiss_kappa: "Verdict, Fleiss' kappa",
  rating_alpha_ordinal: "Rating, alpha (ordered)",
};

const MAPPINGS = { isotonic: "Isotonic, from the score", logistic: "Logistic, from its parts" };

const table = (head, rows) => h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": head[0] || "Table" }, h("table", null,
  h("thead", null, h("tr", null, head.map((text) => h("th", { scope: "col" }, text)))),
  h("tbody", null, rows.map((cells) => h("tr", null, cells.map((cell, at) => h(at ? "td" : "th", at ? null : { scope: "row" }, cell instanceof Node ? cell : String(cell ?? "–"))))))));

const draw = (node, svg) => {
  node.innerHTML = svg;
  for (const text of node.querySelectorAll("text, title")) text.textContent = t(text.textContent);
  for (const told of node.querySelectorAll("[aria-label]")) told.setAttribute("aria-label", t(told.getAttribute("aria-label")));
  return node;
};
const chart = (svg) => draw(h("div", { class: "chart" }), svg);
const part = (width, title, ...content) => h("section", { class: width }, h("h2", null, title), content);
const counted = (found) => estimate(found, percent) + (found.num_items ? ` · ${found.num_items}` : ""); // with how many it rests on
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
      this.node.replaceChildren(h("section", { class: "wide" }, h("p", { class: "error" }, explain(error)),
        h("button", { type: "button", class: "tool", onclick: () => this.open() }, "Try again")));
    }
  }

  draw(found) {
    const { counts, charts } = found;
    const tile = (value, text) => h("div", { class: "tile" }, h("b", null, String(value)), h("span", { class: "quiet" }, text));
    const tiles = h("section", { class: "wide" }, h("h2", { class: "sr-only" }, "Progress"), h("div", { class: "tiles" },
      tile(counts.items, "items"), tile(`${counts.labelled}`, `labelled (${percent(counts.items ? counts.labelled / counts.items : 0)})`),
      tile(counts.shared, "by several reviewers"), tile(counts.labels, "labels"), tile(counts.disputes, "in dispute")));
    if (!counts.labels) {
      this.node.replaceChildren(tiles, h("section", { class: "wide" }, quiet("No labels yet. Figures appear with the first one.")));
      return;
    }
    this.node.replaceChildren(tiles,
      part("half", "Verdicts by garment type", chart(charts.types)),
      part("half", "Agreement", this.agreement(found)),
      part("wide", "Reviewers", this.reviewers(found)),
      part("third", "Automatic score and verdict", chart(charts.scores), quiet("The dashed line is the present QUALITY_THRESHOLD.")),
      part("third", "ROC", this.curve(charts.roc)),
      part("third", "Precision and recall", this.curve(charts.pr)),
      part("wide", "Calibration", this.calibration(found.calibration)),
      part("half", "Defects", this.defects(found)),
      part("half", "Where it is wrong", this.body(found)));
  }

  curve(svg) {
    return svg ? [chart(svg), quiet("The dot is the present threshold.")] : quiet("Needs accepted items and others.");
  }

  agreement({ agreement, pairs, counts }) {
    const rows = Object.entries(AGREEMENT).map(([name, text]) => [text, estimate(agreement[name]), agreement[name].num_items]);
    return [
      counts.shared ? null : quiet("Nobody has labelled an item that somebody else labelled, too. Give the project an overlap."),
      table(["Figure", "Value (95 % interval)", "Items"], rows),
      quiet("1 is perfect, 0 is chance. Above 0.8 verdicts can be relied on; below 0.67 rather not: sharpen the instructions."),
      pairs.length ? h("details", null, h("summary", null, `Cohen's kappa of every two: ${pairs.length}`),
        table(["Reviewers", "Kappa", "Same verdict", "Items"], pairs.map((p) => [plain(`${p.one} – ${p.other}`), number(p.kappa), percent(p.share_equal), p.num_items]))) : null,
    ];
  }

  reviewers({ reviewers }) {
    const share = (one, verdict) => percent(one.num_labels ? (one.verdicts[verdict] || 0) / one.num_labels : null);
    return table(
      ["Reviewer", "Labels", "Seconds an item", "Accept", "Fixable", "Reject", "Known answers right", "Known defects found", "Same again"],
      reviewers.map((one) => [plain(one.name), one.num_labels, number(one.median_seconds, 1), ...VERDICTS.map(([name]) => share(one, name)),
        counted(one.gold), counted(one.gold_defects), counted(one.consistency)]));
  }

  defects({ defects, charts }) {
    if (!defects.length) return quiet("No defects were named yet.");
    const rows = defects.map((d) => [d.label, d.num_items, percent(d.num_accepted / d.num_items), number(d.alpha)]);
    return [chart(charts.defects), table(["Defect", "Items", "Accepted all the same", "Alpha"], rows)];
  }

  calibration(found) {
    if (found.missing) return quiet(found.missing);
    const say = (s) => (s ? [number(s.threshold), estimate(s.held_out, percent), percent(s.recall), s.num_passing] : ["Not reached", "–", "–", "–"]);
    const row = (name, figures, s) => [name, number(figures.auc), number(figures.brier, 3), number(figures.calibration_error, 3), ...say(s)];
    return [
      table(["", "AUC", "Brier", "Cal. error", "Threshold", "Precision, held out", "Recall", "Pass"], [
        row("Score as it is", found.present, found.suggestion),
        ...Object.entries(found.mapped).map(([name, figures]) => row(MAPPINGS[name], figures, found.mappings[name]))]),
      quiet(`Thresholds for a precision of ${percent(found.wanted)}, from ${found.num_items} decided items, ${found.num_accepted} of them accepted. Figures are cross-validated.`),
      quiet("Nothing is applied: python -m tryon review calibrate writes the file that QUALITY_CALIBRATION names."),
    ];
  }

  body({ charts, defects, num_spots: marks }) {
    if (!marks[""]) return quiet("No defect has been placed on a picture yet.");
    const kinds = Object.keys(charts).filter((name) => name.startsWith("body "));
    const picture = chart(charts.body);
    const labels = Object.fromEntries(defects.map((d) => [d.name, d.label]));
    const told = quiet("");
    const say = (name) => { told.textContent = t(`${marks[name]} marks, darker where there are more`); };
    const select = h("select", { "aria-label": "Defect", onchange: () => { draw(picture, charts[select.value]); say(select.value.slice(5)); } },
      h("option", { value: "body" }, "All defects"), kinds.map((name) => h("option", { value: name }, labels[name.slice(5)])));
    say("");
    return [select, told, picture, quiet("Seen from the front: the wearer's left is on the right.")];
  }
}
