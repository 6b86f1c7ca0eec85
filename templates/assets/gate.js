// The gate page's extras: answers without a page load, a box that always has the focus, and a camera where there is one.
// A scanner gun types and presses Enter; that works without this file.
import { watch } from "./camera.js";

const form = document.querySelector("form[data-gate]");
const result = document.querySelector("[data-gate-result]");
const box = form.elements.code;
let busy = false;

const tell = (state) => {
  const pattern = { admit: [60], check: [60, 60, 60], refuse: [300, 80, 300] }[state];
  if (pattern) navigator.vibrate?.(pattern);
};

const ask = async () => {
  if (busy || !box.value.trim()) return;
  busy = true;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "text/html" },
      body: new URLSearchParams(new FormData(form)),
      credentials: "same-origin",
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-gate-result]");
    if (!fresh) throw new Error(String(answer.status));
    result.innerHTML = fresh.innerHTML;
    for (const hidden of page.querySelectorAll("form[data-gate] input[type=hidden]")) {
      if (form.elements[hidden.name]) form.elements[hidden.name].value = hidden.value;
    }
    tell(result.querySelector("[data-verdict]")?.dataset.verdict);
    box.value = "";
  } catch {
    // Unreadable or no answer: the plain form post shows whatever the server or the browser has to say.
    form.submit();
  } finally {
    busy = false;
    box.focus({ preventScroll: true });
  }
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});

// A gun types where the focus is; keep it in the box unless someone is using another control.
document.addEventListener("click", (event) => {
  if (!event.target.closest("a, button, input, select, textarea, summary")) box.focus({ preventScroll: true });
});

watch(document.querySelector("[data-camera]"), (code) => {
  if (busy) return;
  box.value = code;
  ask();
});
