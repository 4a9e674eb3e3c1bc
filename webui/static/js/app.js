// What every page has beside its plain form: keys, suggestions, pictures to search by, the theme at once.
import { all, find, root } from "./dom.js";
import { bind } from "./keys.js";
import "./pictures.js";
import "./suggest.js";

root.classList.add("js");

function focusSearch() {
  const box = find("#q");
  if (!box) return location.assign("/");
  box.focus();
  box.select();
}

const help = find("#keys");
find("#show-keys")?.addEventListener("click", () => {
  find("#menu").hidePopover?.();
  help.showModal();
});
for (const sheet of all("dialog.sheet")) {
  sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
}

bind({
  "/": focusSearch,
  "?": () => help.showModal(),
  Escape: () => (find(".back") ? find(".back").click() : false),
});

// ---- The theme changes without a new page; the link keeps it.
for (const link of all(".choice [data-theme]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    fetch(link.href, { redirect: "manual" });
    const chosen = link.dataset.theme;
    if (chosen === "system") delete root.dataset.theme;
    else root.dataset.theme = chosen;
    for (const other of all(".choice [data-theme]")) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
  });
}
