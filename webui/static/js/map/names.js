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
      const box = [x - width / 2 - 3, y - height / 2 - 2, x + width / 2 + 3, y + height / 2 + 2];
      const isIn = box[2] > 0 && box[3] > 0 && box[0] < camera.width && box[1] < camera.height;
      const isFree = isIn && !taken.some((other) => overlap(box, other));
      element.classList.toggle("out", !isFree);
      if (!isFree) continue;
      taken.push(box);
      element.style.transform = `translate(${Math.round(x - width / 2)}px, ${Math.round(y - height / 2)}px)`;
    }
  }
}

const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
