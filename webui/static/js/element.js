// An element: panels answered one after the other by key or by button, then sent together.
import { all, find, mayWrite, t, toast } from "./dom.js";
import { ask } from "./api.js";
import { bind } from "./keys.js";

const element = find("#element");
const path = `elements/${encodeURIComponent(element.dataset.name)}`;
const items = all("#questions > li");
const answers = new Map();
const kept = `answers-${element.dataset.name}`;
let now = 0;

async function attempt(act) {
  try {
    await act();
  } catch (error) {
    toast(error.message || t("That did not work: try again"));
  }
}

function show(index, move = true) {
  now = Math.max(0, Math.min(index, items.length - 1));
  items.forEach((item, place) => item.classList.toggle("now", place === now));
  if (move) items[now]?.scrollIntoView({ block: "nearest" });
}

/** Show answers that were given and not sent yet, before the page was left. */
function restore() {
  const given = JSON.parse(sessionStorage.getItem(kept) ?? "{}");
  items.forEach((item, index) => item.dataset.panel in given && say(index, given[item.dataset.panel]));
}

function say(index, answer) {
  const item = items[index];
  answers.set(item.dataset.panel, answer);
  sessionStorage.setItem(kept, JSON.stringify(Object.fromEntries(answers)));
  item.classList.remove("yes", "no", "skip");
  item.classList.add(answer);
  for (const button of all("[data-answer]", item)) button.setAttribute("aria-pressed", button.dataset.answer === answer);
  find("#said").textContent = t("{n} of {all} answered", { n: answers.size, all: items.length });
  find("#send").hidden = false;
  show(index + 1);
  if (answers.size === items.length) find("#send").focus();
}

if (mayWrite) {
  find("#rename-element").hidden = false;
  find("#rename-element").addEventListener("click", () => attempt(async () => {
    const name = prompt(t("What is {name} to be called?", { name: element.dataset.name }), element.dataset.name)?.trim();
    if (!name || name === element.dataset.name) return;
    const renamed = await ask(path, { method: "PATCH", body: { name } });
    location.assign(`/elements/${encodeURIComponent(renamed.name)}`);
  }));
  find("#delete-element").hidden = false;
  find("#delete-element").addEventListener("click", () => attempt(async () => {
    if (!confirm(t("Delete {name} and all that was said of it?", { name: element.dataset.name }))) return;
    await ask(path, { method: "DELETE" });
    location.assign("/elements");
  }));
}

if (mayWrite && items.length) {
  items.forEach((item, index) => {
    find(".choice-row", item).hidden = false;
    for (const button of all("[data-answer]", item)) button.addEventListener("click", () => say(index, button.dataset.answer));
  });
  const keyed = (answer) => () => say(now, answer);
  bind({ y: keyed("yes"), n: keyed("no"), s: keyed("skip"), ArrowLeft: () => show(now - 1), ArrowRight: () => show(now + 1) });
  find("#send").addEventListener("click", () => attempt(async () => {
    await ask(`${path}/answers`, { method: "POST", body: { answers: Object.fromEntries(answers) } });
    sessionStorage.removeItem(kept);
    location.reload();
  }));
  restore();
}
