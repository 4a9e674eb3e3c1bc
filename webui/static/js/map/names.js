// Names of clusters on the map: the largest first, none over another, none out of view.
import { make } from "../dom.js";
import { colourOf } from "./palette.js";

export class Names {
  #elements = new Map();

  constructor(layer, clusters) {
    Object.assign(this, { layer, clusters });
    for (const cluster of clusters) {
      const element = make("span", {}, cluster.name);
      layer.append(element);
      this.#elements.set(cluster.number, element);
    }
  }

  draw(camera, isColoured) {
    const taken = [];
    for (const cluster of this.clusters) {
      const element = this.#elements.get(cluster.number);
      const [x, y] = camera.toScreen(cluster.x, cluster.y);
      element.style.borderColor = isColoured ? colourOf(cluster.number) : "transparent";
      element.size ??= [element.offsetWidth, element.offsetHeight];
      const [width, height] = element.size;
      const inside = (value, size, room) => Math.min(Math.max(value, size / 2 + 4), Math.max(room - size / 2 - 4, size / 2));
      const isIn = x > 0 && y > 0 && x < camera.width && y < camera.height;
      const [left, top] = [inside(x, width, camera.width) - width / 2, inside(y, height, camera.height) - height / 2];
      const box = [left - 3, top - 2, left + width + 3, top + height + 2];
      const isFree = isIn && !taken.some((other) => overlap(box, other));
      element.classList.toggle("out", !isFree);
      if (!isFree) continue;
      taken.push(box);
      element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    }
  }
}

const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
