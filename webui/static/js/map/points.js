// Draws points with WebGL2: one buffer a tile, one call to draw it.
import { isDark, texels } from "./palette.js";

const VERTEX = `#version 300 es
precision highp float;
in vec2 place;
in uint code;
uniform vec4 view;
uniform float size;
uniform uint lit;
uniform bool isSome;
uniform sampler2D colours;
out vec4 colour;
void main() {
  gl_Position = vec4(place * view.xy + view.zw, 0.0, 1.0);
  bool isDim = isSome && code != lit;
  gl_PointSize = isDim ? size * 0.8 : size;
  colour = texelFetch(colours, ivec2(int(min(code, 255u)), 0), 0);
  if (isDim) colour.a *= 0.16;
}`;
const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 colour;
out vec4 shown;
void main() {
  float apart = length(gl_PointCoord - 0.5);
  float edge = 1.0 - smoothstep(0.36, 0.5, apart);
  shown = vec4(colour.rgb, 1.0) * colour.a * edge;
}`;

export class Points {
  #buffers = new WeakMap();

  /** Returns null where the browser has no WebGL2. */
  static on(canvas) {
    const gl = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true });
    return gl && new Points(canvas, gl);
  }

  constructor(canvas, gl) {
    Object.assign(this, { canvas, gl });
    this.program = link(gl);
    this.at = Object.fromEntries(["view", "size", "lit", "isSome", "colours"].map((n) => [n, gl.getUniformLocation(this.program, n)]));
    this.texture = gl.createTexture();
    this.recolour();
    gl.useProgram(this.program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /** Take over the colours of day or night. */
  recolour() {
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, texels());
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    this.isDark = isDark();
  }

  /** Draw tiles; where `lit` is a code, all points of other codes fade. */
  draw(tiles, camera, lit) {
    const { gl, canvas } = this;
    const ratio = devicePixelRatio || 1;
    const [width, height] = [Math.round(camera.width * ratio), Math.round(camera.height * ratio)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    if (this.isDark !== isDark()) this.recolour();
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const [sx, sy] = [(2 * camera.scale) / camera.width, (-2 * camera.scale) / camera.height];
    gl.uniform4f(this.at.view, sx, sy, -camera.x * sx, -camera.y * sy);
    gl.uniform1f(this.at.size, pointSize(tiles, camera) * ratio);
    gl.uniform1ui(this.at.lit, lit ?? 0);
    gl.uniform1i(this.at.isSome, lit === null ? 0 : 1);
    for (const tile of tiles) {
      gl.bindVertexArray(this.#arrayOf(tile));
      gl.drawArrays(gl.POINTS, 0, tile.count);
    }
  }

  #arrayOf(tile) {
    const known = this.#buffers.get(tile);
    if (known) return known;
    const { gl } = this;
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    const mixed = new Uint16Array(tile.count * 4); // x, y, code, and a gap, so that points are aligned
    for (let i = 0; i < tile.count; i++) {
      mixed[4 * i] = tile.x[i];
      mixed[4 * i + 1] = tile.y[i];
      mixed[4 * i + 2] = tile.codes[i];
    }
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, mixed, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.UNSIGNED_SHORT, true, 8, 0);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribIPointer(1, 1, gl.UNSIGNED_SHORT, 8, 4);
    this.#buffers.set(tile, array);
    return array;
  }
}

/** The more points in view, the smaller they are drawn. */
function pointSize(tiles, camera) {
  const [left, top, right, bottom] = camera.bounds;
  const share = Math.min(1, (Math.min(1, right) - Math.max(0, left)) * (Math.min(1, bottom) - Math.max(0, top)));
  const inView = Math.max(1, tiles.reduce((sum, tile) => sum + tile.count, 0) * Math.max(share, 1e-4));
  const room = Math.sqrt((camera.width * camera.height) / inView);
  return Math.min(12, Math.max(2.2, 0.42 * room));
}

function link(gl) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.bindAttribLocation(program, 0, "place");
  gl.bindAttribLocation(program, 1, "code");
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
  return program;
}
