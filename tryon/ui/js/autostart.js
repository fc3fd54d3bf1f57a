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
