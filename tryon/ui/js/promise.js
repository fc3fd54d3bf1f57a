// Who will make the final picture, what leaves the machine, what it costs.
keepDrawing((v) => show(
  h("div", { class: "promise" + (v.leaves ? " is-leaving" : "") },
    h("p", { class: "promise-by" }, h("span", null, "Made by"), " ", h("b", null, v.by), v.model ? h("small", null, document.createTextNode(" " + v.model)) : null),
    h("p", null, v.sends), h("p", null, v.cost))));
