// Colours of values: far apart for the first ones, by day and by night; grey for the rest and for none.
const DAY = ["#c2410c", "#1d6fa5", "#3f7d20", "#8a3ffc", "#b5890a", "#c2185b", "#00796b", "#5d4037", "#4657c7", "#7b8f00",
  "#d1495b", "#2a9d8f", "#9c5518", "#6a4c93", "#118ab2", "#a23b72"];
const NIGHT = ["#ff9a5c", "#6cb8ee", "#97d46b", "#c9a2ff", "#f2cf5b", "#ff8fb8", "#5cd6c4", "#cfa58f", "#9fabff", "#d3e35e",
  "#ff8a94", "#7fe0d2", "#e0a066", "#bb9fe6", "#66d1f0", "#e58cc0"];
export const NONE = 65535;
export const OTHER = 65534;

export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** The colour of a code as CSS. */
export function colourOf(code) {
  const colours = isDark() ? NIGHT : DAY;
  if (code === NONE || code === OTHER) return isDark() ? "#6f675f" : "#b9b0a5";
  return colours[code % colours.length];
}

/** All colours by code in rows of 256 texels, for the graphics card; the last texel is for all others. */
export function texels() {
  const bytes = new Uint8Array(256 * 4);
  for (let code = 0; code < 256; code++) {
    const css = colourOf(code === 255 ? NONE : code);
    for (let part = 0; part < 3; part++) bytes[4 * code + part] = parseInt(css.slice(1 + 2 * part, 3 + 2 * part), 16);
    bytes[4 * code + 3] = code === 255 ? 150 : 235;
  }
  return bytes;
}
