// The library page: what the daemon does now, folders to add, failures to try again.
import { all, find } from "./dom.js";
import "./folders.js";
import { start } from "./jobs.js";

const BUSY_MS = 1500, IDLE_MS = 10_000;
const progress = find("#progress");

async function look() {
  if (document.hidden) return setTimeout(look, BUSY_MS);
  const answer = await fetch("/books/progress").catch(() => null);
  if (answer?.ok) {
    const text = await answer.text();
    if (text.trim() !== progress.innerHTML.trim()) progress.innerHTML = text;
    offer();
  }
  const isBusy = find("[data-live=working], [data-live=starting]", progress) !== null;
  setTimeout(look, isBusy ? BUSY_MS : IDLE_MS);
}

/** Buttons that need scripts are hidden without them. */
function offer() {
  for (const button of all("[data-job][hidden]")) {
    button.hidden = false;
    button.addEventListener("click", () => start(button.dataset.job));
  }
}

offer();
setTimeout(look, BUSY_MS);
find(".sift select")?.addEventListener("change", (event) => event.target.form.requestSubmit());
