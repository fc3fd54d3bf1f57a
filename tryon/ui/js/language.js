// The menu of languages. What is chosen is kept in a cookie, because the server has to know it, too;
// the page is drawn anew, with everything a visitor has brought.
const LANGUAGES = { en: "English", de: "Deutsch", es: "Español", zh: "中文" };  // each in its own words
const languageMenu = (home) => {
  const menu = h("select", { class: "language", "aria-label": "Language", onchange: () => {
    const where = location.protocol === "https:" ? "SameSite=None; Secure; Partitioned" : "SameSite=Lax";  // as the visitor's own
    document.cookie = `${LANGUAGE_COOKIE}=${menu.value}; Path=${home}; Max-Age=31536000; ${where}`;
    location.reload();
  } }, Object.entries(LANGUAGES).map(([tag, name]) =>
    h("option", { value: tag, lang: tag, selected: tag === dictionary.tag }, document.createTextNode(name))));
  return menu;
};
