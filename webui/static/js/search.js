// The search page: keys among the hits, and more of them in place.
import { all, find } from "./dom.js";
import { bind } from "./keys.js";
import { gather, offerBoards } from "./gather.js";
import { offerElements, offerTeaching } from "./teach.js";
import { loadMore } from "./more.js";

const panels = () => all("#hits .panel");
const current = () => document.activeElement?.closest("#hits li");

function focus(panel) {
  panel?.focus({ preventScroll: true });
  panel?.closest("li").scrollIntoView({ block: "nearest" });
}

async function step(by) {
  const links = panels();
  const at = links.indexOf(find(".panel", current() ?? document.createElement("p")));
  if (at + by >= links.length && (await loadMore())) return step(by);
  focus(links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)]);
}

/** Go to the nearest hit in the row above or below. */
async function stepRow(direction) {
  const links = panels();
  const here = find(".panel", current() ?? document.createElement("p"))?.getBoundingClientRect();
  if (!here) return focus(links[0]);
  const middle = here.left + here.width / 2;
  const rows = links.map((link) => ({ link, box: link.getBoundingClientRect() }));
  const beyond = rows.filter(({ box }) => (direction > 0 ? box.top > here.bottom - 1 : box.bottom < here.top + 1));
  if (!beyond.length) return direction > 0 && (await loadMore()) ? stepRow(direction) : undefined;
  const nearest = direction > 0 ? Math.min(...beyond.map(({ box }) => box.top)) : Math.max(...beyond.map(({ box }) => box.top));
  const row = beyond.filter(({ box }) => Math.abs(box.top - nearest) < 2);
  const distance = ({ box }) => Math.abs(box.left + box.width / 2 - middle);
  focus(row.sort((one, other) => distance(one) - distance(other))[0].link);
}

/** Whoever comes back from a panel goes on at that panel. */
function rememberOpened() {
  const LAST = "opened-panel";
  find("#hits").addEventListener("click", (event) => {
    const item = event.target.closest(".panel") && event.target.closest("li");
    if (item) sessionStorage.setItem(LAST, item.dataset.panel);
  });
  addEventListener("pageshow", () => {
    const item = find(`#hits li[data-panel="${CSS.escape(sessionStorage.getItem(LAST) ?? "")}"]`);
    find(".panel", item ?? document.createElement("p"))?.focus({ preventScroll: true });
    sessionStorage.removeItem(LAST);
  });
}

if (find("#hits")) {
  rememberOpened();
  const offer = (within) => {
    offerBoards(within);
    offerTeaching(within);
  };
  offer();
  new MutationObserver(() => offer(find("#hits"))).observe(find("#hits"), { childList: true });
  bind({
    ArrowLeft: () => { step(-1); },
    ArrowRight: () => { step(1); },
    ArrowUp: () => (current() ? void stepRow(-1) : false),
    ArrowDown: () => (current() ? void stepRow(1) : false),
    s: () => current()?.querySelector(".similar")?.click(),
    b: () => void gather(current()?.dataset.panel),
    e: () => void offerElements({ positive: [current()?.dataset.panel] }),
  });
}
bind({
  f: () => {
    const facets = find("#facets");
    if (getComputedStyle(facets).position === "fixed") facets.togglePopover?.();
    else find("summary, input, a", facets)?.focus();
  },
});
