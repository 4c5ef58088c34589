// The little that HTML and htmx cannot do: follow the stream of changes, say when the server is gone, copy, ask, tick.
"use strict";

(() => {
  const RETRY_MS = 2000;
  const live = document.getElementById("connection");
  let source = null;
  let retry = 0;
  let down = false;

  function say(state, text) {
    if (!live) return;
    live.dataset.state = state;
    live.querySelector("span").textContent = text;
    document.getElementById("stopped").hidden = state !== "down";
  }

  function refresh() {
    document.body.dispatchEvent(new CustomEvent("live"));
  }

  function connect() {
    if (!live || source) return;
    clearTimeout(retry);
    source = new EventSource(live.dataset.events);
    source.onopen = () => {
      say("live", "Live");
      if (down) refresh();
      down = false;
    };
    source.addEventListener("changed", refresh);
    source.onerror = () => {
      down = true;
      disconnect();
      ask();
      retry = setTimeout(connect, RETRY_MS);
    };
  }

  // An EventSource does not say why it failed; the health check does.
  async function ask() {
    try {
      const answer = await fetch("/_mock/health", { cache: "no-store" });
      say("waiting", answer.ok ? "Reconnecting: too many streams, or no token" : `The server answers ${answer.status}`);
    } catch {
      say("down", "Disconnected");
    }
  }

  function disconnect() {
    if (source) source.close();
    source = null;
  }

  // A hidden page needs no stream: browsers open six connections to one host at most.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      clearTimeout(retry);
      disconnect();
      say("waiting", "Paused while hidden");
    } else {
      down = true;
      connect();
    }
  });
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);

  async function copy(button) {
    const text = document.getElementById(button.dataset.copy).textContent;
    try {
      await navigator.clipboard.writeText(text);
      told(button, "Copied");
    } catch {
      // Without https the clipboard is closed to pages: select the text instead.
      getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
      told(button, document.execCommand("copy") ? "Copied" : "Selected: press Ctrl+C");
    }
  }

  function told(button, text) {
    const before = button.dataset.label || button.textContent;
    button.dataset.label = before;
    button.textContent = text;
    setTimeout(() => (button.textContent = before), 1500);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });

  document.addEventListener("submit", (event) => {
    const question = (event.submitter && event.submitter.dataset.ask) || event.target.dataset.ask;
    if (question && !confirm(question)) event.preventDefault();
  });

  // Within a list of rows the arrow keys go from link to link.
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const link = event.target.closest("[data-rows] a.row");
    if (!step || !link) return;
    const links = [...link.closest("[data-rows]").querySelectorAll("a.row")];
    const next = links[links.indexOf(link) + step];
    if (next) {
      next.focus();
      event.preventDefault();
    }
  });

  // The world's time goes on between two answers.
  setInterval(() => {
    for (const time of document.querySelectorAll("time[data-running]")) {
      if (time.dataset.text !== time.textContent) {
        time.dataset.began = String(performance.now());
        time.dataset.text = time.textContent;
      }
      const now = new Date(Date.parse(time.dateTime) + performance.now() - Number(time.dataset.began));
      time.textContent = now.toISOString().slice(0, 19).replace("T", " ");
      time.dataset.text = time.textContent;
    }
  }, 1000);

  // htmx reports a server that does not answer here.
  document.addEventListener("htmx:sendError", () => {
    down = true;
    say("down", "Disconnected");
  });

  connect();
})();
