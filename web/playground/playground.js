"use strict";
// The playground. Text of documents enters the page as text, never as markup.
const $ = (id) => document.getElementById(id);
/** Findings that are shown before "Show more". */
const PAGE = 200;
/** Pause in typing, in milliseconds, after which a text is checked. */
const PAUSE = 150;
const RULES = "https://recto-lint.github.io/recto/rules/";
const SAMPLE = "# Notes\n\nIt doesn\u00e2\u20ac\u2122t leave before noon, and the the last one sails at six.\n\nYou will recieve a tag.\n";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function make(name, properties, ...children) {
  const element = document.createElement(name);
  for (const [property, value] of Object.entries(properties || {})) {
    if (property === "class") element.className = value;
    else element.setAttribute(property, value);
  }
  element.append(...children);
  return element;
}

/** Returns the nodes of a message, in which backticks enclose code. */
function prose(text) {
  return text.split("`").map((part, at) => (at % 2 ? make("code", {}, part) : part));
}

// ---- recto in its thread ----

let worker;
let waiting = new Map();
let last = 0;
const began = performance.now();

function begin() {
  const source = new Blob([$("glue").textContent], { type: "text/javascript" });
  worker = new Worker(URL.createObjectURL(source));
  worker.onmessage = ({ data }) => {
    const { resolve, reject } = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.isBroken) {
      worker.terminate();
      for (const other of waiting.values()) other.reject(new Error("recto was restarted"));
      waiting = new Map();
      begin();
      reject(new Error("recto failed on this input, which is a bug; it was restarted"));
    } else if ("error" in data) reject(new Error(data.error));
    else resolve(data.done);
  };
  ask("start", $("module").textContent.trim()).then((version) => {
    const took = Math.round(performance.now() - began);
    $("state").textContent = `recto ${version} is ready (${took} ms)`;
    document.documentElement.dataset.ready = took;
    check();
  }, (error) => { $("state").textContent = `recto does not run in this browser: ${error.message}`; });
}

function ask(kind, given) {
  last += 1;
  const id = last;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, kind, given });
  });
}

/** Returns a function that runs `act` after a pause, and never twice at a time. */
function calmly(act) {
  let timer = 0;
  let runs = false;
  let again = false;
  async function run() {
    if (runs) {
      again = true;
      return;
    }
    runs = true;
    do {
      again = false;
      await act();
    } while (again);
    runs = false;
  }
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, PAUSE);
  };
}

// ---- files ----

/** Files by path: their bytes, and whether a fix changed them. */
const files = new Map();
const PASTED = "pasted.md";

function given() {
  const listed = [...files].map(([path, { bytes }]) => ({ path, bytes }));
  const text = $("text").value;
  if (text) listed.push({ path: PASTED, bytes: encoder.encode(text) });
  return { files: listed, settings: $("settings").value, tiers: $("audit").checked ? "audit" : "gate" };
}

/** Files of which only the name counts, as the target of links. */
const MEDIA = /\.(?:png|jpe?g|gif|webp|avif|ico|bmp|tiff?|mp[34]|m4[av]|webm|mov|avi|ogg|wav|flac|pdf|zip|gz|xz|bz2|7z|tar|jar|woff2?|ttf|otf|eot|docx?|xlsx?|pptx?|exe|dll|so|wasm|class|pyc)$/i;
/** Size of a file, in bytes, above which only its name counts: the limit of recto on the command line. */
const LARGEST = 64 << 20;

async function add(chosen) {
  for (const { path, file } of chosen) {
    const isNameOnly = MEDIA.test(path) || file.size > LARGEST;
    const bytes = isNameOnly ? new Uint8Array() : new Uint8Array(await file.arrayBuffer());
    files.set(path, { bytes, changed: false, isNameOnly });
  }
  if ($("text").value === SAMPLE) $("text").value = "";
  recheck();
}

/** Shows the files, and checks them from the beginning. */
function recheck() {
  list();
  findings = [];
  render();
  for (const id of ["fix", "fix-more", "save"]) $(id).disabled = true;
  $("shown").textContent = "Checking …";
  check();
}

function list() {
  const box = $("list");
  box.hidden = $("clear").hidden = files.size === 0;
  const remark = ({ changed, isNameOnly }) => (changed ? " (changed)" : isNameOnly ? " (not read)" : "");
  box.replaceChildren(...[...files].map(([path, file]) =>
    make("div", file.changed ? { class: "changed" } : {}, path + remark(file))));
}

/** Folders that are left out, as on the command line: hidden ones but .github, and installed packages. */
const isLeftOut = (name) => /^(?:\.(?!github$).*|node_modules)$/.test(name);

