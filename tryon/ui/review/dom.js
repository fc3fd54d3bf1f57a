// What every part of the review builds on: the studio's maker of elements, and small formats.
// `h` puts strings in the visitor's language; what people wrote goes in through `plain`.
import { dictionary, h, languageMenu, t } from "./shared/dom.js";
export { dictionary, h, languageMenu, t };

export const plain = (text) => document.createTextNode(text);

export const key = (text) => h("kbd", null, text);

export const copy = (value) => JSON.parse(JSON.stringify(value));

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// What went wrong and what to do, as children of an element.
export const explain = (error) => [error.message, " ", error.remedy || ""];

export const percent = (share) => (share === null || share === undefined ? "–" : Math.round(share * 100) + " %");

export const number = (value, digits = 2) => (value === null || value === undefined ? "–" : value.toFixed(digits));

// "1.2 (0.9 to 1.5)" with what is known of it.
export const estimate = (found, show = number) =>
  found.value === null ? "–" : show(found.value) + (found.low === null ? "" : ` (${show(found.low)} – ${show(found.high)})`);
