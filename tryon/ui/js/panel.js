// Shared by every panel of the studio: where it draws, and when.
const root = element.firstElementChild && element.querySelector("[class^=panel-]") || element;
const show = (...nodes) => root.replaceChildren(...nodes.flat().filter(Boolean));
const seconds = (s) => (s >= 9.95 ? s.toFixed(0) : s >= 0.095 ? s.toFixed(1) : s > 0 ? "< 0.1" : "0") + " s";
// 0 to 100. Never rounded up: 69.6 is below a wish of 70, and has to look so.
const percent = (score) => Math.floor(score * 100 + 1e-6);
const keepDrawing = (draw) => {
  let last = null;
  const again = () => {
    const now = JSON.stringify(props.value || {});
    if (now !== last) draw(props.value || {}, last === null);
    last = now;
  };
  watch("value", again);
  again();
};
const scrolling = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");
const bringIntoView = (block) => {  // what a button far above has begun; on phones it is screens below
  const box = root.getBoundingClientRect();
  if (box.top < 0 || box.top > innerHeight * 0.6) root.scrollIntoView({ block, behavior: scrolling() });
};
const smallAlert = (failure, ...more) => h("div", { class: "alert is-small", role: "alert" },
  h("p", { class: "alert-title" }, failure.message || ""), h("p", { class: "alert-text" }, failure.remedy || ""), more);
// What a photo on its side needs is one click; more of them would turn it further.
const QUARTERS = { turn_right: 1, turn_left: -1, turn_around: 2 };  // as tryon/turning.py names them
const turnIt = (reason, which = {}) => {
  const quarters = QUARTERS[reason];
  if (!quarters) return null;
  const button = h("button", { type: "button", class: "viewer-button is-primary",
    onclick: () => { button.disabled = true; trigger("turn", { ...which, quarters }); } }, "Turn it and try again");
  return button;
};
