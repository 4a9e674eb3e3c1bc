// The studio: asking for panels, following them while they are made.
import { all, find, make as element, mayWrite, t, toast } from "./dom.js";
import { ask } from "./api.js";
import { askAnother, putInPlace } from "./another.js";
import { moveBalloons } from "./balloons.js";
import { Rough } from "./rough.js";

const LOOK_MS = 500, MAX_WORDS = 4000, SCRIPTS = ["pages", "strip"], FINISHES = ["ink", "colourise", "restyle"];
const form = find("#studio");
const STEPS = {
  "looking for references": t("looking for references"), "cutting figures out": t("cutting figures out"),
  staging: t("staging"), drawing: t("drawing"), colouring: t("colouring"),
  "cleaning the lines": t("cleaning the lines"), "looking at the references": t("looking for references"),
  "teaching the classifiers": t("learning what is to be seen"), writing: t("writing it down"),
};
const BRIEF = ["composing", "reading the prompt", "choosing a plate", "done"]; // over before they are read
let rough = null;

async function make() {
  const fields = form.elements;
  const pinned = all(".references li", form).map((item) => ({ panel_id: item.dataset.panel, role: find("select", item).value || null, weight: +find("[name=weight]", item).value }));
  const words = fields.prompt.value.trim(), layout = fields.layout.value, drawing = rough.text();
  const common = { render: fields.render.value, strength: +fields.strength.value, seed: +fields.seed.value, pinned };
  const wanted = { prompt: words || t("A drawing"), variants: +fields.variants.value };
  if (fields.backend && !FINISHES.includes(layout)) Object.assign(common, { backend: fields.backend.value, steps: +fields.steps.value, negative: fields.negative.value });
  if (FINISHES.includes(layout)) Object.assign(wanted, { finish: layout, drawing });
  const asked = SCRIPTS.includes(layout) ? { script: words, is_strip: layout === "strip" } : wanted;
  if (!SCRIPTS.includes(layout) && words.length > MAX_WORDS)
    return toast(t("That is too much for one panel: make pages or a strip of it"));
  const body = { ...asked, ...common };
  const button = find("[type=submit]", form);
  button.disabled = true;
  try {
    await add(await ask("generations", { method: "POST", body }));
  } catch (error) {
    toast(error.message || t("That did not work: try again"));
  }
  button.disabled = false;
}

/** A job as the server shows it by now. */
async function shown(id) {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  return find(`[data-job="${id}"]`, page);
}

/** Put a new job above the others; what stands in the form stays there. */
async function add({ job_id: id }) {
  const row = await shown(id);
  if (!row) return location.reload(); // more jobs came in between than the page shows
  find("#made .empty")?.remove();
  find("#made").prepend(row);
  offer(row);
  row.tabIndex = -1;
  row.scrollIntoView({ block: "nearest" });
}

/** Show a job as the server shows it by now, and leave the rest of the page as it is. */
async function renew(row) {
  const fresh = await shown(row.dataset.job);
  if (!fresh) return row.remove();
  row.replaceWith(fresh);
  offer(fresh);
}

/** Say what a job is at, in the reader's language. */
function doing({ state, doing: step }) {
  if (state === "waiting") return t("waits for its turn");
  const [, n, all, rest] = /^(?:panel (\d+) of (\d+): )?(.*)$/.exec(step);
  const [, at, of] = /^step (\d+) of (\d+)$/.exec(rest) ?? [];
  const what = at ? t("step {n} of {all}", { n: at, all: of }) : STEPS[rest] ?? (BRIEF.includes(rest) ? "" : rest);
  return [n && t("panel {n} of {all}", { n, all }), what].filter(Boolean).join(": ");
}

