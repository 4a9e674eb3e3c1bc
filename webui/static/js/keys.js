// Keys of a page: modules bind theirs; typing in a field and keys with Ctrl, Alt or Meta are left alone.
const bound = new Map();

/** Bind keys to functions; a function that returns false leaves its key to the browser. */
export function bind(keys) {
  for (const [key, act] of Object.entries(keys)) bound.set(key, act);
}

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.("input:not([type=checkbox]), select, textarea, dialog[open]")) return;
  if (document.querySelector("dialog[open]")) return;
  const act = bound.get(event.key);
  if (act && act(event) !== false) event.preventDefault();
});
