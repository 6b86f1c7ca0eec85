// The kiosk goes back to its start when nobody has touched it for a while: what is on it is somebody's. It asks first,
// with a count, and whoever answers goes on with everything as it was. The server decides how long: data-idle, data-warn.
const kiosk = document.querySelector("[data-idle]");
const ask = kiosk.querySelector(".kiosk__ask");
const figure = ask.querySelector("[data-left]");
const spoken = ask.querySelector("[data-left-spoken]");
const idle = Number(kiosk.dataset.idle) * 1000;
const warn = Number(kiosk.dataset.warn) * 1000;
let until = Date.now() + idle;

const leave = () => {
  kiosk.hidden = true;
  for (const form of document.forms) form.reset();
  location.replace(kiosk.dataset.start); // the page that is left is no place to go back to
};

const touched = () => {
  if (!ask.open) until = Date.now() + idle;
};

const tick = () => {
  const left = until - Date.now();
  if (left <= 0) {
    leave();
    return;
  }
  if (left <= warn) {
    figure.textContent = Math.ceil(left / 1000);
    spoken.textContent = left <= 10_000 ? spoken.dataset.words : "";
    if (!ask.open) ask.showModal();
  }
  setTimeout(tick, 250);
};

for (const kind of ["pointerdown", "keydown", "input", "scroll"]) {
  addEventListener(kind, touched, { capture: true, passive: true });
}
ask.addEventListener("close", () => {
  until = Date.now() + idle;
});
addEventListener("pageshow", (shown) => {
  if (shown.persisted) leave(); // kept by the browser for its back button
});
tick();
