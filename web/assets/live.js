// Keeps the page's figures fresh. The page is complete without this script, only then it shows one moment.
//
// The server sends every figure as text, by key: nothing is computed or formatted here. When more than figures changed
// (a torrent came, a tracker failed), the server names another revision, and <main> is fetched anew and put in place.
"use strict";

const refreshPause = 10_000; // ms between two fetches of the page, however often it changes
const reconnectPause = 30_000; // ms
let refreshedAt = Date.now();
const figures = {}; // by key, as last sent: the server sends only what changed
let places = find();

// Returns the element of every figure by its key; a page of many torrents has thousands.
function find() {
  return new Map(Array.from(document.querySelectorAll("[data-live]"), (place) => [place.dataset.live, place]));
}

function show([key, text]) {
  const place = places.get(key);
  if (place?.localName === "rect") {
    place.setAttribute("width", text);
  } else if (place) {
    place.textContent = text;
  }
}

async function refresh() {
  refreshedAt = Date.now();
  const answer = await fetch("./");
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.getElementById("main").replaceWith(fresh.getElementById("main"));
  places = find();
  Object.entries(figures).forEach(show);
}

function update(status) {
  const shown = document.getElementById("main").dataset;
  if (status.version !== shown.version) {
    location.reload(); // another program: its style and script may differ too
    return;
  }
  Object.assign(figures, status.figures);
  Object.entries(status.figures).forEach(show);
  if (status.page !== shown.revision && Date.now() - refreshedAt > refreshPause) {
    refresh().catch(() => {}); // the next event tries again
  }
}

function stale(text) {
  const place = document.getElementById("stale");
  place.textContent = text;
  place.hidden = text === "";
}

function connect() {
  const events = new EventSource("api/v1/events");
  events.addEventListener("status", (message) => update(JSON.parse(message.data)));
  events.addEventListener("open", () => stale(""));
  events.addEventListener("error", () => {
    stale("No connection to the daemon: these numbers are not of this moment.");
    // A browser comes back by itself after a break, but not after a refusal (503: too many streams).
    if (events.readyState === EventSource.CLOSED) setTimeout(connect, reconnectPause);
  });
}

connect();
