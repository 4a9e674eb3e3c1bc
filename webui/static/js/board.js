// A board: names and notes kept as they are written, panels put in order, conflicts with other tabs shown.
import { all, find, t, toast } from "./dom.js";
import { ask } from "./api.js";
import { dragging } from "./ordering.js";

const board = find("#board");
const items = find("#items");
const conflict = find("#conflict");
const path = `boards/${board.dataset.board}`;
let version = Number(board.dataset.version);
let waiting = Promise.resolve(), refused = null;

/** Make a change after those before it, on the version that they made. */
function change(make) {
  waiting = waiting.then(async () => {
    if (refused) return;
    try {
      ({ version } = await make(version));
    } catch (error) {
      if (error.status !== 409) return toast(error.message || t("That did not work: try again"));
      refused = { make, version: error.current?.version };
      conflict.hidden = false;
      conflict.scrollIntoView({ block: "center" });
      find("#take-theirs").focus();
    }
  });
  return waiting;
}

find("#take-theirs").addEventListener("click", () => location.reload());
find("#keep-mine").addEventListener("click", async () => {
  const { make, version: theirs } = refused;
  refused = null;
  conflict.hidden = true;
  version = theirs ?? version;
  await change(make);
  if (!refused) location.reload(); // what they changed shows too
});

const patch = (address, body) => (current) => ask(address, { method: "PATCH", body: { ...body, version: current } });

// ---- Names and notes
function keep(field, address, name) {
  let kept = field.value;
  field.addEventListener("change", () => {
    if (field.value === kept || !field.reportValidity()) return;
    kept = field.value;
    change(patch(address, { [name]: field.value.trim() }));
  });
}
keep(find("#board-title"), path, "title");
keep(find("#board-note"), path, "note");
find("#board-title").addEventListener("keydown", (event) => event.key === "Enter" && event.target.blur());

// ---- Panels
const order = () => all(".item", items).map((item) => item.dataset.item);
const said = find("#said");

function moved(item) {
  const place = all(".item", items).indexOf(item) + 1;
  said.textContent = t("Place {place} of {total}", { place, total: items.children.length });
  // What stands on the page is sent, however many moves are still on their way.
  change((current) => ask(path, { method: "PATCH", body: { version: current, order: order() } }));
}

function remove(item) {
  const next = item.nextElementSibling ?? item.previousElementSibling;
  item.remove();
  find("#no-items").hidden = items.children.length > 0;
  next?.querySelector(".remove").focus();
  change((current) => ask(`${path}/items/${item.dataset.item}?version=${current}`, { method: "DELETE" }));
}

function nudge(event, item) {
  const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
  const beside = by < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (!by || !beside) return;
  event.preventDefault();
  event.stopPropagation();
  if (by < 0) beside.before(item);
  else beside.after(item);
  find(".grip", item).focus();
  moved(item);
}

for (const item of all(".item", items)) {
  const grip = find(".grip", item), cross = find(".remove", item);
  grip.hidden = cross.hidden = false;
  grip.addEventListener("keydown", (event) => nudge(event, item));
  cross.addEventListener("click", () => remove(item));
  keep(find(".note", item), `${path}/items/${item.dataset.item}`, "note");
}
dragging(items, moved);

// ---- The whole board
const bin = find("#delete-board");
bin.hidden = false;
bin.addEventListener("click", async () => {
  if (!confirm(t("Delete this board? Its panels stay in the library."))) return;
  try {
    await ask(`${path}?version=${version}`, { method: "DELETE" });
    location.assign("/boards");
  } catch (error) {
    if (error.status !== 409) return toast(error.message || t("That did not work: try again"));
    refused = { make: () => ask(path, { method: "DELETE" }).then(() => location.assign("/boards")), version };
    conflict.hidden = false;
  }
});
