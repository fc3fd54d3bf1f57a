// Shared by every panel of the studio: where it draws, and when.
const root = element.firstElementChild && element.querySelector("[class^=panel-]") || element;
const show = (...nodes) => root.replaceChildren(...nodes.flat().filter(Boolean));
const seconds = (s) => (s >= 9.95 ? s.toFixed(0) : s >= 0.095 ? s.toFixed(1) : s > 0 ? "< 0.1" : "0") + " s";
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
