// Two buttons over a photo that turn it. Clicks on the way are added up: the next turn begins with
// the photo that the last one brought.
const PATIENCE_MS = 8000;  // an answer that takes longer may be lost
let sent = 0, answered = 0, since = 0, wanted = 0;
let ahead = 0;  // quarters that the photo is shown turned by, before the turned one has come
const showAhead = (quarters) => {
  const image = card.querySelector(".photo img");
  if (!image) return;
  ahead = quarters;
  const { clientWidth: width, clientHeight: height, naturalWidth: w, naturalHeight: h } = image;
  const isAcross = ahead % 2 !== 0;
  const scale = isAcross ? Math.min(width / h, height / w) / Math.min(width / w, height / h) : 1;
  image.style.transform = ahead ? `rotate(${90 * ahead}deg) scale(${scale})` : "";
};
const send = () => {
  const isWaiting = sent !== answered && Date.now() - since < PATIENCE_MS;
  if (!wanted || isWaiting) return;
  sent += 1;
  since = Date.now();
  trigger("turn", { quarters: wanted, number: sent });
  wanted = 0;
};
const button = (label, quarters, path) => {
  const face = h("button", { type: "button", class: "turn", title: label, "aria-label": label,
    onclick: () => { wanted += quarters; showAhead(ahead + quarters); send(); } });
  face.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
  return face;
};
const left = button("Turn left", -1, "M4 5v5h5M4.6 10a8 8 0 1 1-.5 5");
const right = button("Turn right", 1, "M20 5v5h-5M19.4 10a8 8 0 1 0 .5 5");
const buttons = h("div", { class: "turns", role: "group" }, left, right);
const problem = h("div");
show(buttons, problem);
keepDrawing((value) => {
  buttons.setAttribute("aria-label", t(value.label || ""));
  problem.replaceChildren(...(value.message ? [smallAlert(value)] : []));
  if (value.message) showAhead(0);
  answered = value.number || 0;
  send();
});
// The turned photo has come, or another one: what was wrong with the last is not said of it.
card.addEventListener("load", (event) => {
  if (!event.target.closest(".photo")) return;
  problem.replaceChildren();
  showAhead(0);
}, true);
