// A rough drawn in the browser: pen, rubber, undo; with the pointer or with the keys; or a picture as its ground.
import { find, t } from "./dom.js";

const PAPER = "#fff", INK = "#222", KEPT = "studio-rough";
const WIDTHS = { least: 1, most: 24 }, STEP = 12, FINE = 3;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

export class Rough {
  constructor(box) {
    this.box = box;
    this.canvas = find("canvas", box);
    this.pen = this.canvas.getContext("2d", { willReadFrequently: true }); // each stroke is kept
    this.width = find("[name=pen-width]", box);
    this.said = find("[role=status]", box);
    this.cursor = find(".cursor", box);
    this.strokes = [];
    this.ground = null;
    this.isErasing = false;
    this.at = { x: this.canvas.width / 2, y: this.canvas.height / 2 };
    this.stroke = null;
    this.#listen();
    this.#show();
    this.#restore();
  }

  get isBlank() {
    return !this.ground && !this.strokes.some((stroke) => !stroke.isErasing);
  }

  /** The drawing as a PNG in base64; empty for a blank sheet. */
  text() {
    return this.isBlank ? "" : this.canvas.toDataURL("image/png").split(",")[1];
  }

  undo() {
    this.stroke = null;
    if (this.strokes.length) this.strokes.pop();
    else this.ground = null;
    this.#changed();
  }

  clear() {
    this.stroke = null;
    this.strokes = [];
    this.ground = null;
    this.#size(768, 768);
    this.#changed();
  }

  erase(isErasing) {
    this.isErasing = isErasing;
    this.stroke = null;
    find("[data-pen]", this.box).setAttribute("aria-pressed", !isErasing);
    find("[data-rubber]", this.box).setAttribute("aria-pressed", isErasing);
  }

  /** Lay a picture under the strokes: the sheet takes its shape. */
  async under(file) {
    const picture = await createImageBitmap(file).catch(() => null);
    if (!picture) return this.#say(t("That file is no picture this browser can show"));
    const scale = Math.min(1, 1024 / Math.max(picture.width, picture.height));
    this.#size(Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)));
    this.strokes = [];
    this.ground = picture;
    this.#changed();
  }

  #listen() {
    const { canvas, box } = this;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#drag(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => this.#lift());
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("focus", () => this.#show());
    canvas.addEventListener("blur", () => this.#lift());
    find("[data-pen]", box).addEventListener("click", () => this.erase(false));
    find("[data-rubber]", box).addEventListener("click", () => this.erase(true));
    find("[data-undo]", box).addEventListener("click", () => this.undo());
    find("[data-clear]", box).addEventListener("click", () => this.clear());
    find("[type=file]", box).addEventListener("change", (event) => {
      if (event.target.files[0]) this.under(event.target.files[0]);
      event.target.value = "";
    });
  }

  #place(event) {
    const frame = this.canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - frame.left) / frame.width) * this.canvas.width,
      y: ((event.clientY - frame.top) / frame.height) * this.canvas.height,
    };
  }

  #down(event) {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.at = this.#place(event);
    this.#set();
    this.isDragging = true;
  }

  #drag(event) {
    if (!this.isDragging) return;
    for (const moved of event.getCoalescedEvents?.() ?? [event]) this.#go(this.#place(moved));
  }

  /** Set the pen down where it is. */
  #set() {
    const width = +this.width.value * (this.isErasing ? 4 : 1);
    this.stroke = { isErasing: this.isErasing, width, points: [{ ...this.at }] };
    this.strokes.push(this.stroke);
    this.#draw(this.stroke);
    this.#show();
  }

  #go(place) {
    this.at = { x: clamp(place.x, 0, this.canvas.width), y: clamp(place.y, 0, this.canvas.height) };
    if (this.stroke) {
      this.stroke.points.push({ ...this.at });
      this.#draw({ ...this.stroke, points: this.stroke.points.slice(-2) });
    }
    this.#show();
  }

  #lift() {
    const wasDown = this.stroke;
    this.isDragging = false;
    this.stroke = null;
    if (wasDown) this.#changed(); // drawn in one go: piece by piece, soft edges add up otherwise
    else this.#show();
  }

  #key(event) {
    if (event.altKey || event.metaKey || (event.ctrlKey && event.key !== "z")) return;
    const step = event.shiftKey ? FINE : STEP, arrow = ARROWS[event.key];
    const acts = {
      " ": () => this.#toggle(), e: () => this.erase(!this.isErasing), z: () => this.undo(),
      "[": () => this.#widen(-1), "]": () => this.#widen(1),
    };
    if (arrow) this.#go({ x: this.at.x + arrow[0] * step, y: this.at.y + arrow[1] * step });
    else if (acts[event.key]) acts[event.key]();
    else return;
    event.preventDefault();
    event.stopPropagation(); // keys of the page: see keys.js
  }

  #toggle() {
    if (this.stroke) {
      this.#lift();
      this.#say(t("Pen up"));
    } else {
      this.#set();
      this.#say(t("Pen down"));
    }
  }

  #widen(by) {
    this.width.value = clamp(+this.width.value + by, WIDTHS.least, WIDTHS.most);
  }

  #size(width, height) {
    Object.assign(this.canvas, { width, height });
    this.at = { x: width / 2, y: height / 2 };
  }

  #draw({ isErasing, width, points }) {
    const { pen } = this, [first, ...rest] = points;
    Object.assign(pen, { strokeStyle: isErasing ? PAPER : INK, lineWidth: width, lineCap: "round", lineJoin: "round" });
    pen.beginPath();
    pen.moveTo(first.x, first.y);
    for (const { x, y } of rest.length ? rest : [first]) pen.lineTo(x, y);
    pen.stroke();
  }

  #changed() {
    const { pen, canvas } = this;
    pen.fillStyle = PAPER;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    if (this.ground) pen.drawImage(this.ground, 0, 0, canvas.width, canvas.height);
    for (const stroke of this.strokes) this.#draw(stroke);
    this.#show();
    this.#keep();
  }

  /** Show where the pen is: the keys need it. */
  #show() {
    this.cursor.style.left = `${(this.at.x / this.canvas.width) * 100}%`;
    this.cursor.style.top = `${(this.at.y / this.canvas.height) * 100}%`;
    this.cursor.classList.toggle("down", Boolean(this.stroke));
  }

  #say(text) {
    this.said.textContent = text;
  }

  /** Remember the drawing for the next variant: making a panel loads the page anew. */
  #keep() {
    this.box.dispatchEvent(new Event("drawn"));
    try {
      if (this.isBlank) sessionStorage.removeItem(KEPT);
      else sessionStorage.setItem(KEPT, this.text());
    } catch {
      // no room: the drawing lasts as long as the page
    }
  }

  async #restore() {
    const kept = sessionStorage.getItem(KEPT);
    if (!kept) return this.#changed();
    const bytes = Uint8Array.from(atob(kept), (letter) => letter.charCodeAt(0));
    await this.under(new Blob([bytes], { type: "image/png" }));
    this.box.open = true;
  }
}
