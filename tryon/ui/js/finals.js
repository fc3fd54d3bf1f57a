// Final pictures: any two of before, draft and the finals side by side under one handle.
const picture = (file, alt, cls) => h("img", { src: file && file.url, alt, class: cls, draggable: "false" });
let value = {};
let right = null, left = "draft", cut = 50;
let begun = 0, clock = 0;

const named = (one) => one === "before" ? t("Before") : one === "draft" ? t("Draft") : t("Final " + (1 + value.finals.findIndex((f) => f.id === one)));
const image = (one, shown) => one === "before" ? shown.before : one === "draft" ? shown.draft : (value.finals.find((f) => f.id === one) || shown).final;
const chooser = (label, now, options, pick) => h("label", { class: "finals-side" }, h("span", null, label),
  h("select", { onchange: (e) => { pick(e.target.value); draw(); } }, options.map((one) => h("option", { value: one, selected: one === now }, named(one)))));

const compare = (shown) => {
  const box = h("div", { class: "compare" });
  box.style.setProperty("--ratio", shown.size.join(" / "));
  box.style.setProperty("--shape", String(shown.size[0] / shown.size[1]));
  box.style.setProperty("--cut", cut + "%");
  const range = h("input", { type: "range", min: "0", max: "100", value: String(cut), class: "compare-range", "aria-label": "How much of the left picture is shown",
    oninput: () => { cut = Number(range.value); box.style.setProperty("--cut", cut + "%"); } });
  box.append(picture(image(right, shown), named(right), "compare-after"), picture(image(left, shown), named(left), "compare-before"),
    h("span", { class: "tag tag-before", "aria-hidden": "true" }, named(left)), h("span", { class: "tag tag-after", "aria-hidden": "true" }, named(right)),
    h("span", { class: "compare-line", "aria-hidden": "true" }, h("i", null)), range);
  return box;
};
const empty = (title, text) => h("div", { class: "finals-blank" }, h("p", { class: "blank-title" }, title), h("p", { class: "blank-text" }, text));
const status = () => {
  if (value.state === "running") {
    const time = h("span", { "aria-hidden": "true" }, "0 s");  // else it is read out every second
    clearInterval(clock);
    clock = setInterval(() => { time.textContent = Math.round((Date.now() - begun) / 1000) + " s"; }, 1000);
    return h("div", { class: "finals-status", role: "status" }, h("div", { class: "bar", "aria-hidden": "true" }, h("i", null)), h("span", null, "Making the final picture"), " ", time);
  }
  clearInterval(clock);
  if (value.state === "error") return h("div", { class: "alert", role: "alert" }, h("p", { class: "alert-title" }, value.message), h("p", { class: "alert-text" }, value.remedy));
  if (value.state === "stopped") return h("p", { class: "finals-status", role: "status" }, value.title);
  return null;
};
const address = (final) => "finals/" + final.id + ".png";  // at full size
const draw = () => {
  const all = value.finals || [];
  const shown = all.find((f) => f.id === right);
  const told = shown ? { image: shown.final, file: address(shown), seconds: shown.seconds, state: "done" } : null;
  document.dispatchEvent(new CustomEvent("tryon:stage-pictures", { detail: { final: told } }));
  if (!shown) {
    show(status(), value.state === "empty" || value.state === undefined
      ? empty("The final step comes last", "Make a draft above and correct it until it sits. Then finish it here.")
      : value.state === "ready" ? empty("Ready to finish", "Choose how real it should look and press the button. You can make several and compare them.") : null);
    return;
  }
  const others = ["before", "draft", ...all.map((f) => f.id)];
  show(status(),
    h("div", { class: "finals-tools" }, chooser("Left", left, others.filter((one) => one !== right), (one) => { left = one; }),
      chooser("Right", right, all.map((f) => f.id), (one) => { if (one === left) left = "draft"; right = one; }),
      h("a", { class: "viewer-button", href: address(shown), download: "" }, "Download the final picture")),
    h("div", { class: "stage-box is-done" }, compare(shown)),
    h("p", { class: "facts" }, h("span", null, shown.made_by), h("span", null, "Realism " + shown.realism), h("span", null, document.createTextNode(shown.size.join(" × ") + " px")),
      h("span", null, document.createTextNode(shown.seconds + " s")), shown.cost ? h("span", null, document.createTextNode("US$ " + shown.cost)) : null),
    shown.failure ? h("div", { class: "alert is-small" }, h("p", { class: "alert-title" }, shown.failure.message), h("p", { class: "alert-text" }, "The offline finisher made this picture instead.")) : null,
    h("details", { class: "finals-checks", open: shown.checks.some((c) => !c.passed) }, h("summary", null, "Checks after generation"),
      h("ul", null, shown.checks.map((c) => h("li", { class: c.passed ? "is-good" : "is-poor" }, h("span", { "aria-hidden": "true" }, c.passed ? "✓" : "!"), " ", h("span", null, c.message))), shown.notes.map((note) => h("li", null, note)))),
    all.length > 1 ? h("ul", { class: "finals-strip", "aria-label": "Final pictures" }, all.map((f) => h("li", null,
      h("button", { type: "button", "aria-pressed": String(f.id === right), "aria-label": named(f.id), onclick: () => { if (f.id === left) left = "draft"; right = f.id; draw(); } }, picture(f.final, "", ""), h("span", null, named(f.id)))))) : null);
};
keepDrawing((now) => {
  const before = (value.finals || []).length;
  const begins = now.state === "running" && value.state !== "running";
  if (begins) begun = Date.now();
  value = now;
  const all = now.finals || [];
  if (all.length > before || !all.some((f) => f.id === right)) right = all.length ? all[all.length - 1].id : null;
  if (!["before", "draft"].includes(left) && (left === right || !all.some((f) => f.id === left))) left = "draft";
  draw();
  if (begins) bringIntoView("start");
});
