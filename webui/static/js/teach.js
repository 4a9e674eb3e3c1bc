// Saying who or what a panel, or a part of a page, shows: a sheet with the elements, the last one used first.
import { all, find, make, mayWrite, t, toast } from "./dom.js";
import { ask } from "./api.js";

const LAST = "last-element";
const sheet = find("#teach");
let example = {};

async function teach(name) {
  sheet.close();
  try {
    const told = await ask("elements", { method: "POST", body: { name, ...example } });
    localStorage.setItem(LAST, told.name);
    toast(t("Learnt for {name}: found in {n} panels", { name: told.name, n: told.panels ?? 0 }));
  } catch (error) {
    toast(error.message || t("That did not work: try again"));
  }
}

function elementButton(element) {
  const count = make("small", {}, element.panels === null ? "" : String(element.panels));
  const button = make("button", { type: "button", class: "soft" }, make("span", {}, element.name), count);
  button.addEventListener("click", () => teach(element.name));
  return button;
}

/** Let people choose what is shown by `shown`: `{ positive: [panel ids] }` or `{ crops: ["ID@x0,y0,x1,y1"] }`. */
export async function offerElements(shown) {
  if (!mayWrite || ![...(shown.positive ?? []), ...(shown.crops ?? [])].some(Boolean)) return;
  example = shown;
  const { elements } = await ask("elements").catch(() => ({ elements: [] }));
  const last = localStorage.getItem(LAST);
  elements.sort((one, other) => (other.name === last) - (one.name === last));
  find(".pick", sheet).replaceChildren(...elements.map(elementButton));
  sheet.showModal();
  (find(".pick button", sheet) ?? find("[name=element]", sheet)).focus();
}

find("form:not([method])", sheet)?.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = event.target.elements.element;
  const name = field.value.trim();
  field.value = "";
  if (name) teach(name);
});

/** Put a button that teaches by a panel beside every one that adds it to a board. */
export function offerTeaching(within = document) {
  if (!mayWrite) return;
  for (const similar of all(".acts .similar:not([data-teaches])", within)) {
    const panelId = new URL(similar.href).searchParams.get("like");
    const label = t("Say who or what it shows");
    const button = make("button", { type: "button", title: `${label} (e)`, "aria-label": label });
    if (similar.closest(".tile")) button.append(find("#icon-tag").content.cloneNode(true));
    else button.textContent = t("shows…");
    button.addEventListener("click", () => offerElements({ positive: [panelId] }));
    similar.dataset.teaches = "";
    similar.parentElement.append(button);
  }
}
