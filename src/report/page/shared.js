"use strict";
// Parts of every page: state in the address, decisions that the browser keeps, files to save, the theme.
const page = (() => {
  const root = document.documentElement;
  const key = `recto:${root.dataset.page}`;
  const search = document.getElementById("search");
  const status = document.getElementById("shown");

  /** Returns a new element. Text of documents enters as text, never as markup. */
  function make(name, properties = {}, ...children) {
    const element = document.createElement(name);
    for (const [property, value] of Object.entries(properties)) {
      if (property === "class") element.className = value;
      else if (value !== undefined && value !== null) element.setAttribute(property, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }

  // The address: `#item-4`, or `#row=item-4&q=tide&…`.
  function state() {
    const hash = decodeURIComponent(location.hash.slice(1));
    return hash.includes("=") ? new URLSearchParams(location.hash.slice(1)) : new URLSearchParams(hash && { row: hash });
  }

  function remember(values) {
    const params = state();
    for (const [name, value] of Object.entries(values)) {
      if (value) params.set(name, value);
      else params.delete(name);
    }
    history.replaceState(null, "", `#${params}`);
  }

  // Decisions by id: { choice, note }.
  let decisions = {};
  let kept = true;
  try {
    decisions = JSON.parse(localStorage.getItem(key)) || {};
  } catch {
    kept = false;
  }

  function decide(id, choice, note) {
    if (choice || note) decisions[id] = { choice, note };
    else delete decisions[id];
    keep();
  }

  /** Makes one decision for many, whose notes stay. */
  function decideAll(ids, choice) {
    for (const id of ids) {
      const note = (decisions[id] || {}).note || "";
      if (choice || note) decisions[id] = { choice, note };
      else delete decisions[id];
    }
    keep();
  }

  function keep() {
    try {
      localStorage.setItem(key, JSON.stringify(decisions));
    } catch {
      kept = false;
    }
  }

  /** Returns the buttons and the note of a decision; `changed` is called after each change. */
  function controls(id, choices, changed) {
    const note = make("input", { "aria-label": "Note", placeholder: "note" });
    const buttons = choices.map(([choice, label, hint]) =>
      make("button", { type: "button", class: "choice", "data-choice": choice, title: hint }, label));
    function show() {
      const { choice, note: text } = decisions[id] || {};
      for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.choice === choice));
      note.value = text || "";
      changed(choice);
    }
    function choose(choice) {
      const now = decisions[id] || {};
      decide(id, now.choice === choice ? "" : choice, now.note || "");
      show();
    }
    for (const button of buttons) button.addEventListener("click", () => choose(button.dataset.choice));
    note.addEventListener("change", () => {
      decide(id, (decisions[id] || {}).choice || "", note.value.trim());
      show();
    });
    const element = make("div", { class: "decision", role: "group", "aria-label": "Decision" }, ...buttons, note);
    show();
    return { element, choose, note, show };
  }

  function save(name, type, text) {
    const link = make("a", { download: name, href: URL.createObjectURL(new Blob([text], { type })) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    document.getElementById("export").open = false;
  }

  /** Returns rows of values as CSV (RFC 4180); a cell that a spreadsheet would run as a formula gets an apostrophe. */
  function csv(rows) {
    const cell = (value) => {
      const text = String(value ?? "");
      const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
      return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    };
    return rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
  }

  /** Returns a text on one line, with the signs escaped that Markdown takes for markup. */
  function markdown(text) {
    return String(text ?? "").replace(/\s+/g, " ").replace(/[\\`*_[\]<>|]/g, "\\$&");
  }

  const isPressed = (chip) => chip.getAttribute("aria-pressed") === "true";
  const press = (chip, on) => chip.setAttribute("aria-pressed", String(on));

  function theme() {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  }

  /** Calls `act` with the key, unless the reader types in a field; `act` returns false for keys of no meaning. */
  function keys(act) {
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const field = event.target.closest("input, select, textarea");
      if (field) {
        if (event.key === "Escape" || (event.key === "Enter" && field.tagName === "INPUT")) field.blur();
        return;
      }
      const control = event.target.closest("button, a, summary");
      if (control && (event.key === "Enter" || event.key === " ")) return;
      if (event.key === "/") search.focus();
      else if (event.key === "t") theme();
      else if (act(event.key) === false) return;
      event.preventDefault();
    });
  }

  function copy(text) {
    const told = () => { status.textContent = "link copied"; };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(told, () => {});
  }

  function onExport(formats) {
    for (const button of document.querySelectorAll("[data-export]")) {
      button.addEventListener("click", () => formats[button.dataset.export]());
    }
  }

  document.getElementById("theme").addEventListener("click", theme);
  const data = JSON.parse(document.getElementById("data").textContent);
  return {
    isPressed, press, make, state, remember, decideAll, controls, save, csv, markdown, keys, copy, onExport, search,
    status, data,
    decision: (id) => decisions[id] || {},
    decided: () => Object.keys(decisions).length,
    isKept: () => kept,
  };
})();
