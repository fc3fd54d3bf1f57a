// Shared by every panel: build elements from plain data. Text goes in as text, never as markup.
const h = (tag, attributes, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [k, v] of Object.entries(value)) node.style.setProperty(k, v);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
};
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

