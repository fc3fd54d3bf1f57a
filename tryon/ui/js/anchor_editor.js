// Two linked pictures, the garment with its anchors and the person with theirs. Points move here at
// once; on release the server lays the garment anew (`server.realign`), and the draft is painted in
// place. The newest move wins: answers to older ones are dropped here and given up there.
const SIDES = ["garment", "person"];
const REST_MS = 70;  // a pointer resting this long while it drags has probably arrived
const KEYS_MS = 140;  // arrows pressed in a row are one move
const FOLLOW_MS = 60;  // after that painting the stage viewer shows what changed; it must not delay the draft
const SETTLED_MS = 700;  // after the last painted draft the rest of the page follows
const AGAIN_MS = [1000, 2000, 4000];  // a server that is away is asked again, at last so often
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const W = props.words;
const listed = (...parts) => parts.filter(Boolean).join(", ");  // translated part by part
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => String(values[key]));
const copy = (points) => Object.fromEntries(Object.entries(points).map(([name, p]) => [name, { garment: [...p.garment], person: [...p.person] }]));
const sameXY = (a, b) => a[0] === b[0] && a[1] === b[1];

let about = {};  // name -> label, colour, place, removable, sure, and where it was found or would begin
let points = {};  // name -> { garment: [x, y], person: [x, y] }; the anchors in use
let found = {};  // the same as the studio found them
let order = [];
let key = null, revision = null, photos, sizes = {};
let past = [], future = [];
let locked = new Set();
let lit = new Set();
let selected = null, active = "person", hovered = null;
let grabbed = null;

// ---- what is on the page
const tool = (text, does, attributes) => h("button", { type: "button", class: "ed-tool", onclick: does, ...attributes }, text);
const canvases = {};
for (const side of SIDES) {
  canvases[side] = new PictureCanvas(side, W[side + "_points"], {
    grab: (name) => { grabbed = { name, side, before: copy(points) }; clearTimeout(settling); },
    move: (name, xy) => { if (moveTo(name, side, xy)) restingSoon(); },
    drop: (name, moved) => {
      const { before } = grabbed || {};
      grabbed = null;
      clearTimeout(resting);
      if (moved && before && !sameXY(before[name][side], points[name][side])) changed(before, name, side);
      else if (pending) send();
      refresh();
    },
    hover: (name) => { hovered = name; mark(); },
    focus: (name) => { active = side; select(name); },
    key: (event, name) => pressed(event, name, side),
  });
}
const undoButton = tool(W.undo, () => travel(past, future), { "aria-keyshortcuts": "Control+Z" });
const redoButton = tool(W.redo, () => travel(future, past), { "aria-keyshortcuts": "Control+Shift+Z" });
const resetButton = tool(W.reset_all, () => edit(resetAll, W.all_back));
const scoreText = h("span", { class: "ed-score" });
const busy = h("span", { class: "ed-busy", "aria-hidden": "true" });
const live = h("p", { class: "sr-only", role: "status" });
const alertBox = h("div", { class: "ed-alert" });
const backdrop = h("div", { class: "ed-switch", role: "group", "aria-label": W.backdrop },
  ["draft", "photo"].map((which) => h("button", { type: "button", "data-back": which, onclick: () => showBack(which) }, W["back_" + which])));
const head = (side) => h("div", { class: "ed-head" }, h("h3", null, W[side]), side === "person" ? backdrop : null,
  h("div", { class: "ed-zoom" },
    tool("−", () => canvases[side].zoomBy(1 / 1.6), { "aria-label": listed(W.zoom_out, W[side]) }),
    tool("+", () => canvases[side].zoomBy(1.6), { "aria-label": listed(W.zoom_in, W[side]) }),
    tool(W.fit, () => canvases[side].fit(), { "aria-label": listed(W.zoom_fit, W[side]) }),
    tool(W.mirror, () => mirror(side), { title: W.mirror_help, "aria-label": listed(W.mirror, W[side]) })));
