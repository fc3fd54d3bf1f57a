// Sending to review: what it means is said beside the button, and a second press, in place, sends.
const reviewTerms = (terms) => h("p", { class: "review-terms" },
  h("span", null, "Once sent, reviewers of this studio see the photo of the person and every picture of the fit."), " ",
  h("span", null, terms.days ? `They are not erased after ${terms.hours} hours but kept for ${terms.days} days.`
    : `They are not erased after ${terms.hours} hours but kept until the reviewers delete them.`), " ",
  h("span", null, `You can take them back for ${terms.hours} hours, with Delete my photos now.`));
// `send` is called at the second press; `label` is what the first button says.
const askReview = (label, send) => {
  const ask = h("button", { type: "button", class: "viewer-button", onclick: () => turn(true) }, label);
  const yes = h("button", { type: "button", class: "viewer-button is-primary", onclick: () => { turn(false, false); send(); } }, "Yes, show it to the reviewers");
  const no = h("button", { type: "button", class: "viewer-button", onclick: () => turn(false) }, "Do not send");
  const sure = h("div", { class: "review-sure", role: "group", "aria-label": "Send to review", hidden: true }, yes, no);
  const turn = (asks, takesFocus = true) => {
    sure.hidden = !asks;
    ask.hidden = asks;
    if (takesFocus) (asks ? no : ask).focus();
  };
  sure.addEventListener("keydown", (e) => { if (e.key === "Escape") turn(false); });
  const box = h("div", { class: "review-ask" }, ask, sure);
  const able = (can) => { ask.disabled = !can; if (!can) turn(false, false); };
  const rename = (text) => { ask.textContent = t(text); };
  return { box, able, rename };
};
