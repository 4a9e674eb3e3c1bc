// The reader: overlays, text beside the page, turning pages, selecting a part to search by it.
import { all, find, make, mayWrite, t, toast } from "./dom.js";
import { ask } from "./api.js";
import { bind } from "./keys.js";
import { gather, offerBoards } from "./gather.js";
import { offerElements, offerTeaching } from "./teach.js";
import { openGuide } from "./guide.js";
import { Region } from "./region.js";
import { closeWhy, openWhy } from "./why.js";

const SWIPE_PX = 60;
const reader = find(".reader");
const isRtl = reader.dataset.direction === "rtl"; // there the next page lies to the left
const paper = find("#paper");

// ---- Overlays: their switches work without this; here they are remembered and get keys.
for (const [name, key] of [["panels", "p"], ["texts", "t"], ["order", "o"]]) {
  const box = find(`#see-${name}`);
  box.checked = localStorage.getItem(`see-${name}`) === "yes";
  box.addEventListener("change", () => localStorage.setItem(`see-${name}`, box.checked ? "yes" : "no"));
  bind({ [key]: () => box.click() });
}

// ---- Pointing at a panel or a line lights it on the page and in the list.
function light(selector, isLit) {
  for (const element of all(selector, reader)) element.classList.toggle("hover", isLit);
}
for (const type of ["panel", "text"]) {
  for (const element of all(`[data-${type}]`, reader)) {
    const selector = `[data-${type}="${element.dataset[type]}"]`;
    for (const [name, isLit] of [["pointerenter", true], ["pointerleave", false], ["focusin", true], ["focusout", false]]) {
      element.addEventListener(name, () => light(selector, isLit));
    }
  }
}

// ---- Turning pages: keys and swipes, in the direction the book is read.
const turn = (isForward) => find(`.turn a[rel=${isForward ? "next" : "prev"}]`)?.click();
let touch = null;
paper.addEventListener("touchstart", (event) => {
  touch = event.touches.length === 1 && !region.box ? event.touches[0] : null;
}, { passive: true });
paper.addEventListener("touchend", (event) => {
  const end = event.changedTouches[0];
  if (!touch || (window.visualViewport?.scale ?? 1) > 1.05) return; // a zoomed page is moved, not turned
  const dx = end.clientX - touch.clientX, dy = end.clientY - touch.clientY;
  touch = null;
  if (Math.abs(dx) > SWIPE_PX && Math.abs(dx) > 2 * Math.abs(dy)) turn(dx < 0 !== isRtl);
}, { passive: true });

offerBoards();
offerTeaching();

// ---- A part of the page to search or to teach by.
const acts = make("div", { class: "region-acts" });
const search = make("button", { type: "button" }, t("Search this part"));
const shows = make("button", { type: "button", class: "soft" }, t("shows…"));
const cancel = make("button", { type: "button", class: "soft" }, t("Cancel"));
acts.append(search, ...(mayWrite ? [shows] : []), cancel);
acts.hidden = true;
const region = new Region(paper, (box) => {
  acts.hidden = !box;
  if (!box) return;
  const isLow = box.y + box.height > 0.85; // then the buttons stand above the frame
  Object.assign(acts.style, {
    left: `${Math.min(box.x, 0.6) * 100}%`,
    top: isLow ? "" : `calc(${(box.y + box.height) * 100}% + .4rem)`,
    bottom: isLow ? `calc(${(1 - box.y) * 100}% + .4rem)` : "",
  });
});
paper.append(acts);
function chosenPart() {
  const { x, y, width, height } = region.box;
  return `${reader.dataset.page}@${[x, y, x + width, y + height].map((value) => value.toFixed(4)).join(",")}`;
}
const searchByRegion = () => location.assign(`/?${new URLSearchParams({ crop: chosenPart() })}`);
const startRegion = () => {
  region.set({ x: 0.3, y: 0.3, width: 0.4, height: 0.25 });
  search.focus({ preventScroll: true });
};
search.addEventListener("click", searchByRegion);
shows.addEventListener("click", () => offerElements({ crops: [chosenPart()] }));
cancel.addEventListener("click", () => region.set(null));
find("#start-region").addEventListener("click", startRegion);

// ---- Keys; those that go by a panel take the one in focus, else the one that is lit, else the first
const current = () => find(".order li:focus-within") ?? find(".order .lit") ?? find(".order li");
const panelId = () => find(".similar", current()) && new URL(find(".similar", current()).href).searchParams.get("like");
const backOut = () => (region.box ? region.set(null) : closeWhy() || find(".back").click());
const arrow = (event, isForward) => region.nudge(event) || turn(isForward !== isRtl);
const nudge = (event) => region.nudge(event);
bind({
  ArrowLeft: (event) => void arrow(event, false),
  ArrowRight: (event) => void arrow(event, true),
  ArrowUp: nudge,
  ArrowDown: nudge,
  Escape: () => void backOut(),
  r: startRegion,
  g: () => openGuide(reader.dataset.page, Number(reader.dataset.lit) || 1),
  s: () => find(".similar", current())?.click(),
  w: () => openWhy(find(".why", current())),
  b: () => void gather(panelId()),
  e: () => void offerElements({ positive: [panelId()] }),
});
find("#start-guide").addEventListener("click", () => openGuide(reader.dataset.page, Number(reader.dataset.lit) || 1));
for (const name of ["guide", "region"]) find(`#start-${name}`).hidden = false;

// ---- The panel that was found, in view on the page and in the list beside it
if (!location.hash) find(".paper .lit")?.scrollIntoView({ block: "nearest" });
const list = find(".reader aside");
const lit = find(".order .lit");
if (lit && list.scrollHeight > list.clientHeight) list.scrollTop = lit.offsetTop - (list.clientHeight - lit.clientHeight) / 2;
const ahead = find(".turn a[rel=next]");
if (ahead) {
  document.head.append(make("link", { rel: "prefetch", href: ahead.href }));
  const isTall = all(".paper img").length > 1; // those come in pieces
  if (!isTall) new Image().src = `/api/v1/pictures/${new URL(ahead.href).pathname.replace("/pages/", "")}?side=1400`;
}

// ---- Saying what the page is
const retype = find("#retype");
if (retype && mayWrite) {
  retype.hidden = false;
  retype.addEventListener("change", async () => {
    try {
      await ask(`pages/${retype.dataset.page}`, { method: "PATCH", body: { page_type: retype.value || null } });
      location.reload();
    } catch (error) {
      toast(error.message || t("That did not work: try again"));
    }
  });
}
