// The fit on the page, sent to review.
const terms = h("div");
const news = h("div", { role: "status", "aria-live": "polite" });
const asking = askReview("Send to review", () => { asking.able(false); trigger("send", {}); });
show(terms, asking.box, news);
keepDrawing((value) => {
  terms.replaceChildren(reviewTerms(value.terms));
  asking.able(value.state === "ready");
  news.replaceChildren(...(value.message
    ? [h("p", { class: "alert-title" }, value.message), h("p", { class: "alert-text" }, value.remedy || "")]
    : value.state === "sent" ? [h("p", null, "Sent to review.")] : []));
});
