// Where the view stands on the map. World: the unit square, y downwards. Screen: CSS pixels of the stage.
const MOST_ZOOM = 256;

export class Camera {
  constructor() {
    this.x = 0.5;
    this.y = 0.5;
    this.zoom = 1;
    this.width = this.height = 1;
  }

  resize(width, height) {
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
  }

  /** Pixels of one side of the map. */
  get scale() {
    return Math.min(this.width, this.height) * this.zoom;
  }

  /** The level of detail that the zoom asks for. */
  get level() {
    return Math.max(0, Math.floor(Math.log2(this.zoom) + 0.5));
  }

  toScreen(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, (y - this.y) * this.scale + this.height / 2];
  }

  toWorld(px, py) {
    return [(px - this.width / 2) / this.scale + this.x, (py - this.height / 2) / this.scale + this.y];
  }

  /** What is in view: left, top, right, bottom. */
  get bounds() {
    return [...this.toWorld(0, 0), ...this.toWorld(this.width, this.height)];
  }

  pan(dx, dy) {
    this.x -= dx / this.scale;
    this.y -= dy / this.scale;
    this.#keepInside();
  }

  /** Zoom by a factor; the point of the map under the pointer stays there. */
  zoomAt(factor, px = this.width / 2, py = this.height / 2) {
    const [x, y] = this.toWorld(px, py);
    this.zoom = Math.min(MOST_ZOOM, Math.max(0.7, this.zoom * factor));
    const [nowX, nowY] = this.toWorld(px, py);
    this.x += x - nowX;
    this.y += y - nowY;
    this.#keepInside();
  }

  goTo(x, y, zoom = this.zoom) {
    this.zoom = Math.min(MOST_ZOOM, Math.max(0.7, zoom));
    this.x = x;
    this.y = y;
    this.#keepInside();
  }

  /** Show a region as large as fits. */
  show(x0, y0, x1, y1) {
    const side = Math.min(this.width, this.height);
    const zoom = 0.9 * Math.min(this.width / side / (x1 - x0 || 1e-3), this.height / side / (y1 - y0 || 1e-3));
    this.goTo((x0 + x1) / 2, (y0 + y1) / 2, zoom);
  }

  #keepInside() {
    this.x = Math.min(1, Math.max(0, this.x));
    this.y = Math.min(1, Math.max(0, this.y));
  }
}