const inspector = h("div", { class: "ed-inspector" });
const chips = h("ul", { class: "ed-chips", "aria-label": W.all_points });
const note = h("p", { class: "quiet ed-note" });
const frame = h("div", { class: "ed-frame" },
  h("div", { class: "ed-bar" }, undoButton, redoButton, resetButton, h("span", { class: "ed-grow" }), busy, scoreText),
  h("div", { class: "ed-pair" }, SIDES.map((side) => h("div", { class: "ed-side is-" + side }, head(side), canvases[side].view))),
  alertBox, note, inspector, chips,
  h("details", { class: "ed-help" }, h("summary", null, W.help_title), h("ul", null, W.help.map((line) => h("li", null, line)))));
const teach = h("div", { class: "ed-teach" }, h("p", { class: "ed-teach-title" }, W.empty_title), h("p", { class: "quiet" }, W.empty_text));

// ---- drawing
const say = (...parts) => { live.textContent = t(listed(...parts)); };
const describe = (name, side) => {
  const [x, y] = points[name][side];
  const where = fill(W.at, { x: Math.round(x), y: Math.round(y) });
  return listed(where, unsure(name, side) && W.unsure, locked.has(name) && W.locked);
};
const unsure = (name, side) => about[name].sure[side] < props.sure && found[name] && sameXY(points[name][side], found[name][side]);
const inUse = () => order.filter((name) => points[name]);

const refresh = () => {
  for (const side of SIDES) {
    canvases[side].setPoints(inUse().map((name) => ({
      name, label: about[name].label, colour: about[name].colour, xy: points[name][side], unsure: unsure(name, side), locked: locked.has(name),
      spoken: listed(about[name].label, W[side]), where: describe(name, side),
    })));
  }
  undoButton.disabled = !past.length;
  redoButton.disabled = !future.length;
  resetButton.disabled = !key || JSON.stringify(points) === JSON.stringify(found);
  if (selected && !points[selected]) selected = null;
  drawInspector();
  drawChips();
  mark();
};
const mark = () => {
  const all = new Set(lit);
  if (hovered) all.add(hovered);
  for (const side of SIDES) canvases[side].mark(all, selected);
  for (const chip of chips.querySelectorAll("[data-name]")) chip.classList.toggle("is-lit", all.has(chip.dataset.name) || chip.dataset.name === selected);
};
const drawInspector = () => {
  if (!selected) return inspector.replaceChildren(h("p", { class: "quiet" }, W.pick));
  const name = selected, isLocked = locked.has(name);
  const dot = h("i", { class: "ed-dot", style: { background: about[name].colour }, "aria-hidden": "true" });
  const line = (side) => h("span", { class: "ed-where" }, listed(W[side], describe(name, side)));
  inspector.replaceChildren(dot, h("b", null, about[name].label), line("garment"), line("person"), h("span", { class: "ed-grow" }),
    tool(isLocked ? W.unlock : W.lock, () => lock(name), { "aria-pressed": String(isLocked) }),
    tool(W.reset_one, () => resetOne(name), { disabled: !moved(name) || isLocked }),
    tool(W.remove, () => remove(name), { disabled: !about[name].removable || isLocked, title: about[name].removable ? null : W.needed }));
};
const drawChips = () => {
  const focused = chips.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  chips.replaceChildren(...order.map((name) => h("li", null, points[name]
    ? h("button", {
        type: "button", class: "ed-chip" + (SIDES.some((side) => unsure(name, side)) ? " is-unsure" : ""), "data-name": name,
        onclick: () => { canvases[active].handles.get(name).focus(); },
        onpointerenter: () => { hovered = name; mark(); }, onpointerleave: () => { hovered = null; mark(); },
      }, h("i", { class: "ed-dot", style: { "--dot": about[name].colour }, "aria-hidden": "true" }), about[name].label, locked.has(name) ? " 🔒" : "")
    : h("button", { type: "button", class: "ed-chip is-spare", "data-name": name, onclick: () => add(name), "aria-label": listed(W.add, about[name].label) }, "+ ", h("span", null, about[name].label)))));
  if (focused) { const chip = chips.querySelector(`[data-name="${focused}"]`); if (chip) chip.focus(); }
};

// The garment's outline on the body, by the map the points give; shown while a point is on its way.
let contour = [];
const followOutline = () => {
  const names = inUse();
  const map = splineThrough(names.map((n) => points[n].garment), names.map((n) => points[n].person));
  canvases.person.setOutline(map ? contour.map((ring) => ring.map(map)) : []);
};
const outlineOn = (on) => {
  frame.classList.toggle("is-moving", on);
  if (on) followOutline();
};

