// Saving the fit and copying a link to it. Who is not signed in is told what it would be good for;
// where nobody can sign in, nothing is shown.
const W = props.words;
const here = encodeURIComponent(location.pathname);
const button = (text, does, more) => h("button", { type: "button", class: "viewer-button", onclick: does, ...more }, text);
const news = h("p", { class: "share-news", role: "status" });
const field = h("input", { type: "text", readonly: true, "aria-label": W.link, onfocus: () => field.select() });
const tell = (text) => { news.textContent = text ? t(text) : ""; };
let named = null;  // the saved try-on whose link is shown
let fit = null;

const copy = async () => {
  try {
    await navigator.clipboard.writeText(field.value);
    tell(W.copied);
  } catch {  // plain http, or the browser wants a press of its own
    tell(W.saved);
    field.focus();
  }
};
const link = h("div", { class: "share-link", hidden: true }, field,
  button(W.copy, copy), button(W.take_back, () => trigger("take_back", { name: named })));
const save = button(W.save, () => { save.disabled = true; tell(""); trigger("save", {}); });
const signOut = (user) => h("form", { method: "post", action: "logout", class: "share-user" },
  user ? h("span", null, document.createTextNode(user)) : null, h("button", { class: "link" }, W.sign_out));

keepDrawing((value) => {
  if (value.fit !== fit) { named = null; tell(""); }  // another fit: its link would mislead
  fit = value.fit;
  if (value.name) { named = value.name; field.value = new URL("tryon/" + named, document.baseURI).href; copy(); }
  if (value.is_taken_back) { named = null; tell(W.taken); }
  if (value.message) tell("");
  link.hidden = !named;
  save.disabled = !fit;
  if (value.state === "nobody") show();
  else if (value.state === "out") show(
    h("p", { class: "review-terms" }, W.why_sign_in, " ", h("a", { class: "link", href: "login?next=" + here }, W.sign_in)));
  else show(
    h("p", { class: "review-terms" }, h("span", null, W.terms), " ", h("span", null, W.hours.replace("#", props.hours))),
    h("div", { class: "share-row" }, save, signOut(value.user)), link, news,
    value.message ? smallAlert(value) : null);
});
