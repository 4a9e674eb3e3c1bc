// Points of a map in tiles: what the view needs, a level of detail at a time, and no more than it can show.
const KEPT = 160;
const AT_ONCE = 4;
const STEPS = 65535;

export class Tiles {
  #wanted = new Map();
  #held = new Map();
  #going = new Map();

  /** `address(level, column, row)` is where a tile is; `changed()` is called when there is more to draw. */
  constructor(levels, address, changed, failed) {
    Object.assign(this, { levels, address, changed, failed });
  }

  get busy() {
    return this.#going.size > 0;
  }

  /** Tiles to draw: all that are there of the wanted ones, the coarse ones first. */
  get shown() {
    return [...this.#wanted.keys()].map((key) => this.#held.get(key)).filter(Boolean);
  }

  look(camera) {
    const [left, top, right, bottom] = camera.bounds;
    this.#wanted = new Map();
    for (let level = 0; level <= Math.min(camera.level, this.levels - 1); level++) {
      const side = 2 ** level;
      const cell = (value) => Math.min(side - 1, Math.max(0, Math.floor(value * side)));
      for (let row = cell(top); row <= cell(bottom); row++) {
        for (let column = cell(left); column <= cell(right); column++) {
          this.#wanted.set(`${level}/${column}/${row}`, [level, column, row]);
        }
      }
    }
    for (const [key, stop] of this.#going) if (!this.#wanted.has(key)) stop.abort();
    this.#fetch();
  }

  forget() {
    for (const stop of this.#going.values()) stop.abort();
    this.#held.clear();
  }

  #fetch() {
    for (const [key, place] of this.#wanted) {
      if (this.#going.size >= AT_ONCE) return;
      if (!this.#held.has(key) && !this.#going.has(key)) this.#load(key, place);
    }
  }

  async #load(key, place) {
    const stop = new AbortController();
    this.#going.set(key, stop);
    try {
      const answer = await fetch(this.address(...place), { signal: stop.signal });
      if (!answer.ok) throw new Error(`${answer.status}`);
      this.#held.set(key, read(await answer.arrayBuffer()));
      this.#drop();
    } catch (error) {
      if (error.name !== "AbortError") return this.failed(error);
    } finally {
      this.#going.delete(key);
    }
    this.changed();
    this.#fetch();
  }

  /** Let the tiles go that were out of view for longest. */
  #drop() {
    for (const key of this.#held.keys()) {
      if (this.#held.size <= KEPT) return;
      if (!this.#wanted.has(key)) this.#held.delete(key);
    }
  }
}

/** Read a tile: see webui/api/maps.py. */
function read(buffer) {
  const [count, first] = new Uint32Array(buffer, 0, 2);
  const column = (number, kind) => new kind(buffer, 8 + 2 * count * number, count);
  const hasColours = buffer.byteLength > 8 + 6 * count;
  const clusters = column(2, Int16Array);
  return {
    count,
    first,
    x: column(0, Uint16Array),
    y: column(1, Uint16Array),
    clusters,
    codes: hasColours ? column(3, Uint16Array) : new Uint16Array(clusters), // -1 becomes 65535: none
  };
}

/** Return the point next to a place on the screen, within some pixels: `[tile, index]`, or null. */
export function nearest(tiles, camera, px, py, within) {
  const [x, y] = camera.toWorld(px, py).map((value) => value * STEPS);
  let least = ((within / camera.scale) * STEPS) ** 2;
  let found = null;
  for (const tile of tiles) {
    for (let i = 0; i < tile.count; i++) {
      const apart = (tile.x[i] - x) ** 2 + (tile.y[i] - y) ** 2;
      if (apart <= least) {
        least = apart;
        found = [tile, i];
      }
    }
  }
  return found;
}

export const placeOf = ([tile, i]) => [tile.x[i] / STEPS, tile.y[i] / STEPS];
