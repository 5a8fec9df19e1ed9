"use strict";
(() => {
  const rows = [...document.querySelectorAll(".row")];
  const groups = [...document.querySelectorAll(".group")];
  const chips = [...document.querySelectorAll(".chip")];
  const search = document.getElementById("search");
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  let current = null;

  const shows = (chip) => chip.getAttribute("aria-pressed") === "true";

  function filter() {
    const verdicts = new Set(chips.filter(shows).map((chip) => chip.dataset.verdict));
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = texts.get(row);
      row.hidden = !verdicts.has(row.dataset.verdict) || !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    for (const group of groups) group.hidden = !group.querySelector(".row:not([hidden])");
    document.getElementById("shown").textContent = `${shown} of ${rows.length}`;
    document.getElementById("nothing").hidden = shown > 0;
  }

  function press(chip, on) {
    chip.setAttribute("aria-pressed", String(on));
  }

  function move(step) {
    const visible = rows.filter((row) => !row.hidden);
    if (!visible.length) return;
    const at = visible.indexOf(current);
    const next = at < 0 ? (step > 0 ? 0 : visible.length - 1) : Math.max(0, Math.min(visible.length - 1, at + step));
    if (current) current.classList.remove("current");
    current = visible[next];
    current.classList.add("current");
    current.focus({ preventScroll: true });
    current.scrollIntoView({ block: "nearest" });
  }

  function open() {
    if (!current) return;
    const bodies = [...current.querySelectorAll("details")];
    const close = bodies.some((body) => body.open);
    for (const body of bodies) body.open = !close;
  }

  function theme() {
    const root = document.documentElement;
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  }

  for (const chip of chips) {
    chip.addEventListener("click", () => {
      press(chip, !shows(chip));
      filter();
    });
  }
  search.addEventListener("input", filter);
  document.getElementById("theme").addEventListener("click", theme);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === search) {
      if (event.key === "Escape") search.blur();
      return;
    }
    const control = event.target.closest("button, a, summary");
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "Enter" && !control) open();
    else if (event.key === "/") search.focus();
    else if (event.key === "t") theme();
    else if (event.key === "0") {
      chips.forEach((chip) => press(chip, true));
      filter();
    } else if (chips[Number(event.key) - 1]) {
      const chip = chips[Number(event.key) - 1];
      press(chip, !shows(chip));
      filter();
    } else return;
    event.preventDefault();
  });
  filter();
})();
