// "Delete my photos": asks once, then says that it is done and shows an empty page.
const told = h("p", null);
const dialog = h("dialog", { class: "viewer is-small", "aria-labelledby": "erase-title" },
  h("h3", { id: "erase-title" }, "Delete your photos and results?"),
  told,
  h("div", { class: "viewer-head is-end" },
    h("button", { type: "button", class: "viewer-button", onclick: () => dialog.close() }, "Keep them"),
    h("button", { type: "button", class: "viewer-button is-danger", onclick: () => { dialog.close(); trigger("erase", {}); } }, "Delete everything")));
dialog.addEventListener("click", (e) => { if (e.target === dialog) dialog.close(); });
const again = () => h("button", { type: "button", class: "link", onclick: () => dialog.showModal() }, "Delete my photos now");
keepDrawing((value) => {
  if (value.gone) { try { localStorage.removeItem("tryon-fit"); } catch { /* nothing is kept then */ } }  // of `newest.js`
  if (value.gone && !value.left) { location.reload(); return; }
  if (value.gone) {
    show(h("p", { role: "alert" }, h("span", null, "Your photos are erased here, but what you sent to review could not be. Try again in a minute."), " ", again()), dialog);
    return;
  }
  told.replaceChildren(
    h("span", null, "Everything you brought in or made here is erased from the server now. It cannot be brought back."),
    ...(value.review ? [" ", h("span", null, `What you sent to review in the last ${value.hours} hours is erased there, too, with all that reviewers said of it.`)] : []));
  show(
    h("p", null, h("span", null, `Your photos stay on this server, only you see them, and they are erased after ${value.hours} hours.`), " ",
      value.review ? [h("span", null, "What you send to review is seen by reviewers and kept longer."), " "] : null,
      again(), " ",
      h("span", { class: "version" }, document.createTextNode("v" + value.version))),
    dialog);
});
