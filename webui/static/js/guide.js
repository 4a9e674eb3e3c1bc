// Guided view: one panel after the other fills the window, over the pages of a book.
import { find, t } from "./dom.js";

const MARGIN = 0.96;
const PAGE_SIDE_PX = 2200;
const dialog = find("#guide");
const stage = find(".stage", dialog);
const image = find("img", stage);
let page = null, at = 0, first = null;

const path = (id) => id.split("/").map(encodeURIComponent).join("/");
const pictureOf = (id) => `/api/v1/pictures/${path(id)}?side=${PAGE_SIDE_PX}`;

async function load(id) {
  const answer = await fetch(`/api/v1/pages/${path(id)}`).catch(() => null);
  if (!answer?.ok) return false;
  page = await answer.json();
  image.src = pictureOf(id);
  image.alt = t("Page {page} of {title}", { page: page.page_no, title: page.title });
  await image.decode().catch(() => null);
  if (page.next_page_id) new Image().src = pictureOf(page.next_page_id);
  return true;
}

/** The frames of a page: its panels, or the whole page where it has none. */
const frames = () => (page.panels.length ? page.panels : [{ box: [0, 0, 1, 1], text: page.text }]);

function show() {
  const { box: [x0, y0, x1, y1], text } = frames()[at];
  const width = image.naturalWidth || page.width_px, height = image.naturalHeight || page.height_px;
  const scale = Math.min(stage.clientWidth / ((x1 - x0) * width), stage.clientHeight / ((y1 - y0) * height)) * MARGIN;
  const left = stage.clientWidth / 2 - ((x0 + x1) / 2) * width * scale;
  const top = stage.clientHeight / 2 - ((y0 + y1) / 2) * height * scale;
  image.style.width = `${width}px`;
  image.style.transform = `translate(${left}px, ${top}px) scale(${scale})`;
  find("#guide-text").textContent = (text ?? "").replaceAll("\n", " ");
  find("#guide-place").textContent = `${page.page_no} / ${page.page_count} · ${at + 1} / ${frames().length}`;
}

async function go(by) {
  if (frames()[at + by]) {
    at += by;
    return show();
  }
  const id = by > 0 ? page.next_page_id : page.previous_page_id;
  if (!id || !(await load(id))) return;
  at = by > 0 ? 0 : frames().length - 1;
  show();
}

/** The page that was reached last is the one that stays open. */
function close() {
  const isElsewhere = page && page.page_id !== first;
  dialog.close();
  if (isElsewhere) location.assign(`/pages/${path(page.page_id)}?panel=${at + 1}#panel-${at + 1}`);
}

const isRtl = () => page.direction === "rtl";
const KEYS = {
  ArrowRight: () => go(isRtl() ? -1 : 1), ArrowLeft: () => go(isRtl() ? 1 : -1),
  ArrowDown: () => go(1), ArrowUp: () => go(-1), " ": () => go(1), Enter: () => go(1), g: close,
};

/** Open the guided view at a panel of a page. */
export async function openGuide(id, panelNo) {
  first = id;
  dialog.showModal();
  find("[data-go='1']", dialog).focus();
  if (!(await load(id))) return dialog.close();
  at = Math.min(Math.max(panelNo - 1, 0), frames().length - 1);
  show();
}

dialog?.addEventListener("keydown", (event) => {
  const act = KEYS[event.key];
  if (!act || !page || (event.target.closest("button") && [" ", "Enter"].includes(event.key))) return;
  event.preventDefault();
  act();
});
dialog?.addEventListener("cancel", (event) => {
  event.preventDefault();
  close();
});
dialog?.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.go === "0") return close();
  if (button) return go(Number(button.dataset.go));
  if (!page || !event.target.closest(".stage")) return;
  const isLeft = event.clientX < innerWidth / 3;
  go(isLeft !== isRtl() ? -1 : 1);
});
addEventListener("resize", () => dialog?.open && page && show());
