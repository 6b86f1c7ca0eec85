// What the room plan asks of the server: the same pages and forms that work without scripts, put in place.
export const changes = (root, said) => {
  const dialog = document.querySelector("[data-plan-dialog]");
  let waiting = false;
  let number = 0;

  const tell = (text) => {
    said.textContent = text;
    said.classList.add("is-words");
  };

  // What is said lies over the plan, so that nothing jumps; it can be put away.
  const closable = () => {
    if (!said.firstElementChild) return;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "plan__close";
    close.textContent = "×";
    close.setAttribute("aria-label", root.dataset.sayClose);
    close.addEventListener("click", () => said.replaceChildren());
    said.append(close);
  };

  // The plan of `page` goes in place: scrolled as it was, the focus where it was.
  const place = (page) => {
    const fresh = page.querySelector("[data-plan]");
    if (!fresh) return false;
    const box = root.querySelector(".plan__scroll");
    const [left, top] = [box?.scrollLeft ?? 0, box?.scrollTop ?? 0];
    const stay = document.activeElement?.closest("[data-stay]")?.dataset.stay;
    root.innerHTML = fresh.innerHTML;
    const now = root.querySelector(".plan__scroll");
    if (now) [now.scrollLeft, now.scrollTop] = [left, top];
    if (stay) root.querySelector(`[data-stay="${stay}"]`)?.focus({ preventScroll: true });
    said.innerHTML = page.querySelector("[data-plan-said]").innerHTML.trim();
    said.classList.remove("is-words");
    closable();
    return true;
  };

  const show = (page) => {
    const part = page.querySelector("[data-plan-ask]");
    if (!part) return false;
    dialog.replaceChildren(document.importNode(part, true));
    if (!dialog.open) dialog.showModal();
    return true;
  };

  // `true`: the plan changed and is in place. What was refused is said in the server's words.
  const take = async (answer) => {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (show(page)) return false;
    if (dialog.open) dialog.close();
    if (place(page)) return answer.ok;
    if (page.querySelector("input[type=password]")) location.reload();
    tell([...page.querySelectorAll("main h1, main p")].slice(0, 3).map((one) => one.textContent.trim()).join(" "));
    return false;
  };

  const go = async (url, options) => {
    waiting = true;
    root.setAttribute("aria-busy", "true");
    try {
      return await take(await fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin", ...options }));
    } catch {
      if (dialog.open) dialog.close();
      tell(root.dataset.sayLost);
      return false;
    } finally {
      waiting = false;
      root.removeAttribute("aria-busy");
    }
  };

  const post = (url, body) => go(url, { method: "POST", body: new URLSearchParams(body) });

  // A change of its own: the page's hidden fields, a key that no other change has.
  const send = (url, fields) => {
    const body = new FormData(root.querySelector("[data-plan-form]"));
    body.set("key", `${body.get("key")}.${Date.now().toString(36)}${(number += 1)}`);
    for (const [name, value] of Object.entries(fields)) if (value || name === "room") body.set(name, value);
    return post(url, body);
  };

  const ask = (url) => {
    const held = new URLSearchParams(new FormData(root.querySelector("[data-plan-form]")));
    for (const name of ["csrf", "key"]) held.delete(name);
    return go(`${url}&${held}`);
  };

  // Forms and links of the plan's own parts: undo, the dialog's yes and no.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.closest("[data-plan-said], [data-plan-dialog]") || form.method !== "post") return;
    event.preventDefault();
    event.stopPropagation();
    if (!waiting) post(form.action, new FormData(form));
  }, { capture: true });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link && dialog.contains(link)) {
      event.preventDefault();
      dialog.close();
      tell(root.dataset.sayKept);
    } else if (link?.matches("[data-plan-link]")) {
      event.preventDefault();
      go(link.href);
    }
  });
  dialog.addEventListener("close", () => dialog.replaceChildren());
  closable();

  return { send, ask, tell, busy: () => waiting };
};
