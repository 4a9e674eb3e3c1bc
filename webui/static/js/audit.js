// The audit page: beginning an audit, following it, and deciding about findings.
import { all, find, mayWrite, t, toast } from "./dom.js";
import { ask } from "./api.js";

const LOOK_MS = 1000;
const start = find("#audit-start");
const state = find("#audit-state");

async function follow() {
  const { state: told } = await ask("audit?limit=0").catch(() => ({ state: { running: true, doing: "", share: 0 } }));
  if (told.running) {
    state.textContent = t("Looking through the library: {n} %", { n: Math.round(100 * told.share) });
    setTimeout(follow, LOOK_MS);
  } else if (told.problem) {
    state.textContent = told.problem;
    start.disabled = false;
  } else {
    location.reload();
  }
}

async function begin() {
  start.disabled = true;
  try {
    await ask("audit", { method: "POST", body: {} });
    follow();
  } catch (error) {
    start.disabled = false;
    toast(error.message || t("That did not work: try again"));
  }
}

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
    start.addEventListener("click", begin);
  }
  for (const button of all("[data-act]")) {
    button.hidden = false;
    button.addEventListener("click", () => decide(button));
  }
}
if (state.dataset.running) follow();
