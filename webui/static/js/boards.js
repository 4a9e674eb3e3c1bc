// The list of boards: making a new one.
import { find, t, toast } from "./dom.js";
import { ask } from "./api.js";

const form = find("#new-board");
form.hidden = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const board = await ask("boards", { method: "POST", body: { title: form.elements.title.value.trim() } });
    location.assign(`/boards/${board.board_id}`);
  } catch (error) {
    toast(error.message || t("That did not work: try again"));
  }
});
