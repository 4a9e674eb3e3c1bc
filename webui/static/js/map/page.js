// The map page: puts camera, tiles, points, names and selections together.
import { all, find, make, t } from "../dom.js";
import { gather } from "../gather.js";
import { bind } from "../keys.js";
import { Camera } from "./camera.js";
import { Names } from "./names.js";
import { colourOf, NONE, OTHER } from "./palette.js";
import { Points } from "./points.js";
import { Selecting } from "./selecting.js";
import { nearest, placeOf, Tiles } from "./tiles.js";

const section = find("#map");
const stage = find("#map-stage");
const told = JSON.parse(section.dataset.map);
const api = `${section.dataset.api}/${told.name}`;
section.hidden = false;

const camera = new Camera();
const points = Points.on(find("#map-points"));
const names = new Names(find("#map-labels"), told.clusters);
const selecting = new Selecting(find("#map-over polygon"), camera);
const colour = find("#map-colour");
let tool = "move";
let lit = null;
let asked = 0;

const tiles = new Tiles(told.levels, addressOf, redraw, () => problem(t("The map has changed or cannot be read: load the page again.")));

function addressOf(level, column, row) {
  const shade = colour.value === "cluster" ? "" : `&colour=${colour.value}`;
  return `${api}/tiles/${level}/${column}/${row}?state=${told.state}${shade}`;
}

function problem(text) {
  const shown = find("#map-problem");
  shown.textContent = text;
  shown.hidden = false;
}

// ---- Drawing
function redraw() {
  if (asked) return;
  asked = requestAnimationFrame(() => {
    asked = 0;
    camera.resize(stage.clientWidth, stage.clientHeight);
    tiles.look(camera);
    points?.draw(tiles.shown, camera, lit);
    find("#map-labels").hidden = !find("#map-names").checked;
    names.draw(camera, colour.value === "cluster");
    selecting.draw();
    mark();
    find("#map-busy").hidden = !tiles.busy;
    section.dataset.points = tiles.shown.reduce((sum, tile) => sum + tile.count, 0);
  });
}

function mark() {
  const sign = find("#map-over .mark");
  sign.toggleAttribute("hidden", !told.marked);
  if (!told.marked) return sign.setAttribute("transform", "translate(-99 -99)");
  const [x, y] = camera.toScreen(told.marked.x, told.marked.y);
  sign.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
}

// ---- Colours and their legend
function values() {
  if (colour.value === "cluster") {
    return told.clusters.map(({ name, number, size }) => ({ label: name, code: number, count: size }));
  }
  const facet = told.facets.find(({ name }) => name === colour.value);
  return (facet?.values ?? []).map(({ label, count }, code) => ({ label, code, count }));
}

function showLegend() {
  find("#map-legend-name").textContent = colour.selectedOptions[0].textContent;
  const known = values();
  const counted = known.reduce((sum, { count }) => sum + count, 0);
  const rest = told.panels - counted;
  const rows = [...known, ...(rest > 0 ? [{ label: t("other or none"), code: known.length > 253 ? OTHER : NONE, count: rest }] : [])];
  find("#map-legend").replaceChildren(...rows.map(legendRow));
}

function legendRow({ label, code, count }) {
  const button = make("button", { type: "button", class: "plain", "aria-pressed": "false" }, make("i"), make("span", {}, label), make("small", {}, count.toLocaleString()));
  button.firstElementChild.style.background = colourOf(code);
  button.addEventListener("click", () => {
    lit = lit === code ? null : code;
    for (const other of all("#map-legend button")) other.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", String(lit === code));
    redraw();
  });
  return make("li", {}, button);
}

for (const option of all("option", colour)) {
  option.hidden = option.disabled = option.value !== "cluster" && !told.facets.some(({ name }) => name === option.value);
}
colour.addEventListener("change", () => {
  lit = null;
  tiles.forget();
  showLegend();
  keepAddress();
  redraw();
});
find("#map-names").addEventListener("change", redraw);

// ---- What lies under the pointer
const card = find("#map-card");
const panels = new Map();
let hovered = null;

async function panelOf(number) {
  if (!panels.has(number)) {
    panels.set(number, fetch(`${api}/points/${number}?state=${told.state}`).then((answer) => (answer.ok ? answer.json() : null)));
  }
  return panels.get(number);
}

