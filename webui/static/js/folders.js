// Choosing a folder of comics to add: the folders below those that the server offers.
import { find, make, t } from "./dom.js";
import { ask } from "./api.js";
import { follow } from "./jobs.js";

const sheet = find("#folders");
const list = find(".pick", sheet);
const told = find("#folder-told");
const choose = find("#add-folder");
let here = null;

function entry(name, path) {
  const button = make("button", { type: "button", class: "soft" }, name);
  button.addEventListener("click", () => open(path));
  return button;
}

function fail(error) {
  told.textContent = error.message || t("That did not work: try again");
  choose.disabled = true;
}

function showRoots(roots) {
  here = null;
  choose.disabled = true;
  told.textContent = roots.length ? "" : t("No folders can be added here: the server was started without --comics.");
  list.replaceChildren(...roots.map((root) => entry(root, root)));
}

async function open(path) {
  try {
    const listing = await ask(`folders/list?${new URLSearchParams({ path })}`);
    here = listing.path;
    choose.disabled = false;
    told.textContent = `${listing.path} · ${t("books by their name: {n}", { n: listing.books })}`;
    const up = listing.parent ? [entry(`↑ ${t("Up")}`, listing.parent)] : [];
    list.replaceChildren(...up, ...listing.folders.map((folder) => entry(folder.name, folder.path)));
    (list.firstElementChild ?? choose).focus();
  } catch (error) {
    fail(error);
  }
}

async function start() {
  try {
    const { roots } = await ask("folders");
    if (roots.length === 1 && here === null) return open(roots[0]);
    showRoots(roots);
  } catch (error) {
    fail(error);
  }
}

async function add() {
  try {
    const job = await ask("jobs", { method: "POST", body: { kind: "add-folder", folder: here } });
    sheet.close();
    follow(job);
  } catch (error) {
    fail(error);
  }
}

function begin() {
  here = null;
  sheet.showModal();
  start();
}

if (sheet) {
  const opener = find("#open-folders");
  opener.hidden = false;
  opener.addEventListener("click", begin);
  choose.addEventListener("click", add);
  if (location.hash === "#add") begin();
}
