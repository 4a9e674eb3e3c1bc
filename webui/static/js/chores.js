// Long work on the whole library: begun, followed in a line with a bar, stopped.
import { make, t, toast } from "./dom.js";
import { ask } from "./api.js";

const LOOK_MS = 700;
const WORDS = {
  starting: t("Starting"), reading: t("Reading"), "reading vectors": t("Reading vectors"), "finding neighbours": t("Finding neighbours"),
  "laying out": t("Laying out"), "placing the others": t("Placing the others"), "finding clusters": t("Finding clusters"),
  "naming clusters": t("Naming clusters"), measuring: t("Measuring"), writing: t("Writing"),
};

/** Follow the chore `name` in an element; `buttons` rest meanwhile. The page is loaded again once all is well. */
export class Chore {
  constructor(name, place, buttons) {
    Object.assign(this, { name, place, buttons });
    this.words = make("span");
    this.bar = make("progress", { max: 1 });
    this.stop = make("button", { type: "button", class: "soft" }, t("Stop"));
    this.stop.addEventListener("click", () => ask(`chores/${name}`, { method: "DELETE" }).then((state) => this.show(state)).catch(complain));
    if (place.dataset.running) this.follow();
  }

  async begin(path, body) {
    this.rest(true);
    try {
      this.show(await ask(path, { method: "POST", body }));
      this.follow();
    } catch (error) {
      this.rest(false);
      complain(error);
    }
  }

  async follow() {
    this.rest(true);
    const state = await ask(`chores/${this.name}`).catch(() => null);
    if (state && !state.running) return state.problem ? this.show(state) : location.reload();
    if (state) this.show(state);
    setTimeout(() => this.follow(), LOOK_MS);
  }

  show({ running, doing, share, problem }) {
    if (!running) {
      this.place.replaceChildren(problem);
      return this.rest(false);
    }
    this.words.textContent = WORDS[doing] ?? t("Looking through the library");
    if (share) this.bar.value = share;
    else this.bar.removeAttribute("value");
    if (!this.bar.isConnected) this.place.replaceChildren(this.words, this.bar, this.stop);
  }

  rest(isBusy) {
    for (const button of this.buttons) button.disabled = isBusy;
  }
}

export const complain = (error) => toast(error.message || t("That did not work: try again"));
