// The list of elements: making a new one from words or from a picture.
import { find, mayWrite, t, toast } from "./dom.js";
import { ask, upload } from "./api.js";

const form = find("#new-element");
const { name: nameField, words: wordsField, picture } = form.elements;

form.hidden = !mayWrite;
picture.addEventListener("change", () => {
  const [file] = picture.files;
  picture.closest("label").classList.toggle("has", Boolean(file));
  find("label span", form).textContent = file ? file.name : t("A picture");
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = nameField.value.trim(), words = wordsField.value.trim();
  try {
    const [file] = picture.files;
    const shown = file ? { pictures: [(await upload("search", { picture: file, limit: 1 })).picture] } : {};
    const made = await ask("elements", { method: "POST", body: { name, words: words || (file ? "" : name), ...shown } });
    location.assign(`/elements/${encodeURIComponent(made.name)}`);
  } catch (error) {
    toast(error.message || t("That did not work: try again"));
  }
});
