// The library page: what the daemon does now, brought up to date while the page is looked at.
import { find } from "./dom.js";

const BUSY_MS = 1500, IDLE_MS = 10_000;
const progress = find("#progress");

async function look() {
  if (document.hidden) return setTimeout(look, BUSY_MS);
  const answer = await fetch("/books/progress").catch(() => null);
  if (answer?.ok) {
    const text = await answer.text();
    if (text.trim() !== progress.innerHTML.trim()) progress.innerHTML = text;
  }
  const isBusy = find("[data-live=working], [data-live=starting]", progress) !== null;
  setTimeout(look, isBusy ? BUSY_MS : IDLE_MS);
}

if (progress) {
  setTimeout(look, BUSY_MS);
  find(".sift select")?.addEventListener("change", (event) => event.target.form.requestSubmit());
}