async function follow(row) {
  try {
    const job = await ask(`generations/${row.dataset.job}`);
    find("progress", row).value = job.share;
    find(".said", row).textContent = doing(job);
    if (["done", "failed", "cancelled"].includes(job.state)) return renew(row);
  } catch (error) {
    if (error.status === 404) return row.remove(); // forgotten elsewhere
  }
  setTimeout(() => follow(row), LOOK_MS);
}

async function end(row) {
  if (find(".pictures li", row) && !confirm(t("Forget this with all its pictures?"))) return;
  try {
    await ask(`generations/${row.dataset.job}`, { method: "DELETE" });
    renew(row);
  } catch (error) {
    toast(error.message || t("That did not work: try again"));
  }
}

async function again(row) {
  try {
    await add(await ask(`generations/${row.dataset.job}/again`, { method: "POST" }));
  } catch (error) {
    toast(error.message || t("That did not work: try again"));
  }
}

/** Take what a job made into the library, where `is:generated` finds it. */
async function keep(row) {
  const button = find("[data-keep]", row);
  button.disabled = true;
  try {
    await ask(`generations/${row.dataset.job}/keep`, { method: "POST", body: {} });
    button.replaceWith(element("a", { href: "/?q=is%3Agenerated" }, t("Kept: see what was made here")));
  } catch (error) {
    button.disabled = false;
    toast(error.message || t("That did not work: try again"));
  }
}

/** Put the buttons of a job to work, and follow it while it is made. */
function offer(row) {
  for (const [name, act] of [["keep", keep], ["again", again], ["end", end]]) {
    const button = find(`[data-${name}]`, row);
    if (!button || !mayWrite) continue;
    button.hidden = false;
    button.addEventListener("click", () => act(row));
  }
  for (const button of mayWrite ? all("[data-balloons]", row) : []) {
    button.hidden = false;
    button.addEventListener("click", () => moveBalloons(button, row.dataset.job));
  }
  for (const [name, act] of [["another", askAnother], ["place", putInPlace]])
    for (const button of mayWrite ? all(`[data-${name}]`, row) : []) {
      button.hidden = false;
      button.addEventListener("click", () => act(button, row.dataset.job));
    }
  if (["waiting", "running"].includes(row.dataset.state)) follow(row);
}

if (mayWrite) {
  const { prompt } = form.elements;
  form.hidden = false;
  const sheet = find(".rough", form);
  const { layout, backend } = form.elements;
  let hasCounted = false;
  form.elements.variants.addEventListener("input", () => (hasCounted = true));
  /** Show what counts for what is to be made: a picture that is finished needs no words. */
  const suit = () => {
    const finishes = FINISHES.includes(layout.value);
    prompt.required = !finishes;
    find("[data-variants]", form).hidden = SCRIPTS.includes(layout.value);
    const uses = new Set(finishes ? [] : (backend?.selectedOptions[0].dataset.uses ?? "render").split(" "));
    if (layout.value === "restyle") uses.add("strength");
    for (const field of all("[data-for]", form)) field.hidden = !uses.has(field.dataset.for);
    for (const told of all("[data-generator]", form)) told.hidden = finishes || told.dataset.generator !== backend.value;
    // Variants of a finished picture differ little, and each takes as long as the first.
    if (!hasCounted) form.elements.variants.value = finishes ? 1 : 2;
  };
  sheet.addEventListener("drawn", () => {
    if (!layout.value && rough && !rough.isBlank) layout.value = "ink"; // what a sheet is drawn on for
    suit();
  });
  rough = new Rough(sheet);
  prompt.value = sessionStorage.getItem("studio-prompt") ?? "";
  prompt.addEventListener("input", () => sessionStorage.setItem("studio-prompt", prompt.value));
  layout.addEventListener("change", suit);
  backend?.addEventListener("change", suit);
  suit();
  document.addEventListener("made", ({ detail }) => add(detail));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    make();
  });
  for (const button of all(".references .remove", form)) button.addEventListener("click", () => button.closest("li").remove());
}
for (const row of all("[data-job]")) offer(row);
