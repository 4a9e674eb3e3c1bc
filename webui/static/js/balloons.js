// Moving the balloons of a picture, with the pointer or with the arrow keys. The server letters it anew.
import { ask } from "./api.js";
import { find, make, t, toast } from "./dom.js";

const STEP = 0.01, LEAP = 0.05, PAUSE_MS = 350, LEAST_PX = 3;
const clamp = (value) => Math.min(Math.max(value, 0), 1);
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Lets the balloons of one picture of a job be moved, over the picture itself. */
class Balloons {
  constructor(item, job, number, record) {
    this.item = item;
    this.job = `generations/${job}`;
    this.number = +number;
    this.boxes = record.boxes.balloon;
    this.middles = record.edits.find((edit) => edit.kind === "balloons")?.middles ?? this.boxes.map(() => null);
    this.past = [];
    this.moves = 0; // of frames, so that a late answer does not take a later move back
    this.queue = Promise.resolve();
    this.picture = find("img", item);
  }

  /** Lay a frame over each balloon, and tools under the picture. */
  open(done) {
    const link = this.picture.parentElement;
    this.stage = make("div", { class: "balloons", role: "group", "aria-label": t("Balloons: arrow keys move them, Shift makes larger steps") });
    link.replaceWith(this.stage);
    this.stage.append(this.picture);
    // Else the browser takes the picture itself along.
    this.stage.addEventListener("dragstart", (event) => event.preventDefault());
    this.picture.draggable = false;
    this.frames = this.boxes.map((_, number) => this.#frame(number));
    this.stage.append(...this.frames);
    this.said = make("p", { class: "quiet", role: "status" });
    const undo = make("button", { type: "button", class: "soft" }, t("Undo"));
    const reset = make("button", { type: "button", class: "soft" }, t("Put them back"));
    const end = make("button", { type: "button", class: "soft" }, t("Done"));
    undo.addEventListener("click", () => this.#back());
    reset.addEventListener("click", () => this.#put((middles) => middles.map(() => null)));
    end.addEventListener("click", () => {
      this.stage.replaceWith(link);
      link.append(this.picture);
      this.picture.draggable = true;
      this.tools.remove();
      this.said.remove();
      done();
    });
    this.tools = make("p", { class: "tools" }, undo, reset, end);
    this.stage.after(this.tools, this.said);
    this.undo = undo;
    this.#lay();
    this.frames[0].focus();
  }

  #frame(number) {
    const frame = make("button", { type: "button", class: "balloon" });
    frame.addEventListener("pointerdown", (event) => this.#drag(event, number));
    frame.addEventListener("keydown", (event) => this.#key(event, number));
    return frame;
  }

  /** Where a balloon's middle is now. */
  #middle(number) {
    const [x0, y0, x1, y1] = this.boxes[number];
    return [(x0 + x1) / 2, (y0 + y1) / 2];
  }

  /** Show the frames where the balloons lie. */
  #lay() {
    this.undo.disabled = !this.past.length;
    this.frames.forEach((frame, number) => {
      const [x0, y0, x1, y1] = this.boxes[number];
      Object.assign(frame.style, { left: `${x0 * 100}%`, top: `${y0 * 100}%`, width: `${(x1 - x0) * 100}%`, height: `${(y1 - y0) * 100}%` });
      const [x, y] = this.#middle(number).map((share) => Math.round(share * 100));
      frame.setAttribute("aria-label", t("Balloon {n}: {x} % across, {y} % down", { n: number + 1, x, y }));
    });
  }

  /** Move the frame at once; the words follow when it rests. */
  #shift(number, x, y) {
    const [x0, y0, x1, y1] = this.boxes[number];
    const [halfX, halfY] = [(x1 - x0) / 2, (y1 - y0) / 2];
    const within = (share, half) => Math.min(Math.max(clamp(share), half), Math.max(1 - half, half));
    const [a, b] = [within(x, halfX), within(y, halfY)];
    this.moves += 1;
    this.boxes = this.boxes.with(number, [a - halfX, b - halfY, a + halfX, b + halfY]);
    this.#lay();
    return [a, b];
  }

  #drag(event, number) {
    if (event.button !== 0) return;
    const area = this.stage.getBoundingClientRect(), [x, y] = this.#middle(number);
    let place = null;
    const move = (moved) => {
      const [dx, dy] = [moved.clientX - event.clientX, moved.clientY - event.clientY];
      if (!place && Math.hypot(dx, dy) < LEAST_PX) return;
      place = this.#shift(number, x + dx / area.width, y + dy / area.height);
      moved.preventDefault();
    };
    const end = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointercancel", end);
      removeEventListener("pointerup", end);
      if (place) this.#put((middles) => middles.with(number, place));
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  }

  #key(event, number) {
    const [dx, dy] = ARROWS[event.key] ?? [0, 0];
    if (event.key === "z" || (event.key === "Escape" && this.past.length)) {
      event.preventDefault();
      this.#back();
    } else if (dx || dy) {
      event.preventDefault();
      const step = event.shiftKey ? LEAP : STEP, [x, y] = this.#middle(number);
      const place = this.#shift(number, x + dx * step, y + dy * step);
      clearTimeout(this.resting);
      this.resting = setTimeout(() => this.#put((middles) => middles.with(number, place)), PAUSE_MS);
    }
  }

  /** Take the last move back. */
  #back() {
    clearTimeout(this.resting);
    this.#put((middles) => this.past.at(-1) ?? middles, { isUndo: true });
  }

  /** Have the balloons lettered at other places, one change after the other. */
  #put(change, { isUndo = false } = {}) {
    this.queue = this.queue.then(() => this.#letter(change(this.middles), isUndo));
  }

  /** Where that fails the balloons stay where they were. */
  async #letter(middles, isUndo) {
    const { moves } = this;
    this.item.ariaBusy = "true";
    try {
      const { balloons } = await ask(`${this.job}/balloons`, { method: "POST", body: { picture: this.number, middles } });
      this.past = isUndo ? this.past.slice(0, -1) : [...this.past, this.middles];
      this.middles = middles;
      this.picture.src = `/api/v1/${this.job}/${this.number}.png?v=${Date.now()}`;
      this.said.textContent = t("The words were moved");
      if (moves === this.moves) this.boxes = balloons;
    } catch (error) {
      toast(error.message || t("That did not work: try again"));
      const told = await ask(`${this.job}/${this.number}.json`).catch(() => null);
      this.boxes = told?.boxes.balloon ?? this.boxes;
    }
    this.item.ariaBusy = "false";
    this.#lay();
  }
}

/** Open the balloons of a picture; says so where it has none. */
export async function moveBalloons(button, job) {
  const item = button.closest("li"), { number } = button.dataset;
  try {
    const record = await ask(`generations/${job}/${number}.json`);
    if (!record.boxes.balloon?.length) return toast(t("This picture has no balloons"));
    button.hidden = true;
    new Balloons(item, job, number, record).open(() => {
      button.hidden = false;
      button.focus();
    });
  } catch (error) {
    toast(error.message || t("That did not work: try again"));
  }
}
