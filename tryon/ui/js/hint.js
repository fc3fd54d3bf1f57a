// One quiet sentence, or a failure with its remedy.
keepDrawing((value) => {
  show(value.message
    ? h("div", { class: "alert is-small", role: "alert" },
        h("p", { class: "alert-title" }, value.message), h("p", { class: "alert-text" }, value.remedy || ""))
    : h("p", { class: "hint", role: "status" }, value.text || ""));
});
