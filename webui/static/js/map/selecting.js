// A lasso or a box drawn with the pointer: a polygon of a few dozen corners on the map.
const MOST_CORNERS = 80;
const LEAST_PX = 8;

export class Selecting {
  #path = [];

  constructor(polygon, camera) {
    Object.assign(this, { polygon, camera, corners: [] });
  }

  begin(px, py) {
    this.#path = [[px, py]];
    this.corners = [];
    this.draw();
  }

  move(px, py, tool) {
    if (tool === "box") {
      const [x, y] = this.#path[0];
      this.#path = [[x, y], [px, y], [px, py], [x, py]];
    } else {
      const [x, y] = this.#path.at(-1);
      if (Math.hypot(px - x, py - y) > 3) this.#path.push([px, py]);
    }
    this.corners = this.#path.map(([x, y]) => this.camera.toWorld(x, y));
    this.draw();
  }

  /** End the drawing; returns corners on the map, none where nothing was drawn around. */
  end() {
    const [xs, ys] = [0, 1].map((axis) => this.#path.map((corner) => corner[axis]));
    const isDrawn = this.#path.length > 2 && Math.max(...xs) - Math.min(...xs) > LEAST_PX && Math.max(...ys) - Math.min(...ys) > LEAST_PX;
    const step = Math.ceil(this.#path.length / MOST_CORNERS);
    const kept = isDrawn ? this.#path.filter((_, i) => i % step === 0) : [];
    const inside = (value) => Math.min(1, Math.max(0, value));
    this.corners = kept.map(([x, y]) => this.camera.toWorld(x, y).map(inside));
    this.draw();
    return this.corners;
  }

  clear() {
    this.corners = [];
    this.draw();
  }

  draw() {
    const points = this.corners.map(([x, y]) => this.camera.toScreen(x, y).map((value) => value.toFixed(1)).join(","));
    this.polygon.setAttribute("points", points.join(" "));
  }

  /** The corners as a search takes them: `x,y;x,y;…`. */
  get area() {
    return this.corners.map((corner) => corner.map((value) => +value.toFixed(5)).join(",")).join(";");
  }
}
