// Keys that mean the same wherever an item is judged: looking around, spots, what is wrong.
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = { plain: 0.01, shift: 0.05 }; // of the picture's height
const CLOSER = 1.5;
const PAN = 0.1; // of the picture

// Whether a key is for what it was pressed on: a letter in a text, Enter on a button Tab went to.
export const isForIt = (event) => {
  const field = event.composedPath()[0];
  const isTyping = field instanceof HTMLElement && (field.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(field.tagName));
  const isPressing = /^(Enter| )$/.test(event.key) && event.target.closest("button, summary, a");
  return isTyping || isPressing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey;
};

// Whether the key meant something for the pictures or the form.
export const pressed = (event, viewer, form) => {
  const { item } = viewer;
  const letter = event.key.toLowerCase();
  if (event.key === " ") {
    if (!event.shiftKey) viewer.compare(true);
    else if (!event.repeat) viewer.flicker();
  } else if (letter === "g") viewer.turn(event.shiftKey ? -1 : 1);
  else if (letter === "u") viewer.fewer();
  else if (letter === "+" || letter === "=") viewer.zoomBy(CLOSER);
  else if (letter === "-") viewer.zoomBy(1 / CLOSER);
  else if (letter === "0") viewer.reset();
  else if (event.key === "Escape") return form.release();
  else if (event.key === "Delete" || event.key === "Backspace") return form.removeActive();
  else if (ARROWS[event.key]) {
    const [dx, dy] = ARROWS[event.key];
    const step = STEP[event.shiftKey ? "shift" : "plain"] * item.height;
    if (form.move(dx * step, dy * step, { x: item.width / 2, y: item.height / 3 })) return true;
    if (viewer.zoom <= 1) return false;
    viewer.panBy(-dx * PAN, -dy * PAN);
  } else return !event.repeat && form.press(letter);
  return true;
};
