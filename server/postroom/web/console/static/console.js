// Pages anew as mail arrives. Every page works without this.
//
//   /live ── "something changed" ──► the same page fetched again ──► parts with data-live exchanged
//
// The stream only says that there is something to look at. It is opened anew after each break and
// each time that the page comes into view, and then the page is always fetched: nothing is missed.
"use strict";

(() => {
  const PAUSE = Number(document.body.dataset.pause || 1000);
  const TYPES = document.body.dataset.types.split(" ");
  const LIVE = { headers: { "X-Postroom-Live": "1" }, credentials: "same-origin", redirect: "manual" };
  const news = document.getElementById("news");
  const listening = document.getElementById("listening");
  const seen = new Map();
  let stream = null;
  let timer = null;
  let last = 0;
  let left = false;

  const parts = (page) => page.querySelectorAll("[data-live][id]");
  const html = (part) => part.dataset.live === "notice" ? part.dataset.version : part.innerHTML;

  function inOwnZone(root) {
    const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
    for (const time of root.querySelectorAll("time[datetime]")) {
      time.title = time.textContent;
      time.textContent = format.format(new Date(time.dateTime));
    }
  }

  // Values to be copied: where the browser lets us. Else they can be selected.
  function copyable(root) {
    if (!navigator.clipboard) return;
    for (const button of root.querySelectorAll("button[data-copy]")) button.hidden = false;
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    const done = await navigator.clipboard.writeText(button.parentElement.querySelector("code").textContent)
      .then(() => true, () => false);
    news.textContent = done ? "Copied." : "It could not be copied.";
    button.firstChild.textContent = done ? "Copied" : "Not copied";
  });

  function exchange(page) {
    for (const now of parts(page)) {
      const old = document.getElementById(now.id);
      const said = html(now);
      if (!old || seen.get(now.id) === said) continue;
      seen.set(now.id, said);
      if (old.dataset.live === "notice") tellChange(old);
      else replace(old, now);
    }
  }

  function replace(old, now) {
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    if (focused && focused.matches("input, textarea, select")) return;
    const place = focused && (focused.getAttribute("href") || focused.textContent);
    const open = [...old.querySelectorAll("details[open] > summary")].map((one) => one.textContent);
    old.replaceChildren(...document.importNode(now, true).childNodes);
    inOwnZone(old);
    copyable(old);
    for (const summary of old.querySelectorAll("details > summary"))
      if (open.includes(summary.textContent)) summary.parentElement.open = true;
    if (!focused) return;
    const same = [...old.querySelectorAll("a[href], button, summary")]
      .find((one) => (one.getAttribute("href") || one.textContent) === place);
    (same || document.getElementById("main")).focus({ preventScroll: true });
  }

  function tellChange(part) {
    if (document.getElementById("changed")) return;
    const told = document.createElement("p");
    told.id = "changed";
    told.className = "fault";
    told.setAttribute("role", "alert");
    told.textContent = "This has changed since you opened it. ";
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = "Show it as it is now";
    again.addEventListener("click", () => location.reload());
    told.append(again);
    part.before(told);
  }

  async function refresh() {
    timer = null;
    last = Date.now();
    const answer = await fetch(location.href, LIVE).catch(() => null);
    if (!answer) return;
    if (answer.status === 401) return leave();
    const text = await answer.text();
    exchange(new DOMParser().parseFromString(text, "text/html"));
  }

  function soon() {
    if (timer === null) timer = setTimeout(refresh, Math.max(150, last + PAUSE - Date.now()));
  }

  function announce(told) {
    if (told.type === "message.received") news.textContent = `New mail for ${told.mailbox}.`;
    if (told.type === "send.held") news.textContent = "A mail waits for approval.";
  }

  function show(words, on = false) {
    listening.textContent = words;
    listening.classList.toggle("on", on);
    listening.hidden = !words;
  }

  function leave() {
    if (left) return;
    left = true;
    close();
    show("You are signed out. ");
    const back = document.createElement("a");
    back.href = location.href;
    back.textContent = "Sign in";
    listening.append(back);
    news.textContent = "You are signed out.";
  }

  function close() {
    if (stream) stream.close();
    stream = null;
  }

  function listen() {
    if (stream || left || document.hidden) return;
    stream = new EventSource("/live");
    stream.onopen = () => { show("Live", true); soon(); };
    for (const type of TYPES)
      stream.addEventListener(type, (event) => { announce(JSON.parse(event.data)); soon(); });
    stream.onerror = () => {
      if (left) return;
      show("Not live: trying again");
      if (!stream || stream.readyState !== EventSource.CLOSED) return;
      close(); // refused, or no stream: whether one is signed in yet, a page tells
      refresh().then(() => setTimeout(listen, 5000));
    };
  }

  for (const part of parts(document)) seen.set(part.id, html(part));
  inOwnZone(document);
  copyable(document);
  document.addEventListener("visibilitychange", () => { if (document.hidden) close(); else listen(); });
  addEventListener("pagehide", close);
  addEventListener("pageshow", listen);
  listen();
})();
