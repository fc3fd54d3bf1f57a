// The review: who you are, then the labelling screen, and for leads figures and disputes.
import { dictionary, explain, h, languageMenu, plain, t } from "./dom.js";
import { get, post } from "./api.js";
import { Desk } from "./desk.js";
import { Figures } from "./figures.js";
import { Disputes } from "./disputes.js";

const NOTICE_MS = 5000;

export const mount = async (root, { isPage = false } = {}) => {
  root.classList.add("review");
  if (isPage) {
    document.documentElement.lang = dictionary.tag;
    document.title = t(document.title);
  }
  if (isPage) root.classList.add("is-page");
  const toast = h("div", { role: "status" }); // always there: only then is what comes into it read out
  let timer = 0;
  const notice = (...parts) => {
    toast.replaceChildren(h("p", { class: "toast" }, parts.flat()));
    clearTimeout(timer);
    timer = setTimeout(() => toast.replaceChildren(), NOTICE_MS);
  };
  const language = () => (isPage ? languageMenu(new URL("../../", import.meta.url).pathname) : null);
  const say = (title, ...content) => root.replaceChildren(h("div", { class: "welcome" },
    h("div", { class: "welcome-head" }, h(isPage ? "h1" : "h2", null, title), language()), content));

  const invite = isPage ? new URLSearchParams(location.hash.slice(1)).get("invite") : null;
  if (invite) {
    history.replaceState(null, "", location.pathname); // the token is not for the history
    try { await post("sign-in", { token: invite }); } catch (error) { notice(explain(error)); }
  }
  let projects;
  try {
    ({ projects } = await get("me"));
  } catch (error) {
    say("Review", h("p", null, explain(error)), h("button", { type: "button", class: "tool", onclick: () => mount(root, { isPage }) }, "Try again"));
    return;
  }
  if (!projects.length) {
    const field = h("input", { type: "password", autocomplete: "off", "aria-label": "Invitation link or code", placeholder: "Invitation link or code" });
    const error = h("p", { class: "error", role: "alert" });
    const enter = async (event) => {
      event.preventDefault();
      try {
        await post("sign-in", { token: field.value.trim().replace(/^.*#invite=/, "") });
        mount(root, { isPage });
      } catch (refused) { error.replaceChildren(...explain(refused).map(t)); }
    };
    say("Review fits", h("p", null, "Reviewers judge how well garments were fitted. You need an invitation of the project's lead: open its link, or paste it here."),
      h("form", { class: "row", onsubmit: enter }, field, h("button", { type: "submit", class: "submit" }, "Sign in")), error, toast);
    return;
  }

  let project = null;
  const stage = h("div", { class: "stage" });
  const tabs = h("nav", { class: "views", "aria-label": "Review" });
  const select = h("select", { "aria-label": "Project", onchange: () => open(projects.find((p) => p.id === select.value)) },
    projects.map((p) => h("option", { value: p.id }, plain(p.name))));
  const views = () => [["Label", () => new Desk(project, notice)],
    ...(project.is_lead ? [["Figures", () => new Figures(project, notice)], ["Disputes", () => new Disputes(project, notice)]] : [])];
  const made = new Map();
  const go = (name) => {
    const button = (title) => h("button", { type: "button", "aria-current": title === name ? "page" : null, onclick: () => go(title) }, title);
    tabs.replaceChildren(...views().map(([title]) => button(title)));
    if (!made.has(name)) made.set(name, views().find(([title]) => title === name)[1]());
    const view = made.get(name);
    stage.replaceChildren(view.node);
    view.open();
  };
  const instructions = h("details", { class: "instructions" });
  const open = (chosen) => {
    project = chosen;
    made.clear();
    instructions.replaceChildren(h("summary", null, "Instructions"), h("p", null, project.instructions));
    who.replaceChildren(project.reviewer, project.is_lead ? ` (${t("lead")})` : "");
    go("Label");
  };
  const who = h("span", { class: "who" });
  const leave = async () => { await post(`${project.id}/sign-out`); mount(root, { isPage }); };
  root.replaceChildren(h("header", { class: "head" }, isPage ? h("h1", null, "Review") : h("h2", null, "Review"), projects.length > 1 ? select : h("strong", null, plain(projects[0].name)), tabs, instructions,
    h("span", { class: "grow" }), who, h("button", { type: "button", class: "link", onclick: leave }, "Sign out"),
    language() || h("a", { class: "link", href: new URL("../", import.meta.url).href, target: "_blank" }, "Whole window")), stage, toast);
  open(projects[0]);
};
