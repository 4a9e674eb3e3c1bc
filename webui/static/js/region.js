// Drawing a frame on a picture, with the pointer or with the arrow keys.
import { make } from "./dom.js";

const LEAST_PX = 8, STEP = 0.02;
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/**
 * Lets people draw on `surface`, an element that a picture fills.
 * `changed(box)` is told the frame, page-relative {x, y, width, height}, or null when there is none.
 */
export class Region {
  constructor(surface, changed = () => {}, { byTouch = false } = {}) {
    this.surface = surface;
    this.byTouch = byTouch; // else a finger scrolls, until there is a frame
    this.changed = changed;
    this.box = null;
    this.mark = make("div", { class: "region" });
    this.mark.hidden = true;
    surface.append(this.mark);
    surface.addEventListener("pointerdown", (event) => this.#begin(event));
  }

  /** Put a frame, or take it away with null. */
  set(box) {
    this.box = box;
    this.mark.hidden = !box;
    this.surface.classList.toggle("selecting", Boolean(box));
    if (box) {
      const { style } = this.mark;
      style.left = `${box.x * 100}%`;
      style.top = `${box.y * 100}%`;
      style.width = `${box.width * 100}%`;
      style.height = `${box.height * 100}%`;
    }
    this.changed(box);
  }

  /** Move the frame with an arrow key, or resize it where Shift is held; returns whether it did. */
  nudge(event) {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    if (!this.box || !(dx || dy)) return false;
    const { x, y, width, height } = this.box;
    if (event.shiftKey) {
      this.set({ x, y, width: clamp(width + dx * STEP, STEP, 1 - x), height: clamp(height + dy * STEP, STEP, 1 - y) });
    } else {
      this.set({ x: clamp(x + dx * STEP, 0, 1 - width), y: clamp(y + dy * STEP, 0, 1 - height), width, height });
    }
    return true;
  }

  #begin(event) {
    if (event.button !== 0 || event.target.closest("button") || (event.pointerType === "touch" && !this.box && !this.byTouch)) return;
    const frame = this.surface.getBoundingClientRect();
    const place = (moved) => [
      clamp((moved.clientX - frame.left) / frame.width, 0, 1),
      clamp((moved.clientY - frame.top) / frame.height, 0, 1),
    ];
    const [x0, y0] = place(event);
    let isDrawn = false;
    const move = (moved) => {
      if (!isDrawn && Math.hypot(moved.clientX - event.clientX, moved.clientY - event.clientY) < LEAST_PX) return;
      isDrawn = true;
      const [x1, y1] = place(moved);
      this.set({ x: Math.min(x0, x1), y: Math.min(y0, y1), width: Math.abs(x1 - x0), height: Math.abs(y1 - y0) });
      moved.preventDefault();
    };
    const end = () => {
      removeEventListener("pointermove", move);
      if (!isDrawn) return;
      // The click that follows would open what lies below the pointer.
      const stop = (click) => { click.preventDefault(); click.stopPropagation(); };
      addEventListener("click", stop, { capture: true, once: true });
      setTimeout(() => removeEventListener("click", stop, { capture: true }), 0);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end, { once: true });
    addEventListener("pointercancel", end, { once: true });
  }
}

/** Cut a frame out of a loaded picture; returns a JPEG file, at most `side` pixels long. */
export async function cut(picture, box, side = 1000) {
  const width = Math.max(1, box.width * picture.naturalWidth), height = Math.max(1, box.height * picture.naturalHeight);
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const from = [box.x * picture.naturalWidth, box.y * picture.naturalHeight, width, height];
  canvas.getContext("2d").drawImage(picture, ...from, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
  return new File([blob], "crop.jpg", { type: "image/jpeg" });
}
