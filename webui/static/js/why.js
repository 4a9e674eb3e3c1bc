// Why this panel: a map of what in its picture speaks for words, laid over the page.
import { all, find, make, t } from "./dom.js";
import { ask } from "./api.js";

const bar = find("#why");
const words = find("#why-words");
const told = find("#why-told");
let asked = null; // the button of the panel that is explained
let waiting = new AbortController();
let layer = null;

/** What led here, as it is typed into the box. */
function fromSearch() {
  const back = new URL(find(".back").href);
  if (back.pathname !== "/") return "";
  const quoted = (text) => (/^[^\s"\\]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, "")}"`);
  const elements = back.searchParams.getAll("element").map((name) => `has:${quoted(name)}`);
  const likes = back.searchParams.getAll("like").map((id) => `like:${quoted(id)}`);
  return [back.searchParams.get("q") ?? "", ...likes, ...elements].join(" ").trim();
}

function clear() {
  waiting.abort();
  layer?.remove();
  layer = null;
  told.textContent = "";
}

async function show() {
  clear();
  if (!words.value.trim() || !asked) return words.focus();
  waiting = new AbortController();
  const { signal } = waiting;
  const panel = asked.dataset.id.split("/").map(encodeURIComponent).join("/");
  const query = new URLSearchParams({ q: words.value });
  told.textContent = t("Looking…");
  try {
    const reason = await ask(`panels/${panel}/why?${query}`, { signal });
    if (signal.aborted) return;
    const [x0, y0, x1, y1] = asked.dataset.box.split(",").map(Number);
    layer = make("img", { class: "heat", alt: "", src: `/api/v1/panels/${panel}/why.png?${query}&alone=yes` });
    Object.assign(layer.style, { left: `${x0 * 100}%`, top: `${y0 * 100}%`, width: `${(x1 - x0) * 100}%`, height: `${(y1 - y0) * 100}%` });
    find("#paper").append(layer);
    const isEmpty = !reason.heat.flat().some(Boolean);
    told.textContent = [isEmpty ? t("Nothing in the picture speaks for it.") : t("What counts most is warm."), ...reason.notes].join(" ");
  } catch (error) {
    if (!signal.aborted) told.textContent = error.message || t("That did not work: try again");
  }
}

/** Ask about the panel of a button; at once where a search led here. */
export function openWhy(button) {
  if (!button) return;
  asked = button;
  bar.hidden = false;
  words.value ||= fromSearch();
  show();
}

/** Take the map away; says whether there was anything to close. */
export function closeWhy() {
  const wasOpen = !bar.hidden;
  clear();
  bar.hidden = true;
  return wasOpen;
}

for (const button of all(".why")) {
  button.hidden = false;
  button.addEventListener("click", () => openWhy(button));
}
bar.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
find("#why-close").addEventListener("click", closeWhy);
words.addEventListener("keydown", (event) => event.key === "Escape" && closeWhy());
