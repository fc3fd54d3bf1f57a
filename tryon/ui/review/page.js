// The review as a page of its own: follows the system's light or dark, fills the window.
import { mount } from "./app.js";

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark", dark.matches);
dark.addEventListener("change", follow);
follow();
mount(document.getElementById("review"), { isPage: true });
