"use strict";
// Parts of the page that change. Forms stay, with what is chosen in them.
const parts = ["top", "story", "names", "registry", "said", "log", "table"];

const attempt = (page) => page.querySelector("figure h2").textContent;

// Takes the parts out of a newer page. The focus stays where it was.
function renew(html) {
  const newer = new DOMParser().parseFromString(html, "text/html");
  for (const id of parts) {
    const [old, now] = [document.getElementById(id), newer.getElementById(id)];
    if (!old || !now || old.outerHTML === now.outerHTML) continue;
    // A new attempt comes in message by message.
    if (id === "story") document.body.classList.toggle("arriving", attempt(newer) !== attempt(document));
    const button = old.contains(document.activeElement) && document.activeElement.value;
    old.replaceWith(document.adoptNode(now));
    if (button) now.querySelector(`button[value="${button}"]`)?.focus();
  }
  // Whoever asked for a plan goes on with it.
  if (document.activeElement.value === "plan") document.querySelector(".plan .first")?.focus();
}

// One answer after the other, so that no older page comes last.
let queue = Promise.resolve();
function next(work) {
  queue = queue.then(work).catch(() => {});
}

let waiting = false;
function load() {
  if (waiting) return;
  waiting = true;
  next(async () => {
    waiting = false;
    const answer = await fetch("/");
    if (answer.ok) renew(await answer.text());
  });
}

// A form without a new page: what is chosen and the focus stay.
document.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = new URLSearchParams(new FormData(event.target, event.submitter));
  next(async () => renew(await (await fetch("/do", { method: "POST", body })).text()));
});

const events = new EventSource("/events");
events.onmessage = load;
events.onerror = () => {
  document.querySelector("#top .now").textContent = "the console does not answer";
};

// The policy lets only elements of styles through that have this answer's nonce.
const { nonce } = document.currentScript;
const element = document.createElement.bind(document);
document.createElement = (...words) => {
  const made = element(...words);
  if (words[0] === "style") made.nonce = nonce;
  return made;
};

// Opens a terminal. Returns what closes it.
async function openTerminal(place) {
  if (!window.Terminal) {
    const script = element("script");
    const loaded = new Promise((done, failed) => Object.assign(script, { onload: done, onerror: failed }));
    script.src = "/xterm.js";
    document.head.append(script);
    await loaded;
  }
  const colour = (name) => getComputedStyle(document.body).getPropertyValue(name);
  const [background, foreground] = [colour("--bg"), colour("--ink")];
  const theme = { background, foreground, cursor: foreground, cursorAccent: background };
  const fontFamily = '"DejaVu Sans Mono", Consolas, monospace';
  const pen = element("canvas").getContext("2d");
  pen.font = `14px ${fontFamily}`;
  const between = (least, size, most) => Math.max(least, Math.min(most, Math.floor(size)));
  // So few rows that the picture is seen above them.
  const wide = () => between(20, (place.clientWidth - 20) / pen.measureText("m").width, 250);
  const fitting = () => [wide(), between(8, innerHeight / 60, 24)];
  const [cols, rows] = fitting();
  const terminal = new Terminal({ cols, rows, fontSize: 14, lineHeight: 1.2, fontFamily, theme, screenReaderMode: true });
  terminal.open(place);
  terminal.attachCustomKeyEventHandler((event) => !(event.key === "Tab" && event.shiftKey));
  const socket = new WebSocket(`ws://${location.host}/terminal?columns=${cols}&rows=${rows}`);
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => terminal.write(typeof data === "string" ? data : new Uint8Array(data));
  socket.onclose = () => terminal.write("\r\nThe shell has ended. Close and open this for a new one.");
  terminal.onData((keys) => socket.send(new TextEncoder().encode(keys)));
  // A text is the new size.
  terminal.onResize(({ cols, rows }) => socket.send(`${cols}x${rows}`));
  const width = new ResizeObserver(() => socket.readyState === WebSocket.OPEN && terminal.resize(...fitting()));
  socket.onopen = () => width.observe(place);
  terminal.focus();
  return () => (width.disconnect(), socket.close(), terminal.dispose());
}

const box = document.getElementById("terminal");
let opened;
box?.addEventListener("toggle", async () => {
  if (box.open) opened = openTerminal(document.getElementById("screen"));
  else (await opened)?.();
});
