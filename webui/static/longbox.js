// Adds to pages that work without it: dropping and pasting pictures, keys, more hits in place.
const root = document.documentElement;
const find = (selector) => document.querySelector(selector);
root.classList.add("js");

// ---- A picture to search by: chosen, dropped or pasted. The filters set in the form stay in force.
const drop = find("#drop");

function searchByChosen() {
  for (const field of document.querySelectorAll(".fields select, .fields [inputmode]")) {
    const copy = Object.assign(document.createElement("input"), { type: "hidden", name: field.name });
    copy.value = field.value;
    if (field.value) drop.append(copy);
  }
  drop.submit();
}

function searchBy(file) {
  if (!file?.type.startsWith("image/")) return;
  const transfer = new DataTransfer();
  transfer.items.add(file);
  drop.elements.picture.files = transfer.files;
  searchByChosen();
}

if (drop) {
  const carriesFile = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0;
  drop.elements.picture.addEventListener("change", searchByChosen);
  addEventListener("paste", (event) => searchBy(event.clipboardData?.files[0]));
  addEventListener("dragover", (event) => carriesFile(event) && event.preventDefault());
  addEventListener("dragenter", (event) => carriesFile(event) && root.classList.toggle("dropping", ++depth > 0));
  addEventListener("dragleave", (event) => carriesFile(event) && root.classList.toggle("dropping", --depth > 0));
  addEventListener("drop", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    depth = 0;
    root.classList.remove("dropping");
    searchBy(event.dataTransfer.files[0]);
  });
  addEventListener("pageshow", () => drop.reset()); // back must not find the former picture chosen
}

// ---- Keys
function step(links, by) {
  const at = links.indexOf(document.activeElement);
  const next = links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)];
  next?.focus();
}

function turn(key) {
  const rtl = find("[data-direction=rtl]") !== null; // there the next page lies to the left
  const forward = (key === "ArrowRight") !== rtl;
  find(`.turn a[rel=${forward ? "next" : "prev"}]`)?.click();
}

function focusSearch() {
  const box = find("#q");
  if (!box) return location.assign("/");
  box.focus();
  box.select();
}

const KEYS = {
  "/": focusSearch,
  s: () => (document.activeElement.closest("li") ?? find(".order .lit"))?.querySelector(".similar")?.click(),
  Escape: () => find(".back")?.click(),
  ArrowLeft: (key) => arrow(key, -1),
  ArrowRight: (key) => arrow(key, 1),
};

function arrow(key, by) {
  const hits = [...document.querySelectorAll("#hits .panel")];
  if (hits.length) step(hits, by);
  else turn(key);
}

addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!Object.hasOwn(KEYS, event.key)) return;
  KEYS[event.key](event.key);
  event.preventDefault();
});

// ---- More hits in place; how many were added, and the place, is kept for reload and back.
const more = find("#more");
const hits = find("#hits");
let added = 0;
const keep = () => history.replaceState({ added, top: scrollY }, "");

async function addHits() {
  const answer = await fetch(more.href).catch(() => null);
  if (!answer?.ok) return location.assign(more.href);
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  const first = hits.children.length - 1; // the last child fills the last row
  hits.lastElementChild.remove();
  hits.append(...next.querySelectorAll("#hits > li"));
  added += 1;
  keep();
  const onward = next.querySelector("#more");
  if (onward) more.href = onward.href;
  else more.parentElement.remove();
  return hits.children[first]?.querySelector(".panel");
}

more?.addEventListener("click", async (event) => {
  event.preventDefault();
  if (more.ariaBusy === "true") return;
  more.ariaBusy = "true";
  more.textContent = "Loading…";
  (await addHits())?.focus();
  more.ariaBusy = "false";
  more.textContent = "More panels";
});

if (more && history.state?.added) {
  const { added: wanted, top } = history.state;
  while (added < wanted && more.isConnected) await addHits();
  scrollTo(0, top);
}
addEventListener("scrollend", () => added && keep());

// ---- The panel that was found, in view on the page and in the list beside it
if (!location.hash) find(".paper .lit")?.scrollIntoView({ block: "nearest" });
const list = find(".order");
const lit = find(".order .lit");
if (lit) list.scrollTop = lit.offsetTop - (list.clientHeight - lit.clientHeight) / 2;
