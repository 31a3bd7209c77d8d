// The live parts of a page. Without this script every page still works, with its "refresh" link.
// <div data-live="/path?fragment=name"> is refetched when /events says that something changed;
// <strong data-countdown="540"> counts down to 0:00.
"use strict";
(() => {
  const parts = [...document.querySelectorAll("[data-live]")];
  // As long as a part is what it was, nothing is put in its place.
  const shown = new Map(parts.map((part) => [part, part.innerHTML.trim()]));
  // A press is a finger, or the space bar, that goes down and up on the same element: nothing is replaced in between.
  let lifted = Promise.resolve();
  const longestPress = 10_000;
  let due = 0;
  let running = false;

  function press(...ending) {
    lifted = new Promise((done) => {
      const ends = new AbortController();
      // The click comes a moment after.
      const up = () => { ends.abort(); setTimeout(done, 200); };
      for (const end of ending) addEventListener(end, up, { capture: true, signal: ends.signal });
      setTimeout(done, longestPress);
    });
  }

  // Until nothing is pressed, and nothing has been meanwhile.
  async function noPress() {
    for (let seen; seen !== lifted;) {
      seen = lifted;
      await seen;
    }
  }

  // As the browser writes it.
  function written(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.innerHTML.trim();
  }

  async function refresh(part) {
    const answer = await fetch(part.dataset.live, { credentials: "same-origin", headers: { Accept: "text/html" } });
    // Signed out, or moved on to the next step: let the page itself say so.
    if (answer.redirected) { location.reload(); return; }
    if (!answer.ok) return;
    const html = written(await answer.text());
    await noPress();
    if (html === shown.get(part) || part.contains(document.querySelector(":focus:is(input, select, textarea)"))) return;
    const open = [...part.querySelectorAll("details")].map((one) => one.open);
    const links = "a, button, summary, [tabindex]";
    const focus = [...part.querySelectorAll(links)].indexOf(document.activeElement);
    const [x, y] = [scrollX, scrollY];
    part.innerHTML = html;
    shown.set(part, html);
    part.querySelectorAll("details").forEach((one, index) => { one.open = Boolean(open[index]); });
    if (focus >= 0) part.querySelectorAll(links)[focus]?.focus({ preventScroll: true });
    scrollTo(x, y);
    countDown();
  }

  // Many events in one moment make one fetch; one that comes during a fetch makes another.
  async function changed() {
    due += 1;
    if (running) return;
    running = true;
    while (due > 0) {
      due = 0;
      await new Promise((done) => setTimeout(done, 150));
      await Promise.allSettled(parts.map(refresh));
    }
    running = false;
  }

  function countDown() {
    document.querySelectorAll("[data-countdown]").forEach((one) => {
      one.dataset.end ||= Date.now() + Number(one.dataset.countdown) * 1000;
      const left = Math.max(0, Math.round((Number(one.dataset.end) - Date.now()) / 1000));
      one.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    });
  }

  setInterval(countDown, 1000);
  if (parts.length === 0) return;
  const source = new EventSource("/events");
  // EventSource reconnects by itself; what was missed meanwhile is fetched when it is open again.
  addEventListener("pointerdown", () => press("pointerup", "pointercancel"), { capture: true });
  addEventListener("keydown", (key) => { if (key.key === " " && !key.repeat) press("keyup"); }, { capture: true });
  source.onopen = () => { document.documentElement.classList.add("live"); changed(); };
  source.onerror = () => document.documentElement.classList.remove("live");
  source.onmessage = changed;
  source.addEventListener("change", changed);
})();