/**
 * Returns the files below dropped items, by path.
 *
 * Chromium reads entries of a page that is itself a file only through handles; other browsers have no handles.
 */
async function dropped(items) {
  const given = [...items].filter((item) => item.kind === "file");
  // All are asked for at once, because the items are gone after the event.
  const asked = given.map((item) => (item.getAsFileSystemHandle ? item.getAsFileSystemHandle().catch(() => null) : null));
  const entries = given.map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry());
  const found = [];
  for (const [at, handle] of (await Promise.all(asked)).entries()) {
    if (handle) await ofHandle(handle, handle.name, found);
    else if (entries[at]) await ofEntry(entries[at], found);
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function ofHandle(handle, path, found) {
  if (handle.kind === "file") found.push({ path, file: await handle.getFile() });
  else if (!isLeftOut(handle.name)) {
    for await (const inner of handle.values()) await ofHandle(inner, `${path}/${inner.name}`, found);
  }
}

async function ofEntry(entry, found) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    found.push({ path: entry.fullPath.replace(/^\//, ""), file });
  } else if (!isLeftOut(entry.name)) {
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!some.length) break;
      for (const inner of some) await ofEntry(inner, found);
    }
  }
}

function save(name, parts, type) {
  const link = make("a", { href: URL.createObjectURL(new Blob(parts, { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit += 1) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

/** Returns the parts of a ZIP archive whose files are stored as they are (APPNOTE 6.3.9, 4.3). */
function zip(entries) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { path, bytes } of entries) {
    const name = encoder.encode(path);
    let crc = 0xffffffff;
    for (const byte of bytes) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
    crc = (crc ^ 0xffffffff) >>> 0;
    const shared = new DataView(new ArrayBuffer(26));
    shared.setUint16(0, 20, true); // version needed
    shared.setUint16(2, 0x0800, true); // names are UTF-8
    shared.setUint32(10, crc, true);
    shared.setUint32(14, bytes.length, true);
    shared.setUint32(18, bytes.length, true);
    shared.setUint16(22, name.length, true);
    shared.setUint16(8, 0x21, true); // 1980-01-01
    const head = new Uint8Array(shared.buffer);
    parts.push(Uint8Array.of(0x50, 0x4b, 3, 4), head, name, bytes);
    const place = new DataView(new ArrayBuffer(14));
    place.setUint32(10, offset, true);
    directory.push(Uint8Array.of(0x50, 0x4b, 1, 2, 20, 0), head, new Uint8Array(place.buffer), name);
    offset += 30 + name.length + bytes.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, entries.length, true);
  end.setUint16(10, entries.length, true);
  end.setUint32(12, size, true);
  end.setUint32(16, offset, true);
  return [...parts, ...directory, new Uint8Array(end.buffer)];
}

// ---- check and fix ----

let findings = [];
let shownAtMost = PAGE;

const check = calmly(async () => {
  const asked = given();
  $("mistakes").hidden = true;
  let report;
  try {
    report = await ask("check", asked);
  } catch (error) {
    told(error);
    return;
  }
  show(report, asked.files);
});

function told(error) {
  const isSetting = /^\d+:\d+: /.test(error.message);
  $("mistakes").hidden = !isSetting;
  $("mistakes").textContent = isSetting ? error.message : "";
  $("shown").textContent = isSetting ? "The settings have a mistake" : error.message;
  if (isSetting) $("mistakes").closest("details").open = true;
}

function show(report, asked) {
  const bytes = new Map(asked.map((file) => [file.path, file.bytes]));
  // A text alone has no files around it.
  const isAlone = files.size === 0;
  const isElsewhere = (finding) => isAlone && finding.rule === "broken-link" && finding.message.startsWith("there is no file");
  findings = report.findings.filter((finding) => !isElsewhere(finding)).map((finding) => ({ finding, bytes }));
  const count = (level) => findings.filter(({ finding }) => finding.fix && finding.fix.applicability === level).length;
  $("fix").disabled = count("safe") === 0;
  $("fix-more").disabled = count("safe") + count("unsafe") === 0;
  $("save").disabled = ![...files.values()].some((file) => file.changed) && !textChanged;
  shownAtMost = PAGE;
  render();
}

function render() {
  const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const hit = ({ finding }) => {
    const text = `${finding.rule} ${finding.family} ${finding.path} ${finding.message}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const shown = findings.filter(hit);
  const nothing = files.size || $("text").value ? "Nothing to complain about" : "No text yet";
  $("shown").textContent = findings.length === 0 ? nothing
    : `${shown.length} of ${findings.length} finding${findings.length === 1 ? "" : "s"}`;
  $("findings").replaceChildren(...shown.slice(0, shownAtMost).map(entry));
  $("more").hidden = shown.length <= shownAtMost;
}

/** Characters of context on either side of a change. */
const AROUND = 40;
/** Characters of a changed text that are shown. */
const LONGEST = 160;

function short(text) {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
}

function line(bytes, start, end, inner) {
  // No character of UTF-8 has more than four bytes.
  const before = decoder.decode(bytes.subarray(Math.max(0, start - 4 * AROUND), start)).split("\n").pop().slice(-AROUND);
  const after = decoder.decode(bytes.subarray(end, end + 4 * AROUND)).split("\n")[0].slice(0, AROUND);
  return make("p", {}, make("code", {}, before.replace(/^\ufffd+/, ""), ...inner, after.replace(/\ufffd+$/, "")));
}

function entry({ finding, bytes }) {
  const own = bytes.get(finding.path) || new Uint8Array();
  const at = `${finding.path}:${finding.start.line}:${finding.start.column}`;
  const place = make("button", { class: "place", type: "button" }, at);
  place.addEventListener("click", () => select(finding));
  const item = make("li", { class: finding.severity },
    make("p", {}, make("a", { class: "rule", href: `${RULES}${finding.rule}/`, rel: "noreferrer" }, finding.rule),
      ` ${finding.tier === "audit" ? "(audit) " : ""}`, place),
    make("p", {}, ...prose(finding.message)));
  const edits = finding.fix ? finding.fix.edits.filter((edit) => edit.path === finding.path).slice(0, 5) : [];
  for (const edit of edits) {
    const old = short(decoder.decode(own.subarray(edit.start, edit.end)));
    item.append(line(own, edit.start, edit.end, [make("del", {}, old), make("ins", {}, short(edit.replacement))]));
  }
  if (!edits.length && finding.text) {
    item.append(line(own, finding.start.offset, finding.end.offset, [make("mark", {}, short(finding.text))]));
  }
  if (finding.fix) {
    const level = { safe: "safe", unsafe: "likely", "display-only": "for a person to decide" }[finding.fix.applicability];
    item.append(make("p", { class: "soft" }, ...prose(finding.fix.title), ` (${level})`));
  } else if (finding.candidates.length) {
    item.append(make("p", { class: "soft" }, `maybe ${finding.candidates.slice(0, 5).join(", ")}`));
  }
  if (finding.help) item.append(make("p", { class: "soft" }, ...prose(finding.help)));
  for (const other of finding.related.slice(0, 3)) {
    item.append(make("p", { class: "soft" }, `${other.path}:${other.start.line}: `, ...prose(other.message)));
  }
  return item;
}

/** Selects the text of a finding, if it is in the field. */
function select(finding) {
  if (finding.path !== PASTED) return;
  const bytes = encoder.encode($("text").value);
  const index = (offset) => decoder.decode(bytes.subarray(0, offset)).length;
  $("text").focus();
  $("text").setSelectionRange(index(finding.start.offset), index(finding.end.offset));
}

let textChanged = false;

async function fix(level) {
  const asked = given();
  let fixed;
  try {
    fixed = await ask("fix", { ...asked, level });
  } catch (error) {
    told(error);
    return;
  }
  for (const { path, bytes } of fixed.changed) {
    if (path === PASTED && !files.has(PASTED)) {
      $("text").value = decoder.decode(bytes);
      textChanged = true;
    } else files.set(path, { bytes, changed: true });
  }
  list();
  show(fixed.report, given().files);
}

$("fix").addEventListener("click", () => fix("safe"));
$("fix-more").addEventListener("click", () => fix("unsafe"));
$("save").addEventListener("click", () => {
  const changed = [...files].filter(([, file]) => file.changed).map(([path, { bytes }]) => ({ path, bytes }));
  if (textChanged) changed.push({ path: PASTED, bytes: encoder.encode($("text").value) });
  if (changed.length === 1) save(changed[0].path.split("/").pop(), [changed[0].bytes], "application/octet-stream");
  else save("repaired.zip", zip(changed), "application/zip");
});
$("more").addEventListener("click", () => { shownAtMost += PAGE; render(); });
for (const id of ["text", "settings"]) $(id).addEventListener("input", check);
$("audit").addEventListener("change", check);
$("search").addEventListener("input", render);
$("clear").addEventListener("click", () => { files.clear(); recheck(); });
for (const id of ["files", "folder"]) {
  $(id).addEventListener("change", () => {
    const hidden = (path) => path.split("/").slice(0, -1).some(isLeftOut);
    const chosen = [...$(id).files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
    add(chosen.filter(({ path }) => !hidden(path)));
    $(id).value = "";
  });
}

// ---- compare ----

let comparison = null;

const compare = calmly(async () => {
  const [left, right] = [$("left").value, $("right").value];
  const body = $("pairs").tBodies[0];
  comparison = null;
  $("pairs").hidden = true;
  $("save-page").disabled = true;
  if (!left.trim() || !right.trim()) {
    $("verdict").textContent = "";
    return;
  }
  const version = (name, text) => ({ name, files: [{ path: `${name}.md`, bytes: encoder.encode(text) }] });
  try {
    comparison = await ask("compare", { versions: [version("reference", left), version("other", right)] });
  } catch (error) {
    $("verdict").textContent = error.message;
    return;
  }
  const { pairs, summary, unit } = comparison.json;
  $("verdict").textContent = `${summary.same} of ${pairs.length} ${unit} are the same`;
  const cell = (side) => make("td", {}, side ? `${side.number ?? ""} ${side.title}`.trim() : "–");
  body.replaceChildren(...pairs.map((pair) =>
    make("tr", { class: pair.verdict }, make("td", {}, pair.verdict), cell(pair.left), cell(pair.right))));
  $("pairs").hidden = false;
  $("save-page").disabled = false;
});

for (const id of ["left", "right"]) $(id).addEventListener("input", compare);
$("save-page").addEventListener("click", () => save("comparison.html", [comparison.html], "text/html"));
for (const input of document.querySelectorAll("input[data-for]")) {
  input.addEventListener("change", async () => { await open(input.dataset.for, input.files[0]); input.value = ""; });
}

async function open(id, file) {
  try {
    const decoded = await ask("decode", { bytes: new Uint8Array(await file.arrayBuffer()) });
    $(id).value = decoded.text;
    compare();
  } catch (error) {
    $("verdict").textContent = `${file.name}: ${error.message}`;
  }
}

// ---- repair ----

let damaged = null;
let repaired = null;

async function repair() {
  if (!damaged) return;
  repaired = null;
  $("save-repaired").disabled = true;
  $("repaired").value = "";
  $("repairs").replaceChildren();
  try {
    const decoded = await ask("decode", { bytes: damaged.bytes });
    const level = $("proved").checked ? "safe" : "unsafe";
    const done = await ask("repair", { bytes: damaged.bytes, level });
    repaired = done.bytes;
    const rivals = decoded.certain ? "" : `, or ${decoded.rivals.join(" or ") || "another encoding"}`;
    const number = done.repairs.length;
    $("encoding").textContent = `${damaged.name}: ${decoded.encoding || "several encodings"}${rivals}; `
      + `${number} repair${number === 1 ? "" : "s"}`;
    $("repaired").value = decoder.decode(repaired);
    $("repairs").replaceChildren(...done.repairs.slice(0, PAGE).map((one) =>
      make("li", {}, `${one.line}:${one.column} `, make("del", {}, one.found), " ", make("ins", {}, one.repair),
        make("span", { class: "soft" }, ` ${one.recipe} (${one.proved ? "proved" : "likely"})`))));
    $("save-repaired").disabled = false;
  } catch (error) {
    $("encoding").textContent = `${damaged.name} ${error.message}`;
  }
}

async function load(file) {
  damaged = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
  await repair();
}

$("damaged").addEventListener("change", async () => { await load($("damaged").files[0]); $("damaged").value = ""; });
$("proved").addEventListener("change", repair);
$("save-repaired").addEventListener("click", () => save(damaged.name, [repaired], "application/octet-stream"));

// ---- the page ----

const tabs = [...document.querySelectorAll("[role=tab]")];

function turn(tab) {
  for (const other of tabs) {
    const isOn = other === tab;
    other.setAttribute("aria-selected", String(isOn));
    other.tabIndex = isOn ? 0 : -1;
    $(other.getAttribute("aria-controls")).hidden = !isOn;
  }
}

for (const [at, tab] of tabs.entries()) {
  tab.addEventListener("click", () => turn(tab));
  tab.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!step) return;
    const next = tabs[(at + step + tabs.length) % tabs.length];
    turn(next);
    next.focus();
  });
}

addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("over");
});
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("over");
});
addEventListener("drop", async (event) => {
  event.preventDefault();
  document.body.classList.remove("over");
  const on = event.target;
  const found = await dropped(event.dataTransfer.items);
  if (!found.length) return;
  if (!$("repair").hidden) await load(found[0].file);
  else if (!$("compare").hidden) {
    const sides = found.length > 1 ? ["left", "right"] : [on.id === "right" || ($("left").value && on.id !== "left") ? "right" : "left"];
    for (const [at, side] of sides.entries()) await open(side, found[at].file);
  } else await add(found);
});

$("text").value = SAMPLE;
begin();
