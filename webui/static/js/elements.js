// The list of elements: making a new one.
import { find, mayWrite, t, toast } from "./dom.js";
import { ask } from "./api.js";

const form = find("#new-element");
form.hidden = !mayWrite;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [name, words] = ["name", "words"].map((field) => form.elements[field].value.trim());
  try {
    const made = await ask("elements", { method: "POST", body: { name, words: words || name } });
    location.assign(`/elements/${encodeURIComponent(made.name)}`);
  } catch (error) {
    toast(error.message || t("That did not work: try again"));
  }
});
