// The table of drafts: people down, garments across; or sorted by score. Tiles open large.
const MOST_IN_A_ROW = 6;
let value = {};
let order = "table", kind = "", least = 0, onlyFailed = false;
let opened = null;

const body = h("div", { class: "tiles-box" });
const sorter = h("select", { id: "tiles-order", onchange: () => { order = sorter.value; draw(); } },
  [["table", "As laid out"], ["best", "Best fit first"], ["worst", "Worst fit first"]].map(([v, text]) => h("option", { value: v }, text)));
const kinds = h("select", { id: "tiles-kind", onchange: () => { kind = kinds.value; draw(); } });
const range = h("input", { id: "tiles-least", type: "range", min: "0", max: "100", step: "5", value: "0", oninput: () => { least = Number(range.value); draw(); } });
const which = h("select", { onchange: () => { onlyFailed = which.value === "failed"; draw(); } },
  h("option", { value: "" }, "All"), h("option", { value: "failed" }, "Only those that failed"));
const whichBox = h("label", { class: "tiles-which" }, h("span", null, "Show"), which);
const leastSaid = h("output", { for: "tiles-least" }, "0");
const tools = h("div", { class: "tiles-tools" },
  whichBox,
  h("label", null, h("span", null, "Order"), sorter),
  h("label", null, h("span", null, "Kind of garment"), kinds),
  h("label", { class: "tiles-least" }, h("span", null, "Score at least"), h("span", { class: "tiles-range" }, range, leastSaid)));
const meterBar = h("i", null);
const progressText = h("p", { class: "quiet", role: "status" });
const progress = h("div", { class: "tiles-progress" }, h("div", { class: "meter", "aria-hidden": "true" }, meterBar), progressText);

const big = h("img", { alt: "" });
const title = h("h3", { id: "tile-title" });
const facts = h("p", null);
const save = h("a", { class: "viewer-button", download: "draft.jpg" }, "Download");
const open = h("button", { type: "button", class: "viewer-button is-primary", onclick: () => { viewer.close(); trigger("open", { id: opened.id }); } }, "Open in the editor");
const viewer = h("dialog", { class: "viewer", "aria-labelledby": "tile-title" },
  h("div", { class: "viewer-head" }, title,
    h("button", { type: "button", class: "viewer-button", "aria-label": "Previous picture", onclick: () => turn(-1) }, "←"),
    h("button", { type: "button", class: "viewer-button", "aria-label": "Next picture", onclick: () => turn(1) }, "→"),
    open, save,
    h("button", { type: "button", class: "viewer-button", onclick: () => viewer.close() }, "Close")),
  big, facts);
const name = (tile) => [tile.person, ...tile.garments.flatMap((one, i) => [i ? " + " : " · ", one])];
const look = (tile) => {
  opened = tile;
  big.src = save.href = tile.image.url;
  big.alt = spoken(["Draft", ": ", ...name(tile)]);
  title.textContent = spoken(name(tile));
  facts.replaceChildren(percent(tile.score) + " / 100 · ", ...tile.kinds.map((k, i) => (i ? " + " : "") + t(k)), tile.corrected ? " · " + t(BY_HAND) : "", tile.reason ? " · " + t(tile.reason) : "");
  open.hidden = !tile.single;
  if (!viewer.open) viewer.showModal();
};
const turn = (step) => {
  const done = shown().filter((tile) => tile.state === "done");
  const at = done.findIndex((tile) => tile.id === opened.id);
  if (done.length) look(done[(at + step + done.length) % done.length]);
};
viewer.addEventListener("keydown", (e) => { if (e.key === "ArrowLeft") turn(-1); if (e.key === "ArrowRight") turn(1); });
viewer.addEventListener("click", (e) => { if (e.target === viewer) viewer.close(); });

