// Questions in front of the screen: why skip, which of two versions, which keys there are.
import { h, key, plain } from "./dom.js";
import { VERDICTS } from "./form.js";

const ask = (title, body, buttons, onkey = () => {}) => new Promise((done) => {
  const finish = (value) => { dialog.close(); dialog.remove(); done(value); };
  const dialog = h("dialog", { class: "review-dialog", "aria-labelledby": "review-dialog-title" },
    h("h2", { id: "review-dialog-title" }, title), body,
    h("div", { class: "row" }, buttons.map(([text, letter, value]) =>
      h("button", { type: "button", class: "tool", onclick: () => finish(value) }, text, " ", letter ? key(letter) : null))));
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); finish(null); });
  dialog.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const value = onkey(event);
    if (value !== undefined) { event.preventDefault(); finish(value); }
  });
  // In the review's own root, so that its colours apply.
  (document.querySelector(".review") || document.body).append(dialog);
  dialog.showModal();
});

export const skipDialog = (reasons) => ask("Why do you skip this item?",
  h("p", null, "It goes to another reviewer; you will not see it again."),
  [...reasons.map((word, index) => [word.label, String(index + 1), word.name]), ["Back to the item", "Esc", null]],
  (event) => reasons[Number(event.key) - 1]?.name);

const told = (label, schema) => {
  const words = new Map(schema.defects.map((word) => [word.name, word.label]));
  const names = [...new Set(label.defects.map((d) => words.get(d.name) || d.name))];
  return h("ul", null,
    h("li", null, VERDICTS.find(([name]) => name === label.verdict)?.[1] || (label.skip_reason ? "Skipped" : "No verdict")),
    label.rating ? h("li", null, `Rating ${label.rating}`) : null,
    names.map((name) => h("li", null, name)),
    label.comment ? h("li", null, plain(`“${label.comment}”`)) : null,
    label.anchors ? h("li", null, "Anchors moved") : null);
};

export const conflictDialog = (mine, theirs, schema) => ask("This item was changed elsewhere, perhaps in another tab",
  h("div", { class: "versions" },
    h("div", null, h("h3", null, "Here"), told(mine.label, schema)),
    h("div", null, h("h3", null, "Saved there"), told(theirs.label, schema))),
  [["Keep what is here", "1", true], ["Take what is saved there", "2", false]],
  (event) => ({ 1: true, 2: false }[event.key]));

export const helpDialog = (schema) => ask("Keys", h("dl", { class: "keys" },
  [...VERDICTS.map(([, text, letter]) => [letter.toUpperCase(), text]), ["1 – 5", "Rating"],
    ["Enter", "Hand in, next item (in the comment: Ctrl+Enter)"], ["Z", "Undo: the last change, then the item before"],
    ["X", "Skip, with a reason"], ["/", "Comment; Esc leaves it"], ["Space", "Hold: the photo in every pane"],
    ["Shift Space", "Flicker between the photo and the pictures"], ["G", "Next picture in the last pane (Shift: the one before)"],
    ["U", "Fewer pictures side by side, or all again"], ["+  −  0", "Closer, further, whole picture"], ["Arrows", "Move the chosen spot, else the pictures (Shift: further)"],
    ["Delete", "Remove the chosen spot"], ["J", "Move anchors: Tab to one, then arrows"], ["Esc", "Nothing chosen"],
    ...schema.defects.filter((word) => word.key).map((word) => [word.key.toUpperCase(), word.label])]
    .flatMap(([letter, text]) => [h("dt", null, key(letter)), h("dd", null, text)])), [["Close", "Esc", null]],
  (event) => (event.key === "?" ? null : undefined));
