// Words that stand in the page's own markup, put into the visitor's language in place.
const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const said = t(node.data);
  if (said !== node.data) node.data = said;
}
document.documentElement.lang = dictionary.tag;
document.title = t(document.title);
