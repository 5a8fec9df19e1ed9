// The comparison: rows with filters, decisions and their export.
(() => {
  const rows = [...document.querySelectorAll(".row")];
  const groups = [...document.querySelectorAll(".group")];
  const chips = [...document.querySelectorAll(".chip")];
  const values = new Map(page.data.rows.map((row) => [row.id, row]));
  const texts = new Map();
  const decided = new Map();
  const choices = [
    ["reference", "reference is right", "the reference version is right (key r)"],
    ["other", "other is right", "the other version is right (key o)"],
    ["fine", "both are fine", "the difference is meant (key b)"],
    ["later", "later", "look again later (key l)"],
  ];
  const byKey = { r: "reference", o: "other", b: "fine", l: "later" };
  let current = null;

  const initial = chips.filter(page.isPressed).map((chip) => chip.dataset.verdict).join(" ");

  function text(row) {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  }

  function filter() {
    const verdicts = chips.filter(page.isPressed).map((chip) => chip.dataset.verdict);
    const words = page.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const own = row.dataset.verdict.split(" ");
      const hidden = !own.some((verdict) => verdicts.includes(verdict)) || !words.every((word) => text(row).includes(word));
      if (row.hidden !== hidden) row.hidden = hidden;
      if (!hidden) shown += 1;
    }
    for (const group of groups) group.hidden = !group.querySelector(".row:not([hidden])");
    page.status.textContent = `${shown} of ${rows.length}` + (page.isKept() ? "" : " · decisions are lost with this page");
    document.getElementById("nothing").hidden = shown > 0;
    const show = verdicts.join(" ");
    page.remember({ q: page.search.value, show: show === initial ? "" : show || "none" });
  }

  function decision(row) {
    if (!decided.has(row)) {
      const controls = page.controls(row.id, choices, (choice) => { row.dataset.choice = choice || ""; });
      row.append(controls.element);
      decided.set(row, controls);
    }
    return decided.get(row);
  }

  function select(row) {
    if (current) current.classList.remove("current");
    current = row;
    current.classList.add("current");
    decision(current);
    current.focus({ preventScroll: true });
    current.scrollIntoView({ block: "nearest" });
    page.remember({ row: current.id });
  }

  function move(step) {
    const visible = rows.filter((row) => !row.hidden);
    if (!visible.length) return;
    const at = visible.indexOf(current);
    select(visible[at < 0 ? (step > 0 ? 0 : visible.length - 1) : Math.max(0, Math.min(visible.length - 1, at + step))]);
  }

  /** Goes to the row that the address names, even if a filter hides it. */
  function go() {
    const state = page.state();
    const named = state.get("row") && document.getElementById(state.get("row"));
    if (!named) return;
    if (!named.classList.contains("row")) return void named.scrollIntoView();
    if (named.hidden) {
      const [first] = named.dataset.verdict.split(" ");
      chips.filter((chip) => chip.dataset.verdict === first).forEach((chip) => page.press(chip, true));
      page.search.value = "";
      filter();
    }
    select(named);
    named.scrollIntoView({ block: "center" });
  }

  const label = (row) => {
    const named = row.items.filter(Boolean);
    return named.map((item) => (item.number ? `${item.number}. ` : "") + item.title);
  };
  const made = () => rows.map((row) => ({ ...values.get(row.id), ...page.decision(row.id) })).filter((row) => row.choice || row.note);
  const name = (choice) => (choices.find(([id]) => id === choice) || ["", "noted"])[1];
  page.onExport({
    markdown() {
      const line = (row) => {
        const places = row.items.filter(Boolean).map((item) => `\`${item.place}\``).join(", ");
        const titles = label(row).map((title) => `“${page.markdown(title)}”`).join(" ↔ ");
        return `- [ ] **${name(row.choice)}**: ${titles} (${places})${row.note ? `: ${page.markdown(row.note)}` : ""}\n`;
      };
      page.save("decisions.md", "text/markdown", `# ${page.markdown(document.title)}\n\n${made().map(line).join("")}`);
    },
    csv() {
      const head = ["id", "verdict", "decision", "note", ...page.data.versions.flatMap((version) => [version, "place"])];
      const row = (row) =>
        [row.id, row.verdict, row.choice, row.note, ...row.items.flatMap((item) => [item?.title, item?.place])];
      page.save("decisions.csv", "text/csv", page.csv([head, ...made().map(row)]));
    },
    allow() {
      const reason = (row) => (row.note || "checked in the comparison").replace(/-->/g, "→").replace(/\s+/g, " ");
      const comment = (row) => (finding) => `${finding.place}: <!-- recto-allow ${finding.rule}: ${reason(row)} -->\n`;
      const fine = made().filter((row) => row.choice === "fine");
      page.save("allow.txt", "text/plain", fine.flatMap((row) => row.findings.map(comment(row))).join(""));
    },
  });

  for (const chip of chips) {
    chip.addEventListener("click", () => {
      page.press(chip, !page.isPressed(chip));
      filter();
    });
  }
  page.search.addEventListener("input", filter);
  document.getElementById("main").addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (row && row !== current && !event.target.closest("a, button, input, summary")) select(row);
  });
  addEventListener("hashchange", go);
  page.keys((key) => {
    if (key === "j") move(1);
    else if (key === "k") move(-1);
    else if (key === "Enter" && current) {
      const body = current.querySelector("details.body");
      if (body) body.open = !body.open;
    } else if (byKey[key] && current) decision(current).choose(byKey[key]);
    else if (key === "n" && current) decision(current).note.focus();
    else if (key === "c" && current) page.copy(location.href);
    else if (key === "0") {
      chips.forEach((chip) => page.press(chip, true));
      filter();
    } else if (chips[Number(key) - 1]) {
      page.press(chips[Number(key) - 1], !page.isPressed(chips[Number(key) - 1]));
      filter();
    } else return false;
    return true;
  });
  const state = page.state();
  page.search.value = state.get("q") || "";
  if (state.get("show")) chips.forEach((chip) => page.press(chip, state.get("show").split(" ").includes(chip.dataset.verdict)));
  for (const row of rows) if (page.decision(row.id).choice || page.decision(row.id).note) decision(row);
  filter();
  go();
})();
