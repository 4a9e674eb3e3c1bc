// Matches: books answered one after the other by key or by button, each answer kept at once.
import { all, find, mayWrite, t, toast } from "./dom.js";
import { ask } from "./api.js";
import { bind } from "./keys.js";

const items = all("#matches > li");
const busy = new Set();
let now = 0;
let answered = 0;

function show(index) {
  now = Math.max(0, Math.min(index, items.length - 1));
  items.forEach((item, place) => item.classList.toggle("now", place === now));
  items[now]?.scrollIntoView({ block: "nearest" });
}

function settle(item, answer) {
  item.classList.add(answer);
  find(".choice-row", item).hidden = true;
  answered += 1;
  find("#said").textContent = t("{n} of {all} answered", { n: answered, all: items.length });
  if (answered === items.length) location.reload();
  else show(items.findIndex((one, place) => place > items.indexOf(item) && !find(".choice-row", one).hidden));
}

async function say(index, answer) {
  const item = items[index];
  const offered = find(".offered", item);
  if (!offered || busy.has(item) || find(".choice-row", item).hidden) return;
  busy.add(item);
  try {
    const verdict = { book_id: item.dataset.book, verdict: answer, issue_id: Number(offered.dataset.issue) };
    await ask("matches", { method: "POST", body: { verdicts: [verdict] } });
    const next = offered.nextElementSibling;
    if (answer === "no" && next) {
      offered.classList.replace("offered", "refused");
      next.classList.add("offered");
    } else {
      settle(item, answer);
    }
  } catch (error) {
    toast(error.message || t("That did not work: try again"));
  } finally {
    busy.delete(item);
  }
}

if (mayWrite && items.length) {
  items.forEach((item, index) => {
    find(".choice-row", item).hidden = false;
    for (const button of all("[data-answer]", item)) button.addEventListener("click", () => say(index, button.dataset.answer));
  });
  const keyed = (answer) => () => say(now, answer);
  bind({ y: keyed("yes"), n: keyed("no"), s: keyed("skip"), ArrowLeft: () => show(now - 1), ArrowRight: () => show(now + 1) });
}
