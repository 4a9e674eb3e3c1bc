// Suggestions below the search box: a combobox over /api/v1/suggest. Where that fails, nothing shows.
import { find, make, t } from "./dom.js";

const WAIT_MS = 120;
const box = find("#q");
const KINDS = {
  series: t("Series"), title: t("Book"), story: t("Story"), character: t("Character"), creator: t("Creator"), tag: t("Shows"), phrase: t("Line"),
};

let list, timer, asked = 0, chosen = -1;

function close() {
  list.hidden = true;
  chosen = -1;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function choose(index) {
  const options = [...list.children];
  chosen = (index + options.length + 1) % (options.length + 1); // one place more: the box itself
  if (chosen === options.length) chosen = -1;
  options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
  const current = options[chosen];
  if (current) {
    box.setAttribute("aria-activedescendant", current.id);
    current.scrollIntoView({ block: "nearest" });
  } else box.removeAttribute("aria-activedescendant");
}

function take(option) {
  box.value = option.dataset.query;
  close();
  box.form.requestSubmit();
}

function show(suggestions) {
  list.replaceChildren(...suggestions.map((suggestion, at) => {
    const kind = make("small", {}, KINDS[suggestion.kind] ?? suggestion.kind ?? "");
    const count = suggestion.count ? make("small", {}, String(suggestion.count)) : "";
    const attributes = { role: "option", id: `suggestion-${at}`, "aria-selected": "false" };
    const option = make("li", attributes, kind, make("span", {}, suggestion.value), count);
    option.dataset.query = suggestion.query ?? suggestion.value;
    return option;
  }));
  chosen = -1;
  list.hidden = suggestions.length === 0;
  box.setAttribute("aria-expanded", String(!list.hidden));
}

async function ask() {
  const text = box.value.trim();
  const mine = ++asked;
  if (!text) return close();
  const answer = await fetch(`/api/v1/suggest?${new URLSearchParams({ q: text })}`).catch(() => null);
  if (mine !== asked || document.activeElement !== box) return;
  const told = answer?.ok ? await answer.json() : { suggestions: [] };
  show((told.suggestions ?? []).slice(0, 9));
}

function onKey(event) {
  if (list.hidden || event.isComposing) return;
  const option = list.children[chosen];
  if (event.key === "ArrowDown") choose(chosen + 1);
  else if (event.key === "ArrowUp") choose(chosen < 0 ? list.children.length - 1 : chosen - 1);
  else if (event.key === "Enter" && option) take(option);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

if (box) {
  list = make("ul", { class: "suggestions", id: "suggestions", role: "listbox", "aria-label": t("Suggestions") });
  list.hidden = true;
  box.closest(".search").append(list);
  const roles = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
  for (const [name, value] of Object.entries(roles)) box.setAttribute(name, value);
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  box.addEventListener("keydown", onKey);
  box.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // keeps the focus in the box
    const option = event.target.closest("li");
    if (option) take(option);
  });
}
