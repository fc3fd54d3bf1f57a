// The draft: nothing yet, at work, an explained failure, or before and after with a handle.
const shirt = () => {
  const holder = h("div", { class: "blank-art", "aria-hidden": "true" });
  holder.innerHTML = '<svg viewBox="0 0 120 120" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round">' +
    '<path d="M46 26 24 36 12 62l16 7 6-10v41h52V59l6 10 16-7-12-26-22-10c-3 7-8 10-14 10s-11-3-14-10Z"/>' +
    '<path d="M34 59v-9M86 59v-9" opacity=".6"/><path d="M44 72c10 5 22 5 32 0M44 84c10 5 22 5 32 0" opacity=".25"/></svg>';
  return holder;
};
const picture = (file, alt, cls) => h("img", { src: file && file.url, alt, class: cls, draggable: "false" });

const blank = () => h("div", { class: "stage-box is-blank" },
  shirt(),
  h("p", { class: "blank-title" }, "Your draft appears here"),
  h("ul", { class: "tips" },
    h("li", null, "A person from head to hips, facing the camera, arms a little away from the body."),
    h("li", null, "A garment laid flat or on a hanger, on a plain background."),
    h("li", null, "Then press ", h("b", null, "Try it on"), ". Every step is shown below.")));

const running = (v) => h("div", { class: "stage-box is-running", "aria-busy": "true" },
  v.live ? picture(v.live, "", "live") : shirt(),
  h("div", { class: "bar", "aria-hidden": "true" }, h("i", null)),
  h("div", { class: "plate" }, h("p", { class: "plate-title", role: "status" }, v.title || ""), h("p", { class: "plate-text" }, v.text || "")));

const failed = (v) => h("div", { class: "stage-box is-error" },
  h("div", { class: "alert", role: "alert" },
    h("p", { class: "alert-title" }, v.message || ""),
    h("p", { class: "alert-text" }, v.remedy || ""),
    turnIt(v.reason),
    v.code ? h("p", { class: "alert-code" }, h("code", null, v.code), v.stage ? " in “" + v.stage + "”" : "") : null));

const stopped = (v) => h("div", { class: "stage-box is-blank" },
  shirt(), h("p", { class: "blank-title", role: "status" }, v.title || ""), h("p", { class: "blank-text" }, v.text || ""));

// How good it is, and where to go from here; the places are further down the same page.
const verdict = (v) => h("div", { class: "verdict is-" + v.level },
  h("p", null, h("b", null, String(v.score)), " ", h("span", null, v.passed ? "Good fit" : "Below the wanted score")),
  h("p", { class: "next" }, [["editor-card", "Adjust"], ["strip-card", "Step by step"], ["final-card", "Final picture"]].map(
    ([id, text]) => h("a", { class: "viewer-button", href: "#" + id, onclick: (e) => goTo(e, id) }, text))));
const goTo = (event, id) => {  // without an address of its own: a reload starts at the top
  const place = document.getElementById(id);
  if (!place) return;
  event.preventDefault();
  place.scrollIntoView({ block: "start", behavior: scrolling() });
  place.setAttribute("tabindex", "-1");
  place.focus({ preventScroll: true });
};

let cut = "25";  // where the handle was left, while one works on the same draft
const compare = (v) => {
  const box = h("div", { class: "compare" });
  const [width, height] = v.size || [3, 4];
  box.style.setProperty("--ratio", width + " / " + height);
  box.style.setProperty("--shape", String(width / height));
  if (v.glimpse) box.style.setProperty("background-image", `url("${v.glimpse}")`);  // until the draft has come
  const range = h("input", {
    type: "range", min: "0", max: "100", step: "1", class: "compare-range",
    "aria-label": "Before and after: how much of the person photo as given is shown",
    oninput: () => { cut = range.value; box.style.setProperty("--cut", cut + "%"); },
  });
  box.append(
    h("img", { fetchpriority: "high", src: v.after && v.after.url, alt: "The draft: the person wearing the garment", class: "compare-after", draggable: "false" }),
    picture(v.before, "The person photo as given", "compare-before"),
    h("span", { class: "tag tag-before", "aria-hidden": "true" }, "Before"),
    h("span", { class: "tag tag-after", "aria-hidden": "true" }, "Draft"),
    h("span", { class: "compare-line", "aria-hidden": "true" }, h("i", null)),
    range);
  range.value = cut;
  box.style.setProperty("--cut", cut + "%");
  return [
    h("div", { class: "stage-box is-done" }, box),
    verdict(v),
    h("p", { class: "facts", role: "status" }, (v.facts || []).map((fact) => h("span", null, fact))),
    (v.notes || []).length ? h("ul", { class: "notes", "aria-label": "Notes" }, v.notes.map((note) => h("li", null, note))) : null,
  ];
};

let before = null;
keepDrawing((value) => {
  if (value.state === "running" && before !== "running") bringIntoView("center");
  if (value.state !== "done") cut = "25";
  before = value.state;
  const draw = { running, error: failed, stopped, done: compare }[value.state] || blank;
  show(draw(value));
});
