// The room plan by hand: a bar is dragged to another room, its edge to another day of departure; by mouse, by thumb
// (press, wait, drag) and by keys. The server decides: its page goes in place, and what it refuses springs back.
import { changes } from "./plan_send.js";

const HOLD = 350; // ms a thumb rests on a bar before it is lifted: a shorter touch scrolls or opens
const SLACK = 6; // px a hand may tremble
const EDGE = 48; // px from the rim where the plan scrolls along

const root = document.querySelector("[data-plan]");
const said = document.querySelector("[data-plan-said]");
const { send, ask, tell, busy } = changes(root, said);
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let drag = null; // {source, bar, edge, x, y, room, depart, ghost, home, landing, lifted, timer, touch}

const words = (name, values) => root.dataset[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
const rows = () => [...root.querySelectorAll("tr[data-room]")];
const heads = () => [...root.querySelectorAll("th[data-day]")];
const plus = (day, days) => new Date(Date.parse(day) + days * 864e5).toISOString().slice(0, 10);
const inRoom = (source) => source.closest("tr[data-room]")?.dataset.room ?? "";

const clash = (row, { stay, first, last }) =>
  [...row.querySelectorAll(".bar[data-first]")].some(
    (bar) => bar.dataset.stay !== stay && bar.dataset.first < last && bar.dataset.last > first && first !== last,
  );

// Where the bar would lie: a frame over the nights of that room.
const landing = (row, first, last, taken) => {
  const box = root.querySelector(".plan__scroll");
  const part = heads().filter((head) => head.dataset.day >= first && head.dataset.day < (last > first ? last : plus(first, 1)));
  drag.landing?.remove();
  if (!part.length) return;
  const frame = document.createElement("div");
  frame.className = `plan__landing${taken ? " is-busy" : ""}`;
  frame.style.left = `${part[0].offsetLeft}px`;
  frame.style.width = `${part.at(-1).offsetLeft + part.at(-1).offsetWidth - part[0].offsetLeft}px`;
  frame.style.top = `${row.offsetTop + 2}px`;
  frame.style.height = `${row.offsetHeight - 4}px`;
  box.append(frame);
  drag.landing = frame;
};

const aim = (x, y) => {
  const { source, edge } = drag;
  const { stay, first, last, since } = source.dataset;
  if (edge) {
    const head = heads().filter((one) => one.getBoundingClientRect().left <= x).at(-1) ?? heads()[0];
    const depart = plus(head.dataset.day, 1);
    drag.depart = depart > first ? depart : plus(first, 1);
    const row = source.closest("tr");
    landing(row, first, drag.depart, clash(row, { stay, first, last: drag.depart }));
    return;
  }
  const under = document.elementFromPoint(x, y);
  const row = under?.closest("tr[data-room]");
  drag.room = row ? row.dataset.room : under?.closest("[data-tray]") && inRoom(source) ? "" : null;
  if (row) landing(row, since || first, last, clash(row, { stay, first: since || first, last }));
  else drag.landing?.remove();
};

const lift = () => {
  const { source } = drag;
  const from = source.getBoundingClientRect();
  drag.lifted = true;
  source.classList.add("is-lifted");
  document.body.classList.add("plan-drag");
  if (drag.touch) navigator.vibrate?.(15);
  if (drag.edge) return;
  const ghost = source.cloneNode(true);
  ghost.removeAttribute("href");
  ghost.classList.add("plan__ghost");
  ghost.style.width = `${from.width}px`;
  ghost.style.height = `${from.height}px`;
  document.body.append(ghost);
  Object.assign(drag, { ghost, home: from });
};

const follow = (x, y) => {
  Object.assign(drag, { atX: x, atY: y });
  if (drag.ghost) drag.ghost.style.transform = `translate(${drag.home.left + x - drag.x}px, ${drag.home.top + y - drag.y}px)`;
  aim(x, y);
};

const along = () => {
  if (!drag?.lifted) return;
  const box = root.querySelector(".plan__scroll");
  const rim = box?.getBoundingClientRect();
  const { atX: x, atY: y } = drag;
  if (rim && y > rim.top && y < rim.bottom) {
    box.scrollLeft += x > rim.right - EDGE ? 10 : x < rim.left + EDGE ? -10 : 0;
    box.scrollTop += y > rim.bottom - EDGE ? 8 : 0;
  }
  if (y < EDGE || y > innerHeight - EDGE) scrollBy(0, y < EDGE ? -10 : 10);
  aim(x, y);
  requestAnimationFrame(along);
};

const drop = (done) => {
  clearTimeout(done.timer);
  done.landing?.remove();
  document.body.classList.remove("plan-drag");
};

const home = async ({ ghost, home: from, source }) => {
  if (ghost && !calm.matches) {
    ghost.classList.add("is-home");
    ghost.style.transform = `translate(${from.left}px, ${from.top}px)`;
    await new Promise((done) => setTimeout(done, 200));
  }
  ghost?.remove();
  source.classList.remove("is-lifted", "is-held");
};

// What was decided goes to the server; `true` says that the page in place is a new one with the bar where it belongs.
const settle = async (done) => {
  const { source, edge, room, depart } = done;
  const { stay, since, last, here } = source.dataset;
  const url = `/hotel/plan/stays/${stay}`;
  const stays = edge ? !depart || depart === last : room === null || room === undefined || room === inRoom(source);
  if (stays || busy()) return home(done);
  const changed = edge || (here !== undefined && room)
    ? await ask(`${url}?${new URLSearchParams(edge ? { depart } : { room, since })}`)
    : await send(`${url}/room`, { room, since });
  if (changed) done.ghost?.remove();
  else await home(done);
};

const start = (event) => {
  const source = event.target.closest("[data-moves]");
  if (!source || event.button || !event.isPrimary || busy() || event.target.closest(".button")) return;
  const touch = event.pointerType === "touch";
  drag = { source, edge: Boolean(event.target.closest("[data-edge]")), x: event.clientX, y: event.clientY, touch };
  if (touch) drag.timer = setTimeout(begin, HOLD, event.clientX, event.clientY);
};

const begin = (x, y) => {
  lift();
  follow(x, y);
  requestAnimationFrame(along);
};

const cancel = () => {
  if (!drag) return;
  const done = drag;
  drag = null;
  drop(done);
  if (done.lifted) home(done);
};

root.addEventListener("pointerdown", start);
document.addEventListener("pointermove", (event) => {
  if (!drag || drag.keys) return;
  const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > SLACK;
  if (drag.lifted) follow(event.clientX, event.clientY);
  else if (far && drag.touch) cancel();
  else if (far) begin(event.clientX, event.clientY);
});
document.addEventListener("pointerup", () => {
  if (!drag || drag.keys) return;
  const done = drag;
  drag = null;
  drop(done);
  if (!done.lifted) return;
  // The click that ends a drag opens nothing.
  const still = (event) => { event.preventDefault(); event.stopPropagation(); };
  document.addEventListener("click", still, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", still, { capture: true }), 50);
  settle(done);
});
document.addEventListener("pointercancel", () => !drag?.keys && cancel());
// Once a bar is lifted the thumb moves it, not the page; the browser asks here, at the first move.
document.addEventListener("touchmove", (event) => drag?.lifted && event.cancelable && event.preventDefault(), { passive: false });
root.addEventListener("contextmenu", (event) => drag?.touch && event.preventDefault());
root.addEventListener("dragstart", (event) => event.preventDefault());

const keys = {
  ArrowUp: () => room(-1),
  ArrowDown: () => room(1),
  ArrowLeft: () => depart(-1),
  ArrowRight: () => depart(1),
  Enter: () => { const done = drag; drag = null; drop(done); settle(done); },
  Escape: () => { cancel(); tell(root.dataset.sayKept); },
};

const room = (step) => {
  const all = rows();
  const at = all.findIndex((row) => row.dataset.room === (drag.room ?? inRoom(drag.source)));
  const row = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  const { stay, first, last, since } = drag.source.dataset;
  const taken = clash(row, { stay, first: since || first, last });
  Object.assign(drag, { edge: false, room: row.dataset.room, depart: null });
  landing(row, since || first, last, taken);
  row.scrollIntoView({ block: "nearest" });
  tell(words(taken ? "sayBusy" : "sayRoom", { room: row.dataset.room }));
};

const depart = (step) => {
  const { first, last } = drag.source.dataset;
  if (!drag.source.querySelector("[data-edge]")) return;
  const day = plus(drag.depart ?? last, step);
  if (day <= first) return;
  Object.assign(drag, { edge: true, depart: day, room: null });
  landing(drag.source.closest("tr"), first, day, false);
  tell(words("sayDepart", { day }));
};

root.addEventListener("keydown", (event) => {
  if (drag?.keys) {
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
    return;
  }
  const source = event.target.closest("[data-moves]");
  if (event.key !== " " || !source || drag || busy()) return;
  event.preventDefault();
  drag = { source, keys: true, lifted: true };
  source.classList.add("is-lifted", "is-held");
  tell(words("sayLift", { name: source.querySelector(".bar__name, .tray__name").textContent.trim() }));
});
root.addEventListener("focusout", () => drag?.keys && cancel());

document.documentElement.classList.add("plan-live");