const passes = (tile) => onlyFailed ? tile.state === "failed" : (!kind || tile.kinds.includes(kind)) && (!least || (tile.state === "done" && percent(tile.score) >= least));
const shown = () => {
  const tiles = (value.tiles || []).filter(passes);
  if (order === "table") return tiles;
  const rank = (tile) => (tile.state === "done" ? tile.score : order === "best" ? -1 : 2);
  return [...tiles].sort((a, b) => (order === "best" ? rank(b) - rank(a) : rank(a) - rank(b)));
};
const BY_HAND = "Corrected by hand";
const badge = (tile) => h("span", { class: "badge is-" + tile.level, title: tile.corrected ? BY_HAND : null }, percent(tile.score) + (tile.corrected ? " ✎" : ""));
// Tiles that are marked: to be compared, and where somebody reviews, to be sent there.
const chosen = new Set();
const isSent = (tile) => (value.sent || []).includes(tile.id);
const marked = () => shown().filter((tile) => chosen.has(tile.id));
const comparing = compareTiles(name, badge, (tile) => trigger("open", { id: tile.id }));
const compare = h("button", { type: "button", class: "viewer-button is-primary", onclick: () => comparing.look(marked()) });
const terms = h("div");
const asking = askReview("Send to review", () => { trigger("review", { ids: toSend() }); chosen.clear(); draw(); });
const toSend = () => marked().filter((tile) => !isSent(tile)).map((tile) => tile.id);
const review = h("div", { class: "tiles-review" }, terms, asking.box);
const next = h("div", { class: "tiles-next", hidden: true }, h("p", { class: "quiet" }, "Mark drafts to compare them side by side."), compare, review);
const count = () => {
  const number = marked().length, sending = toSend().length;
  compare.textContent = t(`Compare ${number} chosen`);
  compare.disabled = number < 2 || number > MOST_BESIDE;
  review.hidden = !value.terms || !sending;
  asking.rename(`Send ${sending} chosen to review`);
  asking.able(sending > 0);
};
const pick = (tile) => {
  const box = h("input", { type: "checkbox", "data-id": "pick-" + tile.id, "aria-label": ["Choose", ": ", ...name(tile)],
    checked: chosen.has(tile.id), onchange: () => { chosen[box.checked ? "add" : "delete"](tile.id); count(); } });
  return [h("label", { class: "tile-pick" }, box),
    isSent(tile) ? h("span", { class: "tile-sent", role: "img", "aria-label": "Sent to review.", title: "Sent to review." }, "✓") : null];
};
const tileFace = (tile) => {
  const label = document.createTextNode(spoken(name(tile)));
  if (tile.state === "done")
    return [h("button", { type: "button", class: "tile is-done", "data-id": tile.id, onclick: () => look(tile),
        "aria-label": [...name(tile), ", ", "Score of the fit", " " + percent(tile.score), ...(tile.corrected ? [", ", BY_HAND] : [])], title: tile.reason || null },
      h("img", { src: tile.image.url, alt: "", loading: "lazy", draggable: "false" }), badge(tile), h("span", { class: "tile-name" }, label)), ...pick(tile)];
  if (tile.state === "failed")
    return h("div", { class: "tile is-failed", role: "group", "aria-label": name(tile) },
      h("span", { class: "tile-said" }, h("b", null, tile.reason), h("span", null, tile.remedy), turnIt(tile.cause, { id: tile.id })), h("span", { class: "tile-name" }, label));
  return h("div", { class: "tile is-" + tile.state, role: "group", "aria-label": name(tile) }, h("span", { class: "tile-said" }, tile.state === "running" ? "Working" : ""), h("span", { class: "tile-name" }, label));
};
const head = (column) => h("div", { class: "tiles-head", role: "columnheader" },
  h("span", { class: "tiles-worn" }, column.images.map((image) => h("img", { src: image.url, alt: "", draggable: "false", onerror: (e) => { e.target.hidden = true; } }))),
  h("span", { class: "tiles-name" }, document.createTextNode(column.names.map(t).join(" + "))),
  column.keys.length > 1 ? h("button", { type: "button", class: "piece-remove", "aria-label": ["Remove", ": ", column.names.map(t).join(" + ")], onclick: () => trigger("remove", { keys: column.keys }) }, "×") : null);

