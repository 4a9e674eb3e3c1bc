// More hits in place, as they come into view; how many were added, and the place, is kept for reload and back.
import { find, t } from "./dom.js";

const AHEAD_PX = 900;
const more = find("#more");
const hits = find("#hits");
let added = 0, pending = null;

const keep = () => history.replaceState({ ...history.state, added, top: scrollY }, "");

/** Load the next hits; returns whether there were any. */
export function loadMore() {
  if (!more?.isConnected) return Promise.resolve(false);
  pending ??= addHits().finally(() => { pending = null; });
  return pending;
}

async function addHits() {
  more.ariaBusy = "true";
  more.textContent = t("Loading…");
  const answer = await fetch(more.href).catch(() => null);
  more.ariaBusy = "false";
  more.textContent = answer?.ok ? t("More panels") : t("That did not work: try again");
  if (!answer?.ok) {
    watcher.disconnect(); // no endless tries: the link is there to be pressed
    return false;
  }
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  const rest = hits.lastElementChild; // fills the last row
  const fresh = [...next.querySelectorAll("#hits > li:not(.rest)")];
  rest.before(...fresh);
  added += 1;
  keep();
  const onward = next.querySelector("#more");
  if (onward) more.href = onward.href;
  else more.parentElement.remove();
  return fresh.length > 0 || loadNext();
}

/** A page of hits may be empty although more follow. */
const loadNext = () => (more.isConnected ? addHits() : false);

const watcher = new IntersectionObserver(
  (seen) => seen.some((entry) => entry.isIntersecting) && loadMore().then(watchAgain),
  { rootMargin: `${AHEAD_PX}px` },
);

/** Look again: a link that is still in view after a page of hits tells nothing by itself. */
function watchAgain(worked) {
  if (!worked || !more.isConnected) return;
  watcher.unobserve(more);
  watcher.observe(more);
}

/** Bring back what was there before a reload or a look elsewhere, unless somebody goes on meanwhile. */
async function restore({ added: wanted, top }) {
  let isLeft = false;
  const leave = () => { isLeft = true; };
  for (const name of ["keydown", "pointerdown", "wheel"]) addEventListener(name, leave, { once: true, passive: true });
  history.scrollRestoration = "manual";
  scrollTo(0, top);
  while (!isLeft && added < wanted && (await loadMore())) if (!isLeft) scrollTo(0, top);
}

if (more) {
  more.addEventListener("click", (event) => {
    event.preventDefault();
    const before = hits.children.length - 1;
    loadMore().then((worked) => worked && hits.children[before]?.querySelector(".panel")?.focus());
  });
  const start = history.state?.added ? restore(history.state) : Promise.resolve();
  start.then(() => watcher.observe(more));
  addEventListener("scrollend", () => added && keep());
  addEventListener("pagehide", () => added && keep());
}