// ---- changing points
const limit = (side, [x, y]) => {
  const over = side === "person" ? 0.5 : 0;  // a body may go on outside its photo, or was found further out
  return [x, y].map((value, axis) => {
    const size = sizes[side][axis], there = Object.values(found).map((both) => both[side][axis]);
    return Math.round(within(value, Math.min(-over * size, ...there), Math.max((1 + over) * size - 1, ...there)) * 100) / 100;
  });
};
const moveTo = (name, side, xy) => {
  if (locked.has(name)) { say(about[name].label, W.locked); return false; }
  points[name][side] = limit(side, xy);
  const point = canvases[side].points.find((p) => p.name === name);
  Object.assign(point, { xy: points[name][side], unsure: false, where: describe(name, side) });
  canvases[side].place(point);
  outlineOn(true);
  return true;
};
const changed = (before, name, side) => {
  note.textContent = "";
  past.push(before);
  if (past.length > 200) past.shift();
  future = [];
  if (name) say(about[name].label, W.moved, describe(name, side));
  refresh();
  send();
};
const edit = (change, said) => {  // one step that can be undone
  if (!key) return;
  const before = copy(points);
  change();
  if (JSON.stringify(before) === JSON.stringify(points)) return;
  outlineOn(true);
  changed(before);
  if (said) say(said);
};
const travel = (from, to) => {
  if (!from.length) return;
  to.push(copy(points));
  points = copy(from.pop());
  outlineOn(true);
  refresh();
  say(from === past ? W.undone : W.redone);
  send();
};
const moved = (name) => !found[name] || SIDES.some((side) => !sameXY(points[name][side], found[name][side]));
const resetOne = (name) => edit(() => { if (found[name]) points[name] = copy(found)[name]; else delete points[name]; }, listed(about[name].label, W.put_back));
const resetAll = () => {
  const kept = [...locked].filter((name) => points[name]).map((name) => [name, points[name]]);
  points = { ...copy(found), ...Object.fromEntries(kept) };
};
const remove = (name) => { if (about[name].removable && !locked.has(name)) edit(() => { delete points[name]; }, listed(about[name].label, W.removed)); };
const add = (name) => {
  edit(() => { points[name] = { garment: [...about[name].start.garment], person: [...about[name].start.person] }; }, listed(about[name].label, W.added));
  if (points[name]) canvases[active].handles.get(name).focus();
};
const lock = (name) => {
  if (!locked.delete(name)) locked.add(name);
  say(about[name].label, locked.has(name) ? W.locked : W.unlocked);
  refresh();
};
const middle = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
const mirror = (side) => edit(() => {
  const pairs = inUse().filter((n) => n.startsWith("left_") && points["right_" + n.slice(5)]).map((n) => [n, "right_" + n.slice(5)]);
  if (!pairs.length) return;
  // The axis runs through the middles of the uppermost and the lowest pair.
  const middles = pairs.map(([l, r]) => middle(points[l][side], points[r][side])).sort((a, b) => a[1] - b[1]);
  const top = middles[0], low = middles[middles.length - 1];
  const length = Math.hypot(low[0] - top[0], low[1] - top[1]);
  const axis = length > 1 ? [(low[0] - top[0]) / length, (low[1] - top[1]) / length] : [0, 1];
  for (const [left, right] of pairs) {
    if (locked.has(right)) continue;
    const [x, y] = [points[left][side][0] - top[0], points[left][side][1] - top[1]];
    const along = x * axis[0] + y * axis[1];
    points[right][side] = limit(side, [top[0] + 2 * along * axis[0] - x, top[1] + 2 * along * axis[1] - y]);
  }
}, W.mirrored);
const select = (name) => { selected = name; refresh(); };

