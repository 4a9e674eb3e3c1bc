// A picture to search by: chosen, dropped or pasted; first a frame can be drawn on it.
import { all, find, make, root, t } from "./dom.js";
import { cut, Region } from "./region.js";

const drop = find("#drop");
const dialog = find("#crop");
const shown = find("#crop-picture");
/** The frame that the arrow keys begin with. */
const MIDDLE = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };
let region, file;

/** Search by a picture file; words and filters of the search form stay in force. */
export function searchBy(picture) {
  const transfer = new DataTransfer();
  transfer.items.add(picture);
  drop.elements.picture.files = transfer.files;
  for (const copy of all("[type=hidden].kept", drop)) copy.remove();
  const form = find("#search");
  for (const [name, value] of form ? new FormData(form) : []) {
    if (value && name !== "picture" && name !== "cursor") {
      drop.append(make("input", { type: "hidden", class: "kept", name, value }));
    }
  }
  drop.submit();
}

/** Show a picture and let people choose what of it to search by. */
async function offer(picture) {
  if (!picture?.type.startsWith("image/")) return;
  file = picture;
  shown.src = URL.createObjectURL(picture);
  try {
    await shown.decode();
  } catch {
    return searchBy(picture); // a format that only the server reads
  } finally {
    URL.revokeObjectURL(shown.src);
  }
  region ??= new Region(shown.parentElement, () => {}, { byTouch: true });
  region.set(null);
  if (!dialog.open) dialog.showModal();
  find("#crop-search").focus();
}

async function searchByShown() {
  searchBy(region.box ? await cut(shown, region.box) : file);
}

if (drop) {
  const carriesFile = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0;
  root.dataset.drop = t("Drop the picture to search by it");
  find("#by-picture")?.addEventListener("click", (event) => {
    event.preventDefault();
    drop.elements.picture.click();
  });
  drop.elements.picture.addEventListener("change", (event) => offer(event.target.files[0]));
  find("#crop-search").addEventListener("click", searchByShown);
  dialog.addEventListener("keydown", (event) => {
    if (event.key.startsWith("Arrow") && region && !region.box) region.set({ ...MIDDLE });
    else if (!region?.nudge(event)) return;
    event.preventDefault();
  });
  addEventListener("paste", (event) => offer(event.clipboardData?.files[0]));
  addEventListener("dragover", (event) => carriesFile(event) && event.preventDefault());
  addEventListener("dragenter", (event) => carriesFile(event) && root.classList.toggle("dropping", ++depth > 0));
  addEventListener("dragleave", (event) => carriesFile(event) && root.classList.toggle("dropping", --depth > 0));
  addEventListener("drop", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    depth = 0;
    root.classList.remove("dropping");
    offer(event.dataTransfer.files[0]);
  });
  addEventListener("pageshow", () => drop.reset()); // back must not find the former picture chosen
}
