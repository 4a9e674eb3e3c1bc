// The audit page: beginning an audit, following it, and deciding about findings.
import { all, find, mayWrite, t, toast } from "./dom.js";
import { ask } from "./api.js";
import { Chore } from "./chores.js";

const start = find("#audit-start");
const audit = new Chore("audit", find("#audit-state"), start ? [start] : []);

async function decide(button) {
  const finding = button.closest("[data-finding]");
  try {
    await ask("audit/decisions", { method: "POST", body: { action: button.dataset.act, targets: [finding.dataset.finding] } });
    if (button.dataset.act === "reindex") toast(t("It will be read anew"));
    else location.reload();
  } catch (error) {
    toast(error.message || t("That did not work: try again"));
  }
}

if (mayWrite) {
  if (start) {
    start.hidden = false;
    start.addEventListener("click", () => audit.begin("audit", {}));
  }
  for (const button of all("[data-act]")) {
    button.hidden = false;
    button.addEventListener("click", () => decide(button));
  }
}
