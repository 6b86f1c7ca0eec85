// The gate page's extras: answers without a page load, a box that always has the focus, and a camera where there is one.
// A scanner gun types and presses Enter; that works without this file.
import { watch } from "./camera.js";

const FORMS = "form[data-gate], form[data-gate-exit]";
const form = document.querySelector("form[data-gate]");
const result = document.querySelector("[data-gate-result]");
const box = form.elements.code;
let busy = false;

const tell = (state) => {
  const pattern = { admit: [60], check: [60, 60, 60], refuse: [300, 80, 300] }[state];
  if (pattern) navigator.vibrate?.(pattern);
};

// What the server answers to `sent` goes in place: the answer, the counter, and every form's fresh hidden fields (csrf, key).
const post = async (sent) => {
  const answer = await fetch(sent.action, {
    method: "POST",
    headers: { Accept: "text/html" },
    body: new URLSearchParams(new FormData(sent)),
    credentials: "same-origin",
  });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.querySelector("[data-gate-result]")) throw new Error(String(answer.status));
  for (const part of ["[data-gate-result]", "[data-gate-status] p"]) {
    const [mine, fresh] = [document.querySelector(part), page.querySelector(part)];
    if (mine && fresh) mine.innerHTML = fresh.innerHTML;
  }
  const forms = page.querySelectorAll(FORMS);
  document.querySelectorAll(FORMS).forEach((mine, place) => {
    for (const hidden of forms[place]?.querySelectorAll("input[type=hidden]") ?? []) {
      if (mine.elements[hidden.name]) mine.elements[hidden.name].value = hidden.value;
    }
  });
  tell(result.querySelector("[data-verdict]")?.dataset.verdict);
};

const ask = async (sent) => {
  if (busy || (sent === form && !box.value.trim())) return;
  busy = true;
  try {
    await post(sent);
    if (sent === form) box.value = "";
  } catch {
    // Unreadable or no answer: the plain form post shows whatever the server or the browser has to say.
    sent.submit();
  } finally {
    busy = false;
    box.focus({ preventScroll: true });
  }
};

for (const each of document.querySelectorAll(FORMS)) {
  each.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    ask(each);
  });
}

// A gun types where the focus is; keep it in the box unless someone is using another control.
document.addEventListener("click", (event) => {
  if (!event.target.closest("a, button, input, select, textarea, summary")) box.focus({ preventScroll: true });
});

watch(document.querySelector("[data-camera]"), (code) => {
  if (busy) return;
  box.value = code;
  ask(form);
});
