// Adds to pages that work without it: dropping and pasting pictures, keys, more hits in place.
const root = document.documentElement;
root.classList.add("js");
const drop = document.querySelector("#drop");

function searchBy(file) {
  if (!drop || !file || !file.type.startsWith("image/")) return;
  const transfer = new DataTransfer();
  transfer.items.add(file);
  drop.elements.picture.files = transfer.files;
  drop.submit();
}

if (drop) {
  let depth = 0;
  drop.elements.picture.addEventListener("change", () => drop.submit());
  addEventListener("paste", (event) => searchBy(event.clipboardData?.files[0]));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("dragenter", () => root.classList.toggle("dropping", ++depth > 0));
  addEventListener("dragleave", () => root.classList.toggle("dropping", --depth > 0));
  addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    root.classList.remove("dropping");
    searchBy(event.dataTransfer?.files[0]);
  });
}

function step(links, by) {
  const at = links.indexOf(document.activeElement);
  const next = links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function turn(key) {
  const rtl = document.querySelector("[data-direction=rtl]") !== null;
  const forward = (key === "ArrowRight") !== rtl;
  document.querySelector(`.turn a[rel=${forward ? "next" : "prev"}]`)?.click();
}

addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const hits = [...document.querySelectorAll("#hits .panel")];
  const sideways = event.key === "ArrowRight" || event.key === "ArrowLeft";
  if (event.key === "/") {
    const box = document.querySelector("#q");
    if (!box) return location.assign("/");
    box.focus();
    box.select();
  } else if (sideways && hits.length) step(hits, event.key === "ArrowRight" ? 1 : -1);
  else if (sideways) return turn(event.key);
  else if (event.key === "s") document.activeElement.closest("li")?.querySelector(".similar")?.click();
  else return;
  event.preventDefault();
});

document.querySelector("#more")?.addEventListener("click", async (event) => {
  event.preventDefault();
  let link = event.currentTarget;
  if (link.dataset.busy) return;
  link.dataset.busy = "1";
  link.textContent = "Loading…";
  const answer = await fetch(link.href).catch(() => null);
  if (!answer?.ok) return location.assign(link.href);
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  const list = document.querySelector("#hits");
  list.querySelector(".rest")?.remove();
  const first = list.children.length;
  list.append(...next.querySelectorAll("#hits > li"));
  list.children[first]?.querySelector(".panel")?.focus();
  const onward = next.querySelector("#more");
  if (!onward) return link.parentElement.remove();
  link.href = onward.href;
  link.textContent = onward.textContent;
  delete link.dataset.busy;
});

document.querySelector(".paper .lit")?.scrollIntoView({ block: "nearest" });
