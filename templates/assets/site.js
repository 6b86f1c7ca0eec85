// What pages gain when scripts run. Every page works without this file.
import { countdowns } from "./countdown.js";
import { refreshers } from "./refresh.js";

const steppers = (root) => {
  for (const box of root.querySelectorAll("[data-stepper]:not([data-ready])")) {
    const input = box.querySelector("input");
    const key = (sign, words, step) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "stepper__button";
      button.textContent = sign;
      button.setAttribute("aria-label", words);
      button.addEventListener("click", () => {
        step > 0 ? input.stepUp() : input.stepDown();
        input.dispatchEvent(new Event("input", { bubbles: true }));
        input.dispatchEvent(new Event("change", { bubbles: true }));
      });
      return button;
    };
    const less = key("−", box.dataset.less, -1);
    const more = key("+", box.dataset.more, 1);
    const settle = () => {
      less.disabled = input.value !== "" && Number(input.value) <= Number(input.min);
      more.disabled = input.value !== "" && Number(input.value) >= Number(input.max);
    };
    input.addEventListener("input", settle);
    box.prepend(less);
    box.append(more);
    box.dataset.ready = "";
    settle();
  }
};

const printers = (root) => {
  for (const button of root.querySelectorAll("[data-print][hidden]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
};

// A second tap on "pay" must not send a second form; coming back by the back button frees it again.
const once = () => {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.dataset.gate !== undefined) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
};

// The language list closes when one looks elsewhere.
const menus = () => {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.languages[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.languages[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
};

// What is wrong is told with the name of its box, unless it says itself whom or what it is about.
const complaints = () => {
  const colon = /^(zh|ja)/.test(document.documentElement.lang) ? "：" : ": ";
  for (const link of document.querySelectorAll("[data-focus] a[href^='#f-']")) {
    const id = decodeURIComponent(link.hash.slice(1));
    const name = document.querySelector(`label.field__label[for="${CSS.escape(id)}"]`)?.firstChild.textContent.trim();
    if (name && !/[:：]/.test(link.textContent) && !link.textContent.includes(name)) link.prepend(`${name}${colon}`);
  }
};

// A part that only some choices need opens when one of them is made.
const openers = () => {
  document.addEventListener("change", (event) => {
    const part = event.target.id && document.querySelector(`[data-opens-by="${CSS.escape(event.target.id)}"]`);
    if (part) part.open = event.target.value !== part.dataset.opensUnless;
  });
};

const enhance = (root) => {
  steppers(root);
  printers(root);
  countdowns(root);
  refreshers(root, enhance);
};

enhance(document);
once();
menus();
openers();
complaints();
document.querySelector("[data-focus]")?.focus();
for (const day of document.querySelectorAll(".days [aria-current]")) {
  day.parentElement.scrollLeft = day.offsetLeft - day.parentElement.clientWidth / 2 + day.clientWidth / 2;
}
