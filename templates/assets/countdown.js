// The time left until a deadline that already stands on the page in words. Counted from the server's clock, for a
// phone's may be wrong; shown each second, spoken once a minute.
const two = (number) => String(number).padStart(2, "0");

const words = (seconds) => {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
};

export const countdowns = (root) => {
  for (const box of root.querySelectorAll("[data-countdown]:not([data-ready])")) {
    box.dataset.ready = "";
    const figure = box.querySelector("[data-left-figure]");
    const spoken = box.querySelector("[data-left-spoken]");
    const skew = box.dataset.now ? Date.parse(box.dataset.now) - Date.now() : 0;
    const until = Date.parse(box.dataset.countdown);
    let told = null;
    figure.hidden = false;
    const tick = () => {
      const seconds = Math.max(0, Math.round((until - Date.now() - skew) / 1000));
      figure.textContent = seconds ? words(seconds) : box.dataset.over;
      box.classList.toggle("is-near", seconds <= 120);
      const minute = Math.ceil(seconds / 60);
      if (minute !== told) {
        told = minute;
        spoken.textContent = seconds ? `${box.dataset.left} ${words(seconds)}` : box.dataset.over;
      }
      if (seconds && box.isConnected) setTimeout(tick, 1000);
      else if (!seconds) box.dispatchEvent(new CustomEvent("deadline", { bubbles: true }));
    };
    tick();
  }
};
