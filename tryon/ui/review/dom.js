// Elements from plain data. Text goes in as text, never as markup.
export const h = (tag, attributes, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [k, v] of Object.entries(value)) node.style.setProperty(k, v);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
};

export const key = (text) => h("kbd", null, text);

export const copy = (value) => JSON.parse(JSON.stringify(value));

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export const percent = (share) => (share === null || share === undefined ? "–" : Math.round(share * 100) + " %");

export const number = (value, digits = 2) => (value === null || value === undefined ? "–" : value.toFixed(digits));

// "1.2 (0.9 to 1.5)" with what is known of it.
export const estimate = (found, show = number) =>
  found.value === null ? "–" : show(found.value) + (found.low === null ? "" : ` (${show(found.low)} to ${show(found.high)})`);

export const isTyping = (event) => {
  const field = event.composedPath()[0];
  return field instanceof HTMLElement && (field.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(field.tagName));
};
