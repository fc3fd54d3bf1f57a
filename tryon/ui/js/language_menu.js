// The menu of languages at the head of the studio.
show(languageMenu(new URL(".", document.baseURI).pathname));