// ---- keys
let keysTimer = 0, keysBefore = null;
const pressed = (event, name, side) => {
  const step = ARROWS[event.key];
  const partner = SIDES.find((other) => other !== side);
  if (step && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const by = event.shiftKey ? 10 : 1, [x, y] = points[name][side];
    keysBefore = keysBefore || { name, side, points: copy(points) };
    if (moveTo(name, side, [x + step[0] * by, y + step[1] * by])) {
      drawInspector();
      clearTimeout(keysTimer);
      keysTimer = setTimeout(keysDone, KEYS_MS);
    } else keysBefore = null;
  } else if (event.key === "Enter") canvases[partner].handles.get(name).focus();
  else if (event.key === "Delete" || event.key === "Backspace") remove(name);
  else if (event.key === "l" || event.key === "L") lock(name);
  else if ((event.key === "r" || event.key === "R") && !event.ctrlKey && !event.metaKey) { if (!locked.has(name)) resetOne(name); }
  else if (event.key === "+" || event.key === "=") canvases[side].zoomBy(1.6, canvases[side].toScreen(points[name][side]));
  else if (event.key === "-") canvases[side].zoomBy(1 / 1.6, canvases[side].toScreen(points[name][side]));
  else if (event.key === "0") canvases[side].fit();
  else if (event.key === "Escape") undoButton.disabled ? resetButton.focus() : undoButton.focus();
  else return;
  event.preventDefault();
};
const keysDone = () => {
  clearTimeout(keysTimer);
  const begun = keysBefore;
  keysBefore = null;
  if (begun) changed(begun.points, begun.name, begun.side);
};
frame.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "z" && event.key.toLowerCase() !== "y") return;
  event.preventDefault();
  keysDone();
  const isRedo = event.shiftKey || event.key.toLowerCase() === "y";
  isRedo ? travel(future, past) : travel(past, future);
});

// ---- the server
let asked = 0, pending = false, lastAsked = "", resting = 0, settling = 0, drawn = null;
let tries = 0, trying = 0;
const restingSoon = () => { clearTimeout(resting); resting = setTimeout(send, REST_MS); };
const setBusy = (on) => { pending = on; frame.classList.toggle("is-busy", on); };
const complain = (failure, ...more) => {
  alertBox.replaceChildren(...(failure ? [smallAlert(failure, failure.retry ? tool(W.retry, () => send(true)) : null, more)] : []));
};
const fail = (error) => {
  setBusy(false);
  lastAsked = "";
  if (error.code !== "FIT_EXPIRED" || !photos) complain(error);
  else if (tries) location.reload();  // the server started again: the page makes the fit anew, with these points
  else complain(error, tool(W.load_again, () => location.reload()));
  if (!error.isAway) { tries = 0; return; }
  trying = setTimeout(() => send(true), AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)]);
};
const send = async (again) => {
  const asking = JSON.stringify(points);
  if (!key || (!again && asking === lastAsked)) { if (!pending && !grabbed) outlineOn(false); return; }
  lastAsked = asking;
  const mine = ++asked;
  clearTimeout(settling);
  clearTimeout(trying);
  newest.say(photos, points, false);
  setBusy(true);
  const answer = await server.realign({ key, points: JSON.parse(asking) })  // undefined: none came
    || { error: { message: W.no_answer, remedy: W.no_answer_help, retry: true, isAway: true } };
  if (mine !== asked) return;
  if (answer.superseded) { lastAsked = ""; send(); return; }
  if (answer.error) { fail(answer.error); return; }
  tries = 0;
  complain(null);
  drawn = answer.draft;
  await showBack("draft");
  if (mine !== asked) return;
  setBusy(false);
  if (!grabbed) outlineOn(false);
  showScore(answer.quality);
  requestAnimationFrame(() => {
    document.dispatchEvent(new CustomEvent("tryon:fit-changed", { detail: { key, quality: answer.quality } }));
    setTimeout(() => follow(mine), FOLLOW_MS);
  });
  clearTimeout(settling);
  settling = setTimeout(function settle() {
    if (grabbed || pending) settling = setTimeout(settle, SETTLED_MS);
    else { trigger("settled", { key }); keepIt(mine); }
  }, SETTLED_MS);
};
const keepIt = async (mine) => {
  if (!photos) return;
  const answer = await server.keep({ key });
  if (answer && answer.kept && mine === asked && !grabbed) newest.say(photos, points, true);
};
// The stage viewer follows: the draft at once, what was warped when it is drawn.
const showStages = (detail) => document.dispatchEvent(new CustomEvent("tryon:stage-pictures", { detail }));
const follow = async (mine) => {
  if (mine !== asked || !key || !server.show_warped) return;  // newer, gone, or a page without stages
  showStages({ draft: { image: { url: drawn } } });
  const answer = await server.show_warped({ key });
  if (mine === asked && answer && answer.warped) showStages(answer);
};
const showScore = (quality) => {
  if (!quality) return scoreText.replaceChildren();
  const number = percent(quality.score);
  scoreText.className = "ed-score is-" + quality.level;
  scoreText.replaceChildren(h("span", null, W.fit_score), h("b", null, String(number)));
  say(W.fit_score, `${number} / 100`);
};
let back = "draft", photo = null;
const showBack = (which) => {
  back = which;
  for (const button of backdrop.children) button.setAttribute("aria-pressed", String(button.dataset.back === which));
  return canvases.person.setPicture(which === "draft" ? drawn : photo, sizes.person);
};

