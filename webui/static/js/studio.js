// The studio: asking for panels, following them while they are made.
import { all, find, mayWrite, t, toast } from "./dom.js";
import { ask } from "./api.js";

const LOOK_MS = 500;
const form = find("#studio");

async function make(seed) {
  const fields = form.elements;
  const pinned = all(".references li").map((item) => ({ panel_id: item.dataset.panel, role: find("select", item).value || null }));
  const body = { prompt: fields.prompt.value.trim(), render: fields.render.value, variants: +fields.variants.value, seed: seed ?? +fields.seed.value, pinned };
  try {
    await ask("generations", { method: "POST", body });
    location.reload();
  } catch (error) {
    toast(error.message || t("That did not work: try again"));
  }
}

async function follow(row) {
  try {
    const job = await ask(`generations/${row.dataset.job}`);
    find("progress", row).value = job.share;
    if (["done", "failed", "cancelled"].includes(job.state)) return location.reload();
  } catch {
    return; // forgotten elsewhere
  }
  setTimeout(() => follow(row), LOOK_MS);
}

async function end(row) {
  try {
    await ask(`generations/${row.dataset.job}`, { method: "DELETE" });
    location.reload();
  } catch (error) {
    toast(error.message || t("That did not work: try again"));
  }
}

if (mayWrite) {
  form.hidden = false;
  form.elements.prompt.value = sessionStorage.getItem("studio-prompt") ?? "";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem("studio-prompt", form.elements.prompt.value);
    make();
  });
  for (const button of all(".references .remove")) button.addEventListener("click", () => button.closest("li").remove());
  for (const button of all("[data-again]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      form.elements.prompt.value = button.dataset.again;
      make(+button.dataset.seed);
    });
  }
  for (const button of all("[data-end]")) {
    button.hidden = false;
    button.addEventListener("click", () => end(button.closest("[data-job]")));
  }
}
for (const row of all("[data-job]")) if (["waiting", "running"].includes(row.dataset.state)) follow(row);
