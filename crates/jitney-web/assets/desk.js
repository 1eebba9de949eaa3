// Keys for what is done all day: the letter that an element names in data-key presses it; / goes to the search.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && typing) { event.target.blur(); return; }
  if (typing) return;
  if (event.key === "/") {
    const search = document.querySelector("[type=search]");
    if (search) { event.preventDefault(); search.focus(); }
    return;
  }
  const pressed = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (pressed) { event.preventDefault(); pressed.click(); }
});

// Finds riders while their name is being typed; Enter takes the first.
const find = document.querySelector("[data-found]");
if (find) {
  const found = document.getElementById("found");
  let latest = 0;
  let looking = Promise.resolve();
  const look = async () => {
    const mine = ++latest;
    const text = find.value.trim();
    const answer = text ? await fetch(`${find.dataset.found}?find=${encodeURIComponent(text)}`) : null;
    const html = answer && answer.ok ? await answer.text() : "";
    if (mine === latest) found.innerHTML = html;
  };
  find.addEventListener("input", () => { looking = look(); });
  find.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await looking;
    const first = found.querySelector("a");
    if (first) first.click(); else find.form.submit();
  });
}

// Suggests places while one is being typed; what was suggested by the page itself comes back when nothing is typed.
for (const field of document.querySelectorAll("[data-where]")) {
  const list = document.getElementById(field.getAttribute("list"));
  const rider = field.form.querySelector("[name=rider]");
  const usual = list.innerHTML;
  let latest = 0;
  field.addEventListener("input", async () => {
    const mine = ++latest;
    const text = field.value.trim();
    const body = new URLSearchParams({ text, rider: rider ? rider.value : "" });
    const answer = text.length > 1 ? await fetch(field.dataset.where, { method: "POST", body }) : null;
    const html = answer && answer.ok && !answer.redirected ? await answer.text() : usual;
    if (mine === latest) list.innerHTML = html;
  });
}

// Keeps the day as it is.
const board = document.getElementById("board");
if (board && board.dataset.events) {
  const stale = document.getElementById("stale");
  const events = new EventSource(board.dataset.events);
  const renew = async () => {
    const answer = await fetch(board.dataset.from);
    if (!answer.ok || answer.redirected) { stale.hidden = false; return; }
    const open = [...board.querySelectorAll("details")].map((one) => one.open);
    const at = document.activeElement && board.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    board.innerHTML = await answer.text();
    board.querySelectorAll("details").forEach((one, n) => { one.open = open[n] || false; });
    if (at) { const again = board.querySelector(`[href="${CSS.escape(at)}"]`); if (again) again.focus(); }
    stale.hidden = true;
  };
  events.addEventListener("changed", renew);
  events.addEventListener("error", () => { stale.hidden = false; });
  events.addEventListener("open", () => { if (!stale.hidden) renew(); });
}

// Says how far a search is, and shows what it has found.
const far = document.getElementById("far");
if (far) {
  const events = new EventSource(far.dataset.events);
  events.addEventListener("far", (event) => { far.textContent = event.data; });
  events.addEventListener("over", () => { events.close(); location.reload(); });
}