document.addEventListener("tryon:highlight", (event) => {
  lit = new Set((event.detail && event.detail.anchors) || []);
  mark();
});

// ---- other tabs of this visitor
const banner = h("div", { class: "intake is-older", hidden: true },
  smallAlert({ message: W.older, remedy: W.older_help }),
  tool(W.show_newer, () => location.reload()),
  tool(W.go_on, () => { older(false); send(true); }));
const older = (is) => {
  banner.hidden = !is;
  frame.inert = is;
  document.body.classList.toggle("is-older", is);
};
show(teach, frame, live, banner);
newest.watch((others, theirs, isPainted) => { if (key && photos === others) older(isPainted || !isSameFit(points, theirs)); });
const putIn = (left) => {  // what an earlier page could not send
  const isWhole = (name) => about[name] && SIDES.every((side) => (left[name][side] || []).filter(Number.isFinite).length === 2);
  const needed = inUse().filter((name) => !about[name].removable);
  if (!Object.keys(left).every(isWhole) || !needed.every((name) => left[name])) return false;
  past = [copy(points)];
  points = copy(left);
  refresh();
  note.textContent = t(W.sent_again);
  say(W.sent_again);
  send();
  return true;
};

// ---- values from Python
const load = (value) => {
  teach.hidden = !!value.key || value.state === "waiting";
  frame.hidden = !teach.hidden;
  frame.classList.toggle("is-waiting", value.state === "waiting");
  frame.inert = value.state === "waiting";
  older(false);
  clearTimeout(trying);
  note.textContent = "";
  if (!value.key) {
    if (key) newest.say(photos, points, true);  // other photos or another run were asked for
    key = revision = drawn = photo = null;
    photos = undefined;
    points = {}; found = {}; about = {}; order = []; past = []; future = []; locked = new Set(); selected = null; contour = [];
    for (const side of SIDES) { canvases[side].setPicture(null); canvases[side].fit(); }
    setBusy(false); complain(null); showScore(null); refresh();
    return;
  }
  if (value.key === key && value.revision === revision) return;
  const isNew = value.key !== key;
  key = value.key;
  revision = value.revision;
  photos = value.photos;
  about = Object.fromEntries(value.anchors.map((a) => [a.name, a]));
  order = value.anchors.map((a) => a.name);
  sizes = { garment: value.garment.size, person: value.person.size };
  contour = value.garment.outline;
  found = Object.fromEntries(value.anchors.filter((a) => a.found).map((a) => [a.name, copy({ a: a.found }).a]));
  points = Object.fromEntries(value.anchors.filter((a) => a.now).map((a) => [a.name, copy({ a: a.now }).a]));
  lastAsked = JSON.stringify(points);
  if (isNew) { past = []; future = []; locked = new Set(); selected = null; for (const side of SIDES) canvases[side].fit(); }
  asked++;  // what is still on its way belongs to an older fit
  setBusy(false); complain(null); outlineOn(false);
  drawn = value.person.draft && value.person.draft.url;
  photo = value.person.photo && value.person.photo.url;
  canvases.garment.setPicture(value.garment.picture && value.garment.picture.url, sizes.garment);
  showBack("draft");
  showScore(value.quality);
  refresh();
  const left = isNew && newest.left(photos);
  if (!left || isSameFit(left, points) || !putIn(left)) newest.say(photos, points, true, !isNew);
};
keepDrawing((value) => load(value));
