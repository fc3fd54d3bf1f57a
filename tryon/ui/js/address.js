// The address names the tab (#wardrobe): the back button and a link lead to it, as does a reload
// (`TO_NAMED_TAB` in page.py).
const FIRST = "fit";  // has no name in the address
const tabs = () => [...document.querySelectorAll("#pages [role=tab][data-tab-id]")];
const shownTab = () => tabs().find((tab) => tab.ariaSelected === "true");
const named = () => location.hash.slice(1) || FIRST;
new MutationObserver(() => {
  const id = (shownTab() || { dataset: { tabId: named() } }).dataset.tabId;
  if (id !== named()) history.pushState(null, "", id === FIRST ? location.pathname + location.search : "#" + id);
}).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["aria-selected"] });
addEventListener("popstate", () => {
  const tab = tabs().find((one) => one.dataset.tabId === named());
  if (tab && tab !== shownTab()) tab.click();
});
show();
