// Dragging the children of a list into order, with mouse, pen or finger: by their handle, or with the
// mouse by their picture.
const LEAST_PX = 6;

/** Let the items of `list` be dragged; `moved(item)` is told of one that found a new place. */
export function dragging(list, moved) {
  let item = null, start = null, first = null;

  const under = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest(".item");

  function move(event) {
    if (!item.classList.contains("dragged")) {
      if (Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < LEAST_PX) return;
      item.classList.add("dragged");
    }
    event.preventDefault();
    const over = under(event);
    if (!over || over === item || over.parentElement !== list) return;
    const all = [...list.children];
    if (all.indexOf(over) > all.indexOf(item)) over.after(item);
    else over.before(item);
  }

  function end() {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
    if (!item.classList.contains("dragged")) return;
    item.classList.remove("dragged");
    const stop = (click) => { click.preventDefault(); click.stopPropagation(); };
    addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", stop, { capture: true }), 0);
    if ([...list.children].indexOf(item) !== first) moved(item);
  }

  list.addEventListener("pointerdown", (event) => {
    const isHandle = event.target.closest(".grip"), isPicture = event.target.closest(".stand");
    if (event.button !== 0 || !(isHandle || (isPicture && event.pointerType === "mouse"))) return;
    [item, start] = [event.target.closest(".item"), event];
    first = [...list.children].indexOf(item);
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  });
}
