// One quiet sentence, or a failure with its remedy.
keepDrawing((value) => {
  show(value.message ? smallAlert(value) : h("p", { class: "hint", role: "status" }, value.text || ""));
});
