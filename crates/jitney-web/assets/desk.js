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
