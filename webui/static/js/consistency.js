// The consistency of a sequence: having a panel that stands out made anew.
import { all, find, mayWrite, t, toast } from "./dom.js";
import { ask } from "./api.js";

const { of } = find("#consistency").dataset;

async function anew(button) {
  button.disabled = true;
  try {
    await ask("consistency/anew", { method: "POST", body: { of, panel: +button.dataset.panel } });
    location.href = "/studio";
  } catch (error) {
    button.disabled = false;
    toast(error.message || t("That did not work: try again"));
  }
}

if (mayWrite)
  for (const button of all("[data-panel]")) {
    button.hidden = false;
    button.addEventListener("click", () => anew(button));
  }
