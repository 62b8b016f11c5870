"use strict";
// Parts of the page that change. Forms stay, with what is chosen in them.
const parts = ["top", "story", "names", "said", "log", "table"];

// Takes the parts out of a newer page. The focus stays where it was.
function renew(html) {
  const newer = new DOMParser().parseFromString(html, "text/html");
  for (const id of parts) {
    const [old, now] = [document.getElementById(id), newer.getElementById(id)];
    if (!old || !now || old.outerHTML === now.outerHTML) continue;
    const button = old.contains(document.activeElement) && document.activeElement.value;
    old.replaceWith(document.adoptNode(now));
    if (button) now.querySelector(`button[value="${button}"]`)?.focus();
  }
  // Whoever asked for a plan goes on with it.
  if (document.activeElement.value === "plan") document.querySelector(".plan .first")?.focus();
}

async function load() {
  const answer = await fetch("/");
  if (answer.ok) renew(await answer.text());
}

// A form without a new page: what is chosen and the focus stay.
document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target, event.submitter);
  const answer = await fetch("/do", { method: "POST", body: new URLSearchParams(form) });
  renew(await answer.text());
});

const events = new EventSource("/events");
events.onmessage = load;
events.onerror = () => {
  document.querySelector("#top .now").textContent = "the console does not answer";
};
