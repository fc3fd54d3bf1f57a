// Presses "Try it on" for the visitor once both photos are in: after a reload, or for an opened tile.
let waiting = 0;
keepDrawing((value) => {
  show();
  clearInterval(waiting);
  if (!value.go) return;
  let calm = 0, left = 600;  // a minute at most
  waiting = setInterval(() => {
    const button = document.querySelector("#start");
    calm = button && !button.disabled ? calm + 1 : 0;
    if (calm > 3 || (left -= 1) < 0) clearInterval(waiting);
    if (calm > 3) button.click();  // enabled for a while: both photos have settled
  }, 100);
});

// A button that turns grey drops the keys. Those that pressed "Try it on" go on to "Cancel", which
// takes its place, and come back with the draft.
let pressed = null;
document.addEventListener("click", (event) => {
  const button = event.target.closest("#start, #cancel");
  if (button && event.isTrusted) pressed = event.detail ? null : button;  // no detail: by the keys
});
document.addEventListener("focusin", (event) => { if (!event.target.matches("#start, #cancel")) pressed = null; });
new MutationObserver(() => {
  const other = pressed && pressed.disabled && document.querySelector(pressed.id === "start" ? "#cancel" : "#start");
  if (!other || other.disabled) return;
  pressed = other;
  other.focus({ preventScroll: true });
}).observe(document.querySelector("#go-row") || document.body, { subtree: true, attributes: true, attributeFilter: ["disabled"] });
