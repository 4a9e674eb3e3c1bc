// Making, refreshing and dropping maps.
import { all, find, t } from "../dom.js";
import { ask } from "../api.js";
import { Chore, complain } from "../chores.js";

const form = find("#map-making");
const chore = new Chore("map", find("#map-state"), all("button", form));
form.hidden = false;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = new FormData(form);
  const side = chosen.getAll("side").join("+");
  if (side) chore.begin("maps", { side, method: chosen.get("method"), refit: true });
  else complain(new Error(t("Choose at least one")));
});

for (const button of all("[data-act]", form)) {
  const { name, act } = button.dataset;
  button.addEventListener("click", () => (act === "delete" ? drop(name) : chore.begin("maps", { name, refit: act === "refit" })));
}

/** A map takes minutes to make: it is dropped at the second click. */
function drop(name) {
  const button = find("[data-act=delete]", form);
  if (!("sure" in button.dataset)) {
    button.dataset.sure = "";
    button.textContent = t("Delete it: are you sure?");
    return;
  }
  ask(`maps/${encodeURIComponent(name)}`, { method: "DELETE" }).then(() => location.assign(location.pathname)).catch(complain);
}