// One person in many garments: they wrap, instead of running off the screen. Outfits need their column's cross.
const isOneLongRow = () => value.rows.length === 1 && value.columns.length > MOST_IN_A_ROW && value.columns.every((column) => column.keys.length === 1);

const draw = () => {
  leastSaid.textContent = String(least);
  count();
  const tiles = value.tiles || [];
  if (!tiles.length) {
    body.replaceChildren(h("div", { class: "tiles-empty" },
      h("p", { class: "blank-title" }, "Everyone in everything"),
      h("ol", { class: "tips" },
        h("li", null, "Lay out a few people and a few garments above; the examples are one click away."),
        h("li", null, "Press Try everything on. Drafts appear one by one, and you can go on working meanwhile."),
        h("li", null, "Sort them by score, open one in the editor, take all of them along."))));
    return;
  }
  const focused = body.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  const visible = shown();
  if (order === "table" && !kind && !least && !onlyFailed && !isOneLongRow()) {
    const grid = h("div", { class: "tiles is-table", role: "table", "aria-label": "Drafts", style: { "--columns": value.columns.length } },
      h("div", { class: "tiles-row", role: "row" }, h("div", { class: "tiles-corner", role: "columnheader" }, h("span", { class: "sr-only" }, "People")), value.columns.map(head)),
      value.rows.map((row, i) => h("div", { class: "tiles-row", role: "row" },
        h("div", { class: "tiles-side", role: "rowheader" }, h("img", { src: row.image.url, alt: "", draggable: "false", onerror: (e) => { e.target.hidden = true; } }), h("span", { class: "tiles-name" }, row.name)),
        tiles.slice(i * value.columns.length, (i + 1) * value.columns.length).map((tile) => h("div", { class: "tiles-cell", role: "cell" }, tileFace(tile))))));
    const left = body.firstElementChild ? body.firstElementChild.scrollLeft : 0;
    body.replaceChildren(grid);
    grid.scrollLeft = left;
  } else {
    body.replaceChildren(visible.length
      ? h("div", { class: "tiles is-list", role: "list", "aria-label": "Drafts" }, visible.map((tile) => h("div", { role: "listitem" }, tileFace(tile))))
      : h("p", { class: "quiet tiles-none" }, "No draft is like that. Ask for a lower score or another kind."));
  }
  const again = focused && body.querySelector(`[data-id="${focused}"]`);
  if (again) again.focus({ preventScroll: true });
};

const zip = h("a", { class: "viewer-button", download: "" }, "Download all (zip)");
const sheet = h("a", { class: "viewer-button", download: "" }, "Contact sheet");
const take = h("div", { class: "tiles-take" }, sheet, zip);
show(h("div", { class: "tiles-bar" }, progress, tools), body, take, next, viewer, comparing.dialog);
keepDrawing((now) => {
  value = now;
  const found = [...new Set((now.tiles || []).flatMap((tile) => tile.kinds))].sort();
  if (!found.includes(kind)) kind = "";
  kinds.replaceChildren(h("option", { value: "" }, "All kinds"), ...found.map((one) => h("option", { value: one }, one)));
  kinds.value = kind;
  const total = (now.tiles || []).length;
  whichBox.hidden = !now.failed;
  if (!now.failed) { onlyFailed = false; which.value = ""; }
  root.classList.toggle("is-empty", !total);
  meterBar.style.width = total ? (100 * (now.done + now.failed) / total) + "%" : "0";
  progressText.textContent = total ? t(`${now.done} of ${total} done`) + (now.failed ? ", " + t(`${now.failed} failed`) : "") + (now.running ? (now.left_s ? ", " + t(`about ${now.left_s} s left`) : "") : "") : "";
  take.hidden = !(now.files || {}).zip;
  if (!take.hidden) { zip.href = now.files.zip; sheet.href = now.files.sheet; }
  const done = (now.tiles || []).filter((tile) => tile.state === "done");
  for (const id of chosen) if (!done.some((tile) => tile.id === id)) chosen.delete(id);
  next.hidden = done.length < 2 && !now.terms;
  if (now.terms) terms.replaceChildren(reviewTerms(now.terms));
  draw();
});
