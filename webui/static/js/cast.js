// The cast of a book: groups of the same figure, from which crops are taken out, and which are named once.
import { all, find, make, mayWrite, t, toast } from "./dom.js";
import { ask } from "./api.js";

const SHOWN = 24;
const book = find("#cast").dataset.book;
const told = find("#cast-told");
const path = `books/${encodeURIComponent(book)}/cast`;

function picture(member) {
  const page = member.page_id.split("/").map(encodeURIComponent).join("/");
  const src = `/api/v1/pictures/${page}?${new URLSearchParams({ side: 200, box: member.box.map((side) => side.toFixed(4)).join(",") })}`;
  const crop = make("button", { type: "button", class: "crop", "aria-pressed": "false", "data-panel": member.panel_id, title: t("Does not belong") }, make("img", { src, alt: "", loading: "lazy" }));
  crop.addEventListener("click", () => crop.setAttribute("aria-pressed", crop.getAttribute("aria-pressed") !== "true"));
  return crop;
}

async function name(group, item, field) {
  const without = all(".crop[aria-pressed=true]", item).map((crop) => crop.dataset.panel);
  const named = await ask(path, { method: "POST", body: { group: group.group_id, name: field.value.trim(), without } });
  item.classList.add("named");
  find(".said", item).replaceChildren(make("a", { href: `/elements/${encodeURIComponent(named.name)}` }, named.name), ` ${t("Panels: {n}", { n: named.panels })}`);
}

function form(group, item) {
  const field = make("input", { maxlength: 60, required: "", placeholder: t("Name"), "aria-label": t("Name"), autocomplete: "off" });
  const button = make("button", {}, t("That is the name"));
  const made = make("form", {}, field, button);
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await name(group, item, field);
    } catch (error) {
      toast(error.message || t("That did not work: try again"));
    }
    button.disabled = false;
  });
  return made;
}

function show(group) {
  const crops = make("div", { class: "crops" }, ...group.members.slice(0, SHOWN).map(picture));
  const item = make("li", {}, make("p", { class: "said" }, t("Panels: {n}", { n: group.panels })), crops);
  if (mayWrite) item.append(form(group, item));
  return item;
}

told.textContent = t("Looking at every panel…");
try {
  const cast = await ask(path);
  find("#groups").replaceChildren(...cast.groups.map(show));
  told.textContent = cast.groups.length ? "" : t("Nobody was seen twice in this book.");
} catch (error) {
  told.textContent = error.message || t("That did not work: try again");
}
