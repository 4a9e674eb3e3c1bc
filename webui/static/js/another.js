// Another go at one panel of a script: other words, other references; and putting it in its place.
import { ask } from "./api.js";
import { all, find, make, t, toast } from "./dom.js";

/** A reference of a panel, that may be left out. */
function shown({ panel_id, title, page_no }) {
  const picture = make("img", { src: `/api/v1/thumbnails/${encodeURIComponent(panel_id)}`, alt: t("{title}, page {page}", { title, page: page_no }), height: "64" });
  const used = make("input", { type: "checkbox", value: panel_id, checked: "" });
  return make("li", {}, make("label", {}, used, picture));
}

/** Ask, under a picture, what is to be otherwise, and have it made beside the others. */
export async function askAnother(button, job) {
  const item = button.closest("li"), number = +button.dataset.number;
  try {
    const record = await ask(`generations/${job}/${number}.json`);
    const words = make("textarea", { rows: "4", maxlength: "4000", "aria-label": t("What the panel shows") });
    words.value = record.request.prompt;
    const references = [...new Map(record.references.map((one) => [one.panel_id, one])).values()];
    const variants = make("input", { type: "number", min: "1", max: "8", value: "2" });
    const end = make("button", { type: "button", class: "soft" }, t("Cancel"));
    const form = make(
      "form",
      { class: "another" },
      words,
      make("p", { class: "quiet" }, t("Made of these: take out what is not to be used again")),
      make("ul", { class: "references" }, ...references.map(shown)),
      make("p", { class: "tools" }, make("label", {}, `${t("Variants")} `, variants), make("button", {}, t("Make")), end),
    );
    const close = () => {
      form.remove();
      button.hidden = false;
      button.focus();
    };
    end.addEventListener("click", close);
    form.addEventListener("keydown", (event) => event.key === "Escape" && close());
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const excluded = all("[type=checkbox]:not(:checked)", form).map((box) => box.value);
      const prompt = words.value.trim() === record.request.prompt.trim() ? "" : words.value;
      try {
        const made = await ask(`generations/${job}/another`, { method: "POST", body: { picture: number, prompt, variants: +variants.value, excluded } });
        close();
        document.dispatchEvent(new CustomEvent("made", { detail: made }));
      } catch (error) {
        toast(error.message || t("That did not work: try again"));
      }
    });
    button.hidden = true;
    item.append(form);
    find("textarea", form).focus();
  } catch (error) {
    toast(error.message || t("That did not work: try again"));
  }
}

/** Let a picture change places with the panel that it is another go at; once more takes it back. */
export async function putInPlace(button, job) {
  button.disabled = true;
  try {
    const whole = await ask(`generations/${job}/place`, { method: "POST", body: { picture: +button.dataset.number } });
    location.hash = `job-${whole.job_id}`;
    location.reload();
  } catch (error) {
    button.disabled = false;
    toast(error.message || t("That did not work: try again"));
  }
}
