// Finding and making elements, and texts in the reader's language.
export const root = document.documentElement;
export const find = (selector, within = document) => within.querySelector(selector);
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Whether this visitor may change anything: what changes is not offered to others. */
export const mayWrite = "writes" in root.dataset;

const strings = JSON.parse(find("meta[name=strings]")?.content || "{}");

/** Return a text in the language of the page; `{names}` are filled in. */
export function t(text, values = {}) {
  const found = strings[text] ?? text;
  return found.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** Say something for a moment, to eyes and to screen readers. */
export function toast(text) {
  const shown = make("p", { class: "toast", role: "status" }, text);
  document.body.append(shown);
  setTimeout(() => shown.remove(), 3500);
}
