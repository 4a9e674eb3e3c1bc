// Adding panels to a board: a sheet with the boards, the last one used first.
import { all, find, make, mayWrite, t, toast } from "./dom.js";
import { ask } from "./api.js";

const LAST = "last-board";
const sheet = find("#gather");
let panels = [];

function boardButton(board) {
  const count = make("small", {}, String(board.item_count));
  const button = make("button", { type: "button", class: "soft" }, make("span", {}, board.title), count);
  button.addEventListener("click", () => add(board));
  return button;
}

async function add(board) {
  sheet.close();
  try {
    const shown = await ask(`boards/${board.board_id}/items`, { method: "POST", body: { panels } });
    remember(shown);
  } catch (error) {
    toast(error.message || t("That did not work: try again"));
  }
}

function remember(board) {
  localStorage.setItem(LAST, board.board_id);
  toast(t("On the board {title}", { title: board.title }));
}

async function create(event) {
  event.preventDefault();
  const field = event.target.elements.title;
  sheet.close();
  try {
    remember(await ask("boards", { method: "POST", body: { title: field.value.trim(), panels } }));
    field.value = "";
  } catch (error) {
    toast(error.message || t("That did not work: try again"));
  }
}

/** Let people choose the board for panels, named by their ids. */
export async function gather(...panelIds) {
  panels = panelIds.filter(Boolean);
  if (!panels.length || !mayWrite) return;
  const { boards } = await ask("boards").catch(() => ({ boards: [] }));
  const last = localStorage.getItem(LAST);
  boards.sort((one, other) => (other.board_id === last) - (one.board_id === last));
  find(".pick", sheet).replaceChildren(...boards.map(boardButton));
  sheet.showModal();
  (find(".pick button", sheet) ?? find("[name=title]", sheet)).focus();
}

find("form:not([method])", sheet)?.addEventListener("submit", create);

/** Put a button to add to a board beside every link that asks for similar panels. */
export function offerBoards(within = document) {
  if (!mayWrite) return;
  for (const similar of all(".acts .similar:not([data-boards])", within)) {
    const panelId = new URL(similar.href).searchParams.get("like");
    const isTile = similar.closest(".tile") !== null;
    const button = make("button", { type: "button", title: `${t("Add to a board")} (b)`, "aria-label": t("Add to a board") });
    if (isTile) button.append(find("#icon-board").content.cloneNode(true));
    else button.textContent = t("add to a board");
    button.addEventListener("click", () => gather(panelId));
    similar.dataset.boards = "";
    similar.after(button);
  }
}
