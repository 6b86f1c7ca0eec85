// Live parts: fetch a server-rendered fragment and put it in place. Pauses while the page is hidden, slows down when the
// server does not answer, and then says so: an old figure must not look like a fresh one.
const SLOWEST = 60_000;

export const refreshers = (root, enhance) => {
  for (const part of root.querySelectorAll("[data-refresh]:not([data-ready])")) {
    part.dataset.ready = "";
    const every = Math.max(Number(part.dataset.every) || 5000, 1000);
    let failures = 0;

    const once = async () => {
      if (document.hidden || part.contains(document.activeElement)) return;
      try {
        const answer = await fetch(part.dataset.refresh, {
          headers: { Accept: "text/html" },
          credentials: "same-origin",
          cache: "no-store",
          signal: AbortSignal.timeout?.(10_000),
        });
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        const html = answer.status === 204 ? null : await answer.text();
        failures = 0;
        delete part.dataset.stale;
        if (html !== null && html !== part.shown) {
          part.shown = html;
          part.innerHTML = html;
          enhance(part);
        }
      } catch {
        failures += 1;
        if (failures >= 2) part.dataset.stale = part.dataset.staleText || "…";
      }
    };

    const loop = () =>
      setTimeout(async () => {
        await once();
        if (part.isConnected) loop();
      }, Math.min(every * 2 ** failures, Math.max(SLOWEST, every)));

    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && part.isConnected) once();
    });
    loop();
  }
};
