// The audit: findings drawn as they come into view, with filters, decisions and their export.
(() => {
  const { make, data } = page;
  const list = document.getElementById("list");
  const more = document.getElementById("more");
  const chips = [...document.querySelectorAll(".chip")];
  const tier = document.getElementById("tier");
  const decided = document.getElementById("decided");
  const filters = document.getElementById("filters");
  const findings = data.findings;
  // Two findings may have one fingerprint: the second one is `…-2`.
  const seen = new Map();
  for (const finding of findings) {
    const number = (seen.get(finding.id) || 0) + 1;
    seen.set(finding.id, number);
    finding.name = number > 1 ? `${finding.id}-${number}` : finding.id;
  }
  const places = new Map(findings.map((finding, at) => [finding.name, at]));
  const shared = findings.length ? findings[0].path.slice(0, data.shared) : "";
  const step = 40;
  const picked = { rule: "", folder: "", path: "" };
  const choices = [
    ["fix", "fix", "mend it (key f)"],
    ["allow", "allow", "it is meant; the note is the reason (key a)"],
    ["baseline", "baseline", "leave it as an old finding (key b)"],
    ["later", "later", "look again later (key l)"],
  ];
  const byKey = { f: "fix", a: "allow", b: "baseline", l: "later" };
  let matching = [];
  let from = 0;
  let until = 0;
  let current = -1;


  function text(finding) {
    if (finding.text === undefined) {
      const parts = [finding.rule, finding.message, finding.path, finding.help, ...finding.candidates,
        ...finding.excerpt.lines.map((line) => line.join(""))];
      finding.text = parts.filter(Boolean).join("\n").toLowerCase();
    }
    return finding.text;
  }

  function matches(severities, words) {
    return (finding) => {
      const path = finding.path.slice(data.shared);
      const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
      const { choice } = page.decision(finding.name);
      return severities.includes(finding.severity)
        && (!tier.value || finding.tier === tier.value)
        && (!decided.value || Boolean(choice) === (decided.value === "any"))
        && (!picked.rule || finding.rule === picked.rule)
        && (!picked.path || path === picked.path)
        && (!picked.folder || folder === picked.folder)
        && words.every((word) => text(finding).includes(word));
    };
  }

  function filter() {
    const severities = chips.filter(page.isPressed).map((chip) => chip.dataset.severity);
    const words = page.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    matching = findings.filter(matches(severities, words));
    current = -1;
    const active = Object.entries(picked).filter(([, value]) => value);
    filters.replaceChildren(...active.map(([name, value]) => {
      const button = make("button", { type: "button", title: "remove this filter" }, `${name}: ${value} ×`);
      button.addEventListener("click", () => pick(name, ""));
      return button;
    }));
    page.remember({
      q: page.search.value, ...picked, tier: tier.value, decided: decided.value,
      severity: severities.length === chips.length ? "" : severities.join(" ") || "none",
    });
    tell();
    draw(0);
  }

  function tell() {
    const made = page.decided();
    page.status.textContent = `${matching.length} of ${findings.length}` + (made ? ` · ${made} decided` : "")
      + (page.isKept() ? "" : " · decisions are lost with this page");
    document.getElementById("nothing").hidden = matching.length > 0;
  }

  function pick(name, value) {
    picked[name] = value;
    filter();
  }

  /** Starts the list at a finding. */
  function draw(start) {
    from = until = Math.max(0, start);
    list.replaceChildren();
    if (from > 0) {
      const button = make("button", { type: "button" }, `show the ${from} before`);
      button.addEventListener("click", () => draw(0));
      list.append(button);
    }
    extend();
  }

  function extend() {
    const part = document.createDocumentFragment();
    for (const end = Math.min(matching.length, until + step); until < end; until += 1) {
      const finding = matching[until];
      if (until === from || matching[until - 1].rule !== finding.rule) {
        part.append(heading(finding.rule));
      }
      part.append(card(finding));
    }
    list.append(part);
    more.hidden = until >= matching.length;
  }

  /** Returns the heading of a rule, with a decision for all its findings that are shown. */
  function heading(rule) {
    const all = matching.filter((finding) => finding.rule === rule);
    const choose = make("select", { "aria-label": `Decide all ${all.length} of ${rule}` },
      make("option", { value: "" }, "decide all…"),
      ...choices.map(([choice, label]) => make("option", { value: choice }, `all: ${label}`)),
      make("option", { value: "none" }, "all: undecided"));
    choose.addEventListener("change", () => {
      const choice = choose.value === "none" ? "" : choose.value;
      page.decideAll(all.map((finding) => finding.name), choice);
      for (const finding of all) finding.decision?.show();
      choose.value = "";
      tell();
    });
    return make("div", { class: "rule" }, make("h2", {}, make("code", {}, rule), ` ${data.rules[rule] || ""} `,
      make("span", { class: "soft" }, String(all.length))), all.length > 1 ? choose : null);
  }

  function place(path, line) {
    return make("a", { class: "place", href: `${data.links[path]}#L${line}` }, `${path.startsWith(shared) ? path.slice(shared.length) : path}:${line}`);
  }

  function excerpt({ line, lines, cut }) {
    const width = String(line + lines.length).length;
    const block = make("pre", { class: "excerpt", tabindex: "0" });
    lines.forEach(([before, within, after], at) => {
      block.append(make("span", { class: "line" }, `${String(line + at).padStart(width)} `), before,
        within ? make("mark", {}, within) : "", after, at + 1 < lines.length || cut ? "\n" : "");
    });
    if (cut) block.append("…");
    return block;
  }

  /** Returns the lines of an edit without their context, as deleted and inserted words. */
  function change({ old, from: start, to, new: text }) {
    const head = old.lastIndexOf("\n", start - 1) + 1;
    const tail = old.indexOf("\n", to) < 0 ? old.length : old.indexOf("\n", to);
    const near = 80;
    return make("pre", {}, old.slice(Math.max(head, start - near), start), make("del", {}, old.slice(start, to)),
      make("ins", {}, text), old.slice(to, Math.min(tail, to + near)));
  }

  function card(finding) {
    const element = make("article", { class: `finding ${finding.severity}`, id: finding.name, tabindex: "-1" });
    const decision = page.controls(finding.name, choices, (choice) => {
      element.dataset.choice = choice || "";
      tell();
    });
    const fix = finding.fix;
    const edits = (fix && fix.edits) || [];
    const related = finding.related.map((one) =>
      make("div", {}, make("p", { class: "advice" }, one.message ? `${one.message} ` : "", place(one.path, one.line)),
        excerpt(one.excerpt)));
    const parts = [
      make("p", {}, make("span", { class: "tag" }, finding.severity), " ", finding.message, " ",
        place(finding.path, finding.line), finding.tier === "audit" ? make("span", { class: "soft" }, " audit") : null),
      related.length ? make("div", { class: "places" }, make("div", {}, make("p", { class: "advice" },
        finding.label || "here"), excerpt(finding.excerpt)), ...related) : excerpt(finding.excerpt),
      finding.further ? make("p", { class: "advice" }, `and ${finding.further} further places`) : null,
      fix ? make("p", { class: "advice" }, `${fix.level === "safe" ? "fix" : `${fix.level} fix`}: ${fix.title}`) : null,
      ...edits.slice(0, 3).map(change),
      finding.candidates.length ? make("p", { class: "advice" }, `candidates: ${finding.candidates.join(", ")}`) : null,
      finding.help ? make("p", { class: "advice" }, finding.help) : null,
      decision.element,
    ];
    element.append(...parts.filter(Boolean));
    finding.decision = decision;
    finding.element = element;
    return element;
  }
  function select(at) {
    if (at < 0 || at >= matching.length) return;
    if (current >= 0) matching[current].element?.classList.remove("current");
    while (at >= until && until < matching.length) extend();
    current = at;
    const shown = matching[at].element;
    shown.classList.add("current");
    shown.focus({ preventScroll: true });
    shown.scrollIntoView({ block: "nearest" });
    page.remember({ row: matching[at].name });
  }

  /** Goes to the finding that the address names, even if a filter hides it. */
  function go() {
    const name = page.state().get("row");
    if (!places.has(name)) return;
    let at = matching.findIndex((finding) => finding.name === name);
    if (at < 0) {
      clear();
      at = matching.findIndex((finding) => finding.name === name);
    }
    if (at < from || at >= until) draw(at);
    select(at);
    matching[at].element.scrollIntoView({ block: "center" });
  }

  function clear() {
    chips.forEach((chip) => page.press(chip, true));
    Object.keys(picked).forEach((name) => { picked[name] = ""; });
    page.search.value = tier.value = decided.value = "";
    filter();
  }

  /** Returns a unified diff of the edits, each with its lines and their context. Regions that meet are one hunk. */
  function patch(edits) {
    const byPath = new Map();
    for (const edit of edits) byPath.set(edit.path, [...(byPath.get(edit.path) || []), edit]);
    let out = "";
    for (const [path, all] of [...byPath].sort(([a], [b]) => (a < b ? -1 : 1))) {
      out += `--- a/${path}\n+++ b/${path}\n`;
      let shift = 0;
      for (const region of regions(all)) {
        const [old, changed] = [split(region.old), split(region.text)];
        let [head, tail] = [0, 0];
        while (head < old.length && head < changed.length && old[head] === changed[head]) head += 1;
        while (tail < old.length - head && tail < changed.length - head && old.at(-1 - tail) === changed.at(-1 - tail)) tail += 1;
        const context = 3;
        const [start, end] = [Math.max(0, head - context), Math.min(context, tail)];
        const lines = [
          ...old.slice(start, head).map((line) => [" ", line]),
          ...old.slice(head, old.length - tail).map((line) => ["-", line]),
          ...changed.slice(head, changed.length - tail).map((line) => ["+", line]),
          ...old.slice(old.length - tail, old.length - tail + end).map((line) => [" ", line]),
        ];
        const oldCount = lines.filter(([sign]) => sign !== "+").length;
        const newCount = lines.filter(([sign]) => sign !== "-").length;
        out += `@@ -${region.line + start},${oldCount} +${region.line + start + shift},${newCount} @@\n`;
        for (const [sign, line] of lines) out += sign + (line.endsWith("\n") ? line : `${line}\n\\ No newline at end of file\n`);
        shift += newCount - oldCount;
      }
    }
    return out;
  }

  const split = (text) => text.match(/[^\n]*\n|[^\n]+$/g) || [];

  /** Joins edits whose lines meet, and returns each region with its old and its new text. */
  function regions(edits) {
    const sorted = [...edits].sort((a, b) => a.line - b.line || a.from - b.from);
    const found = [];
    for (const edit of sorted) {
      const last = found.at(-1);
      if (last && edit.line <= last.line + split(last.old).length) {
        const before = split(last.old).slice(0, edit.line - last.line).join("").length;
        const rest = edit.old.slice(Math.max(0, last.old.length - before));
        last.old += rest;
        last.edits.push({ from: edit.from + before, to: edit.to + before, text: edit.new });
      } else found.push({ line: edit.line, old: edit.old, edits: [{ from: edit.from, to: edit.to, text: edit.new }] });
    }
    for (const region of found) {
      let [text, at] = ["", 0];
      for (const edit of region.edits.sort((a, b) => a.from - b.from)) {
        // Of two fixes of one place, the first one is taken.
        if (edit.from < at) continue;
        text += region.old.slice(at, edit.from) + edit.text;
        at = edit.to;
      }
      region.text = text + region.old.slice(at);
    }
    return found;
  }

  const made = (...wanted) => findings
    .map((finding) => ({ ...finding, ...page.decision(finding.name) }))
    .filter((finding) => (wanted.length ? wanted.includes(finding.choice) : finding.choice || finding.note));
  page.onExport({
    patch: () => page.save("fixes.patch", "text/x-diff", patch(made("fix").flatMap((finding) => finding.fix?.edits || []))),
    allow() {
      const reason = (finding) => (finding.note || "checked in the audit").replace(/-->/g, "→").replace(/\s+/g, " ");
      const line = (finding) => `${finding.path}:${finding.line}: <!-- recto-allow ${finding.rule}: ${reason(finding)} -->\n`;
      page.save("allow.txt", "text/plain", made("allow").map(line).join(""));
    },
    baseline() {
      const counts = new Map();
      for (const finding of made("baseline")) {
        for (const [path, fingerprint] of finding.recorded) {
          const entry = JSON.stringify({ rule: finding.rule, path, fingerprint });
          counts.set(entry, (counts.get(entry) || 0) + 1);
        }
      }
      const lines = [...counts].map(([entry, count]) => JSON.stringify({ ...JSON.parse(entry), count }) + "\n");
      page.save("recto-baseline.jsonl", "application/jsonl", lines.sort().join(""));
    },
    csv() {
      const head = ["rule", "severity", "path", "line", "message", "decision", "note", "fingerprint"];
      const row = (one) => [one.rule, one.severity, one.path, one.line, one.message, one.choice, one.note, one.id];
      page.save("decisions.csv", "text/csv", page.csv([head, ...made().map(row)]));
    },
    markdown() {
      const line = (one) => `- [ ] **${one.choice || "noted"}** \`${one.rule}\` ${page.markdown(one.message)} `
        + `(\`${one.path}:${one.line}\`)${one.note ? `: ${page.markdown(one.note)}` : ""}\n`;
      page.save("decisions.md", "text/markdown", `# ${page.markdown(document.title)}\n\n${made().map(line).join("")}`);
    },
  });

  for (const chip of chips) {
    chip.addEventListener("click", () => {
      page.press(chip, !page.isPressed(chip));
      filter();
    });
  }
  for (const field of [tier, decided]) field.addEventListener("change", filter);
  page.search.addEventListener("input", filter);
  for (const button of document.querySelectorAll(".pick")) {
    button.addEventListener("click", () => pick(button.dataset.filter, button.dataset.value));
  }
  for (const button of document.querySelectorAll(".all")) {
    button.addEventListener("click", () => {
      for (const row of button.parentElement.querySelectorAll("tr[hidden]")) row.hidden = false;
      button.remove();
    });
  }
  list.addEventListener("click", (event) => {
    const shown = event.target.closest(".finding");
    const at = shown ? matching.findIndex((finding) => finding.element === shown) : -1;
    if (at >= 0 && at !== current && !event.target.closest("a, button, input")) select(at);
  });
  new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting) && until < matching.length) extend();
  }, { rootMargin: "1200px" }).observe(more);
  addEventListener("hashchange", go);
  addEventListener("beforeprint", () => { while (until < matching.length) extend(); });
  page.keys((key) => {
    if (key === "j") select(current < 0 ? from : current + 1);
    else if (key === "k") select(Math.max(from, current - 1));
    else if (byKey[key] && current >= 0) matching[current].decision.choose(byKey[key]);
    else if (key === "n" && current >= 0) matching[current].decision.note.focus();
    else if (key === "c" && current >= 0) page.copy(location.href);
    else if (key === "0") clear();
    else if (chips[Number(key) - 1]) {
      page.press(chips[Number(key) - 1], !page.isPressed(chips[Number(key) - 1]));
      filter();
    } else return false;
    return true;
  });
  const state = page.state();
  page.search.value = state.get("q") || "";
  tier.value = state.get("tier") || "";
  decided.value = state.get("decided") || "";
  for (const name of Object.keys(picked)) picked[name] = state.get(name) || "";
  if (state.get("severity")) {
    chips.forEach((chip) => page.press(chip, state.get("severity").split(" ").includes(chip.dataset.severity)));
  }
  filter();
  go();
})();