async function hover(px, py) {
  const found = nearest(tiles.shown, camera, px, py, 14);
  const number = found ? found[0].first + found[1] : null;
  if (number === hovered) return;
  hovered = number;
  card.hidden = true;
  stage.classList.toggle("over", number !== null && tool === "move");
  const panel = number === null ? null : await panelOf(number);
  if (!panel || number !== hovered) return;
  const [x, y] = camera.toScreen(...placeOf(found));
  find("img", card).src = `${section.dataset.thumbnails}${encodeURI(panel.panel_id).replace("#", "%23")}`;
  const cluster = told.clusters.find((one) => one.number === panel.cluster);
  find("figcaption", card).textContent = cluster?.name ?? "";
  card.style.transform = `translate(${Math.round(Math.min(x + 14, camera.width - 190))}px, ${Math.round(Math.min(y + 14, camera.height - 170))}px)`;
  card.hidden = false;
}

function pageOf(panel) {
  const [page, number] = panel.panel_id.split("#");
  return `${section.dataset.pages}${page}?panel=${+number}#panel-${+number}`;
}

async function openAt(px, py, within) {
  const found = nearest(tiles.shown, camera, px, py, within);
  const panel = found && (await panelOf(found[0].first + found[1]));
  if (panel) location.assign(pageOf(panel));
}

// ---- Pointers: one moves or selects, two zoom
const down = new Map();
let moved = 0;
const at = (event) => {
  const box = stage.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};

stage.addEventListener("pointerdown", (event) => {
  if (event.button || event.target.closest("#map-chosen")) return;
  stage.setPointerCapture(event.pointerId);
  down.set(event.pointerId, at(event));
  moved = 0;
  card.hidden = true;
  if (tool !== "move" && down.size === 1) selecting.begin(...at(event));
});
stage.addEventListener("pointermove", (event) => {
  const [x, y] = at(event);
  const before = down.get(event.pointerId);
  if (!before) return hover(x, y);
  moved += Math.hypot(x - before[0], y - before[1]);
  if (down.size === 2) pinch(event.pointerId, [x, y]);
  else if (tool === "move") camera.pan(x - before[0], y - before[1]);
  else selecting.move(x, y, tool);
  down.set(event.pointerId, [x, y]);
  redraw();
});
for (const end of ["pointerup", "pointercancel"]) {
  stage.addEventListener(end, (event) => {
    if (!down.delete(event.pointerId)) return;
    if (tool !== "move") return choose(selecting.end());
    if (end === "pointerup" && moved < 5) openAt(...at(event), 14);
    keepAddress();
  });
}
stage.addEventListener("pointerleave", () => {
  hovered = null;
  card.hidden = true;
});

