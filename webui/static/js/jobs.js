// Jobs of the library: how far they are, live by server-sent events, or by asking now and then.
import { find, make, t, toast } from "./dom.js";
import { ask } from "./api.js";

const ASK_MS = 2_000, REFRESH_MS = 4_000;
const NAMES = {
  "add-folder": t("Adding a folder"), rescan: t("Looking for changes"), retry: t("Trying again what failed"),
  pause: t("Paused"), resume: t("Reading"),
};
const STATES = { done: t("Done"), failed: t("Failed"), cancelled: t("Cancelled"), paused: t("Paused") };
const place = find("#jobs");
const shown = new Map();
let refreshedAt = 0;

function card(job) {
  const bar = make("progress", { "aria-label": NAMES[job.kind] });
  const words = make("small");
  const cancel = make("button", { type: "button", class: "soft" }, t("Cancel"));
  cancel.addEventListener("click", () => ask(`jobs/${job.job_id}`, { method: "DELETE" }).then(update).catch(complain));
  const folder = make("span", { class: "quiet" }, job.folder ?? "");
  const element = make("li", { class: "job" }, make("b", {}, NAMES[job.kind] ?? job.kind), folder, bar, words, cancel);
  place.append(element);
  return { element, bar, words, cancel };
}

const complain = (error) => toast(error.message || t("That did not work: try again"));
const isOver = (job) => ["done", "failed", "cancelled"].includes(job.state);

function wordsOf({ state, message, progress }) {
  const parts = [STATES[state] ?? "", message];
  if (progress.total) parts.push(t("{done} of {total} books", { done: progress.done, total: progress.total }));
  if (progress.failed) parts.push(t("{n} failed", { n: progress.failed }));
  const book = state === "running" && progress.reading[0];
  if (book) parts.push(`${book.source.split("/").pop()}${book.page_count ? ` ${book.pages} / ${book.page_count}` : ""}`);
  if (progress.eta_s && !isOver({ state })) parts.push(t("about {n} min left", { n: Math.max(1, Math.round(progress.eta_s / 60)) }));
  return parts.filter(Boolean).join(" · ");
}

function update(job) {
  const { element, bar, words, cancel } = shown.get(job.job_id);
  const { total, done, failed } = job.progress;
  if (total) Object.assign(bar, { max: total, value: done + failed });
  if (isOver(job)) {
    Object.assign(bar, { max: 1, value: 1 });
    cancel.remove();
    setTimeout(() => element.remove(), 15_000);
  }
  words.textContent = wordsOf(job);
  refresh(isOver(job));
}

/** Bring the shelf up to date while books come in. */
async function refresh(isLast) {
  if (!isLast && Date.now() - refreshedAt < REFRESH_MS) return;
  refreshedAt = Date.now();
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  const shelf = find("#shelf"), fresh = find("#shelf", next);
  if (fresh && fresh.innerHTML !== shelf.innerHTML) shelf.replaceChildren(...fresh.childNodes);
}

async function askNowAndThen(id) {
  const job = await ask(`jobs/${id}`).catch(() => null);
  if (!job) return;
  update(job);
  if (!isOver(job)) setTimeout(() => askNowAndThen(id), ASK_MS);
}

/** Show a job and keep it up to date. */
export function follow(job) {
  if (!place || shown.has(job.job_id)) return;
  shown.set(job.job_id, card(job));
  update(job);
  if (isOver(job)) return;
  const events = new EventSource(`/api/v1/jobs/${encodeURIComponent(job.job_id)}/events`);
  events.addEventListener("progress", (event) => update(JSON.parse(event.data)));
  events.addEventListener("end", (event) => {
    events.close();
    update(JSON.parse(event.data));
  });
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) askNowAndThen(job.job_id); // no place for another stream
  });
  addEventListener("pagehide", () => events.close());
}

/** Ask for a job and follow it. */
export const start = (kind) => ask("jobs", { method: "POST", body: { kind } }).then(follow).catch(complain);

if (place) {
  ask("jobs").then(({ jobs }) => jobs.filter((job) => !isOver(job)).forEach(follow)).catch(() => null);
}
