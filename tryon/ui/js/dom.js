// Shared by every panel and by the review's page: words in the visitor's language, and elements from
// plain data. Text goes in as text, never as markup.

// English is the key. Numbers stand as "#", so one entry serves "1 of 7" and "2 of 7".
const LANGUAGE_COOKIE = "tryon_language";  // what was chosen in the menu
const dictionary = (() => {
  const all = window.tryonLanguages || (window.gradio_config || {}).i18n_translations || {};
  const [, chosen = ""] = document.cookie.match(`(?:^|; )${LANGUAGE_COOKIE}=([a-z]+)`) || [];
  for (const tag of [chosen, ...(navigator.languages || [navigator.language || "en"])]) {
    const found = all[tag] || all[tag.split("-")[0]];
    if (found) return { tag: all[tag] ? tag : tag.split("-")[0], words: found };
  }
  return { tag: "en", words: {} };
})();
const NUMBER = /-?\d+(?:\.\d+)?/g;
const said = new Set(Object.values(dictionary.words));  // a sentence may pass here twice
const known = (text) => {
  if (text in dictionary.words) return dictionary.words[text];
  if (said.has(text) || !/\p{L}{2}/u.test(text)) return text;
  const numbers = text.match(NUMBER) || [];
  const sentence = numbers.length ? dictionary.words[text.replace(NUMBER, "#")] : undefined;
  return sentence === undefined ? undefined : sentence.replace(/#/g, () => numbers.shift());
};
const t = (text) => {
  if (typeof text !== "string" || dictionary.tag === "en") return text;
  const [, before, core, after] = text.match(/^(\s*)([^]*?)(\s*)$/);
  const whole = known(core);
  if (whole !== undefined) { said.add(whole); return before + whole + after; }
  const sentences = core.replace(/\. (?=\p{Lu})/gu, ".\n").split("\n");
  if (sentences.length > 1) return before + sentences.map(t).join(" ") + after;
  const parts = core.replace(/\.$/, "").split(/, | · |: /).map(known);
  if (!parts.includes(undefined)) {
    const marks = core.match(/, | · |: |\.$/g) || [];
    const joined = parts.map((part, i) => part + (marks[i] || "")).join("");
    said.add(joined);
    return before + joined + after;
  }
  (window.tryonUntranslated ||= new Set()).add(core);  // read by the test of the languages
  return text;
};
// Attributes that are read out; a list is a sentence in parts, some of them names.
const SPOKEN = new Set(["aria-label", "aria-valuetext", "alt", "title", "placeholder"]);
const spoken = (value) => (Array.isArray(value) ? value.map(t).join("") : t(value));

const h = (tag, attributes, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [k, v] of Object.entries(value)) node.style.setProperty(k, v);
    else node.setAttribute(name, value === true ? "" : SPOKEN.has(name) ? spoken(value) : value);
  }
  const all = children.flat(2).filter((child) => child !== null && child !== undefined && child !== false);
  node.append(...all.map(t));
  return node;
};