function pinch(moving, now) {
  const [id] = [...down.keys()].filter((key) => key !== moving);
  const other = down.get(id);
  const before = down.get(moving);
  const factor = Math.hypot(now[0] - other[0], now[1] - other[1]) / Math.max(1, Math.hypot(before[0] - other[0], before[1] - other[1]));
  camera.zoomAt(factor, (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
}

stage.addEventListener("wheel", (event) => {
  event.preventDefault();
  camera.zoomAt(Math.exp(-Math.sign(event.deltaY) * Math.min(0.35, Math.abs(event.deltaY) / 400)), ...at(event));
  redraw();
  keepAddress();
}, { passive: false });
stage.addEventListener("dblclick", (event) => {
  camera.zoomAt(2, ...at(event));
  redraw();
});

// ---- Selections
const chosen = find("#map-chosen");
const MOST_GATHERED = 200; // as many as a board takes at once

async function choose(corners) {
  chosen.hidden = true;
  if (!corners.length) return redraw();
  redraw();
  const answer = await fetch(`${api}/selection?area=${encodeURIComponent(selecting.area)}&state=${told.state}`);
  if (!answer.ok) return problem((await answer.json()).error?.message ?? t("The map has changed or cannot be read: load the page again."));
  const count = (await answer.json()).panels;
  find("span", chosen).textContent = count === 1 ? t("1 panel in the selection") : t("{n} panels in the selection", { n: count.toLocaleString() });
  find("a", chosen).href = `${section.dataset.home}?${new URLSearchParams({ map: told.name, area: selecting.area })}`;
  find(".csv", chosen).href = `${api}/selection.csv?area=${encodeURIComponent(selecting.area)}&state=${told.state}`;
  for (const act of all("a, .gather", chosen)) act.hidden = count === 0;
  const board = find(".gather", chosen);
  if (board) {
    board.disabled = count > MOST_GATHERED;
    board.title = board.disabled ? t("A board takes {n} panels at once: select fewer", { n: MOST_GATHERED }) : "";
  }
  chosen.hidden = false;
}

function dropSelection() {
  if (chosen.hidden && !selecting.corners.length) return false;
  selecting.clear();
  chosen.hidden = true;
  redraw();
}
find(".drop", chosen).addEventListener("click", dropSelection);
find(".gather", chosen)?.addEventListener("click", async () => {
  const answer = await fetch(`${api}/selection?area=${encodeURIComponent(selecting.area)}&state=${told.state}&places=${MOST_GATHERED}`);
  if (answer.ok) gather(...(await answer.json()).places.map((place) => place.panel_id));
  else problem(t("The map has changed or cannot be read: load the page again."));
});

function take(name) {
  tool = name;
  for (const button of all("[data-tool]", section)) button.setAttribute("aria-pressed", String(button.dataset.tool === name));
  stage.dataset.tool = name;
}
for (const button of all("[data-tool]", section)) button.addEventListener("click", () => take(button.dataset.tool));
take("move");

// ---- Keys and buttons
const STEP = 60;
const zoom = (factor) => () => {
  camera.zoomAt(factor);
  redraw();
  keepAddress();
};
const pan = (dx, dy) => () => {
  if (document.activeElement !== stage) return false;
  camera.pan(dx, dy);
  redraw();
  keepAddress();
};
function showAll() {
  const side = (from, pick) => pick(...told.clusters.map(({ extent }) => extent[from]));
  if (told.clusters.length) camera.show(side(0, Math.min), side(1, Math.min), side(2, Math.max), side(3, Math.max));
}
const whole = () => {
  showAll();
  redraw();
  keepAddress();
};
const ZOOMS = { in: zoom(1.5), out: zoom(1 / 1.5), all: whole };
for (const button of all("[data-zoom]", section)) button.addEventListener("click", ZOOMS[button.dataset.zoom]);
bind({
  ArrowLeft: pan(STEP, 0),
  ArrowRight: pan(-STEP, 0),
  ArrowUp: pan(0, STEP),
  ArrowDown: pan(0, -STEP),
  "+": ZOOMS.in,
  "=": ZOOMS.in,
  "-": ZOOMS.out,
  0: whole,
  m: () => take("move"),
  l: () => take("lasso"),
  b: () => take("box"),
  Escape: dropSelection,
  Enter: () => (document.activeElement === stage ? openAt(camera.width / 2, camera.height / 2, camera.width) : false),
});

// ---- The address holds the view, so that reload and back lead to it
let keeping = 0;
function keepAddress() {
  clearTimeout(keeping);
  keeping = setTimeout(() => {
    const shown = [camera.x, camera.y, camera.zoom].map((value) => +value.toFixed(4)).join(",");
    history.replaceState(history.state, "", `#${new URLSearchParams({ at: shown, colour: colour.value })}`);
  }, 250);
}

function restore() {
  const kept = new URLSearchParams(location.hash.slice(1));
  const wanted = kept.get("colour");
  if (wanted && all("option:enabled", colour).some(({ value }) => value === wanted)) colour.value = wanted;
  const [x, y, zoomed] = (kept.get("at") ?? "").split(",").map(Number);
  if (zoomed > 0) camera.goTo(x, y, zoomed);
  else if (told.marked) camera.goTo(told.marked.x, told.marked.y, 4);
  else showAll();
}

if (!points) problem(t("This browser has no WebGL, so points cannot be drawn; the clusters are listed below."));
if (told.lost) problem(t("That panel has no place on this map."));
camera.resize(stage.clientWidth, stage.clientHeight);
restore();
showLegend();
new ResizeObserver(redraw).observe(stage);
new MutationObserver(() => { showLegend(); redraw(); }).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { showLegend(); redraw(); });
for (const row of all(".clusters tr[data-cluster] th")) {
  const cluster = told.clusters.find(({ number }) => number === +row.parentElement.dataset.cluster);
  const button = make("button", { type: "button", class: "plain", "aria-label": t("Show {name} on the map", { name: cluster.name }) }, "◎");
  button.addEventListener("click", () => {
    camera.show(...cluster.extent);
    stage.scrollIntoView({ block: "nearest" });
    stage.focus({ preventScroll: true });
    redraw();
    keepAddress();
  });
  row.append(" ", button);
}
redraw();
