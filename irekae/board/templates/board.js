// The page by itself: parts come as the server made them (escaped there), durations are counted on in between.
"use strict";
const RETRY = 5000; // milliseconds
const UNITS = document.documentElement.lang === "ja" ? ["時間", "分", "秒"] : ["h", "min", "s"];
let ahead = 0; // milliseconds that the server's clock is ahead of ours

function lasting(seconds) {
  const [hour, minute, second] = UNITS, two = number => String(number).padStart(2, "0");
  if (seconds < 60) return `${seconds} ${second}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} ${minute} ${two(seconds % 60)} ${second}`;
  return `${Math.floor(minutes / 60)} ${hour} ${two(minutes % 60)} ${minute}`;
}

function count() {
  const now = Date.now() + ahead;
  for (const element of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.round((now - Date.parse(element.dataset.since)) / 1000));
    element.textContent = lasting(seconds);
  }
}

function learn() {
  const now = document.querySelector("[data-now]");
  if (now) ahead = Date.parse(now.dataset.now) - Date.now();
  count();
}

function take(event) {
  for (const [id, html] of Object.entries(JSON.parse(event.data))) document.getElementById(id).innerHTML = html;
  learn();
}

const lost = document.getElementById("lost");

function losing() {
  if (!lost.hidden) return;
  lost.textContent = lost.dataset.text.replace("{since}", new Date().toLocaleTimeString());
  lost.hidden = false;
}

function listen() {
  const source = new EventSource(document.body.dataset.events);
  source.addEventListener("open", () => { lost.hidden = true; });
  source.addEventListener("parts", take);
  source.addEventListener("error", () => {
    losing();
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, RETRY);
  });
}

learn();
setInterval(count, 1000);
listen();
