// A book as one strip: says which page is in view, and keeps it in the address.
import { all, find } from "./dom.js";
import { bind } from "./keys.js";

const figures = all(".strip figure");
const place = find("#place");
let current = 0;

function tell(index) {
  current = index;
  place.textContent = `${index + 1} / ${figures.length}`;
  history.replaceState(history.state, "", `#page-${figures[index].dataset.page}`);
}

const watcher = new IntersectionObserver((seen) => {
  for (const entry of seen) if (entry.isIntersecting) tell(figures.indexOf(entry.target));
}, { rootMargin: "-45% 0px -50% 0px" });
figures.forEach((figure) => watcher.observe(figure));

const go = (by) => figures[Math.min(Math.max(current + by, 0), figures.length - 1)]?.scrollIntoView();
bind({ ArrowRight: () => go(1), ArrowLeft: () => go(-1) });
if (figures.length) place.textContent = `1 / ${figures.length}`;
