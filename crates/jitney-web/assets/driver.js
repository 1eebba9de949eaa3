// The driver's page without a network: it is kept, and reports wait until there is one again.
const KEPT = "jitney-reports";
const offline = document.getElementById("offline");
const waiting = document.getElementById("waiting");
const kept = () => JSON.parse(localStorage.getItem(KEPT) || "[]");
const keep = (reports) => localStorage.setItem(KEPT, JSON.stringify(reports));

const show = () => {
  offline.hidden = navigator.onLine;
  const count = kept().length;
  waiting.hidden = count === 0;
  waiting.textContent = `${waiting.dataset.text} ${count}`;
};

const send = async (report) =>
  fetch("/drive/reports", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(report),
  });

// Sends what waits, the oldest first. What the node refuses for good is let go: the page then shows why.
let sending = false;
const flush = async () => {
  if (sending) return;
  sending = true;
  let sent = false;
  try {
    while (kept().length > 0) {
      const answer = await send(kept()[0]);
      if (answer.redirected || answer.status === 503) break;
      keep(kept().slice(1));
      sent = true;
    }
  } catch { /* Still no network. */ } finally { sending = false; }
  show();
  if (sent) location.reload();
};

document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (navigator.onLine || !button || event.target.getAttribute("action") !== "/drive/report") return;
  event.preventDefault();
  const form = new FormData(event.target, button);
  keep([...kept(), {
    report: form.get("report"),
    lift: Number(form.get("lift")),
    step: form.get("step"),
    km: form.get("km") || "",
    at: Date.now(),
  }]);
  event.target.closest("form").querySelectorAll("button").forEach((one) => { one.disabled = true; });
  show();
});

window.addEventListener("online", flush);
window.addEventListener("offline", show);
show();
if (navigator.onLine) flush();
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/drive/worker.js", { scope: "/drive" });
