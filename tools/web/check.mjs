#!/usr/bin/env node
// Drives the playground in a headless Chromium, and the npm package in Node: both give, byte for byte, what the command
// line gives; the page asks no other host for anything, works from a file and without a network, is usable by keyboard
// and on a phone, and axe-core finds nothing.
//
//     node tools/web/build.mjs
//     cd tools/web && npm install && node check.mjs ../../target/release/recto [folder for screenshots]
//
// CHROMIUM names the browser (default: /usr/bin/chromium).
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const recto = path.resolve(process.argv[2] || "../../target/release/recto");
const shots = process.argv[3] && path.resolve(process.argv[3]);
const built = fileURLToPath(new URL("../../target/web/", import.meta.url));
const playground = path.join(built, "playground.html");
const axe = fs.readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "recto-web-"));
const failures = [];
// Bounds for bytes and for milliseconds on two busy cores (guesses, with room to spare).
const MOST_BYTES = 12e6;
const LONGEST_START = 10000;

function must(holds, told) {
  console.log(`${holds ? "ok  " : "FAIL"} ${told}`);
  if (!holds) failures.push(told);
}

// ---- a garbled folder ----

const utf16 = (text) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
/** Text in UTF-8 that was read as Latin-1. */
const garbled = (text) => Buffer.from(text).toString("latin1");
const PROSE = "Die Fähre fährt für Gäste über den Fluss, und größere Boote müssen im Süden anlegen. Früher hörte man hier Glöckner läuten, später nur noch Möwen.\n";
const content = {
  "guide/start.md": garbled("# Café at the quay\n\nIt doesn’t open before noon — crème brûlée costs 4 €.\n"),
  "guide/crlf.md": garbled("# Rooms\n\n“Ask at the bar”, said the keeper…\n").replaceAll("\n", "\r\n"),
  "guide/clean.md": "# Clean\n\nNothing is wrong here, see [the chart](chart.png).\n",
  "guide/chart.png": Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"),
  "deep/er/ünï.md": garbled("# Zürich\n\nGrüße aus Zürich\n"),
  "wide.md": utf16("# Wide\n\nA file in two bytes: “quay”.\n"),
  "latin.md": Buffer.from(`# Fluss\n\n${PROSE.repeat(6)}`, "latin1"),
  "bom.md": Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(garbled("# Mark\n\nIt’s marked.\n"))]),
  "binary.dat": Buffer.from([0, 1, 2, 3, 255, 254, 0, 0]),
};
const folder = path.join(scratch, "garbled");
const expected = path.join(scratch, "expected");
for (const at of [folder, expected]) {
  for (const [name, bytes] of Object.entries(content)) {
    fs.mkdirSync(path.dirname(path.join(at, name)), { recursive: true });
    fs.writeFileSync(path.join(at, name), bytes);
  }
}
spawnSync(recto, ["check", "--no-config", "--fix", "--unsafe-fixes", "--quiet", "."], { cwd: expected });
const changedNames = Object.keys(content).filter((name) =>
  !fs.readFileSync(path.join(expected, name)).equals(fs.readFileSync(path.join(folder, name)))).sort();
must(changedNames.length >= 5, `the command line changes ${changedNames.length} files`);

// ---- the page ----

const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });

async function open(address) {
  const page = await browser.newPage();
  page.told = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.told.push(message.text()));
  page.on("pageerror", (error) => page.told.push(String(error)));
  page.on("dialog", (dialog) => { page.told.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => {
    if (request.url() !== address && !/^(blob|data):/.test(request.url())) page.told.push(request.url());
  });
  await page.setViewport({ width: 1400, height: 900 });
  await page.goto(address);
  await page.waitForFunction("document.documentElement.dataset.ready", { timeout: 60000 });
  const session = await page.createCDPSession();
  page.saved = fs.mkdtempSync(path.join(scratch, "saved-"));
  await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: page.saved, eventsEnabled: true });
  page.session = session;
  return page;
}

/** Drops files or folders onto the middle of the page. */
async function drop(page, paths) {
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await page.session.send("Input.dispatchDragEvent", { type, x: 700, y: 700, data });
  }
}

async function savedFile(page) {
  for (let tries = 0; tries < 100; tries += 1) {
    const names = fs.readdirSync(page.saved).filter((name) => !name.endsWith(".crdownload"));
    if (names.length) {
      const file = path.join(page.saved, names[0]);
      const bytes = fs.readFileSync(file);
      fs.rmSync(file);
      return { name: names[0], bytes };
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("nothing was saved");
}

/** Returns the files of an archive, as the zipfile module of Python reads them. */
function unpacked(bytes) {
  const file = path.join(scratch, "saved.zip");
  const at = fs.mkdtempSync(path.join(scratch, "unpacked-"));
  fs.writeFileSync(file, bytes);
  execFileSync("python3", ["-m", "zipfile", "--test", file]);
  execFileSync("python3", ["-m", "zipfile", "--extract", file, at]);
  return fs.readdirSync(at, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map((entry) => path.relative(at, path.join(entry.parentPath ?? entry.path, entry.name)))
    .map((name) => [name, fs.readFileSync(path.join(at, name))]).sort();
}

const settled = (page, condition) => page.waitForFunction(condition, { timeout: 60000 });

async function everyTheme(page, name) {
  await page.evaluate(axe);
  for (const theme of ["light", "dark"]) {
    await page.evaluate((theme) => { document.documentElement.dataset.theme = theme; }, theme);
    const violations = await page.evaluate(async () =>
      (await axe.run(document, { resultTypes: ["violations"] })).violations.map((one) => `${one.id} (${one.nodes.map((node) => node.target)})`));
    must(violations.length === 0, `${name}: axe-core finds nothing in the ${theme} theme: ${violations}`);
    if (shots) await page.screenshot({ path: path.join(shots, `${name}-${theme}.png`) });
  }
  await page.setViewport({ width: 420, height: 900 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  must(wide <= 420, `${name}: fits a window of 420 px (${wide})`);
  if (shots) await page.screenshot({ path: path.join(shots, `${name}-dark-420.png`) });
  await page.evaluate(() => { document.documentElement.dataset.theme = "light"; });
  if (shots) await page.screenshot({ path: path.join(shots, `${name}-light-420.png`) });
  await page.setViewport({ width: 1400, height: 900 });
}

async function drive(address, name) {
  const page = await open(address);
  await page.setOfflineMode(true);
  const started = await page.evaluate("Number(document.documentElement.dataset.ready)");
  must(started <= LONGEST_START, `${name}: ready after ${started} ms`);

  await settled(page, "document.querySelectorAll('#findings li').length >= 3");
  await page.focus("#text");
  await page.keyboard.type("\nThe tide is is low.\n");
  await settled(page, "document.querySelectorAll('#findings li').length >= 4");
  must(true, `${name}: findings come while one types`);
  if (name === "file") await everyTheme(page, "check");

  await page.focus("#text");
  await page.evaluate(() => document.getElementById("text").select());
  await page.keyboard.press("Delete");
  await drop(page, [folder]);
  await settled(page, "document.querySelectorAll('#list div').length === 9");
  await settled(page, "!document.getElementById('fix-more').disabled");
  const about = await page.$$eval("#findings .place", (places) => places.map((place) => place.textContent));
  const text = await page.$eval("#findings", (list) => list.textContent);
  must(!text.includes("chart.png"), `${name}: a link to an image of the folder is not broken`);
  must(about.length >= 10 && about.every((place) => place.startsWith("garbled/")), `${name}: ${about.length} findings about the folder`);
  if (shots) await page.screenshot({ path: path.join(shots, `${name}-dropped.png`) });
  await page.click("#fix-more");
  await settled(page, "document.querySelectorAll('#list .changed').length > 0 && !document.getElementById('save').disabled");
  await page.click("#save");
  const saved = unpacked((await savedFile(page)).bytes).map(([file, bytes]) => [file.replace(/^garbled\//, ""), bytes]);
  const equal = saved.filter(([file, bytes]) => fs.readFileSync(path.join(expected, file)).equals(bytes));
  must(saved.map(([file]) => file).sort().join() === changedNames.join(), `${name}: the same files change: ${saved.map(([file]) => file)}`);
  must(equal.length === saved.length, `${name}: ${equal.length} of ${saved.length} saved files are those of the command line`);

  await page.click("#tab-repair");
  for (const file of ["latin.md", "wide.md", "bom.md", "guide/crlf.md"]) {
    await drop(page, [path.join(folder, file)]);
    await settled(page, `document.getElementById('encoding').textContent.startsWith(${JSON.stringify(path.basename(file))})
      && !document.getElementById('save-repaired').disabled`);
    await page.click("#save-repaired");
    const { bytes } = await savedFile(page);
    const wanted = execFileSync(recto, ["repair", path.join(folder, file)]);
    must(bytes.equals(wanted), `${name}: ${file} is repaired as by the command line`);
  }
  await drop(page, [path.join(folder, "binary.dat")]);
  await settled(page, "document.getElementById('encoding').textContent.includes('is not text')");
  must(await page.$eval("#save-repaired", (button) => button.disabled), `${name}: what is no text cannot be saved`);
  await drop(page, [path.join(folder, "guide/start.md")]);
  await settled(page, "document.querySelectorAll('#repairs li').length > 2");
  if (name === "file") await everyTheme(page, "repair");

  await page.focus("#tab-repair");
  await page.keyboard.press("ArrowLeft");
  must(await page.$eval("#compare", (panel) => !panel.hidden), `${name}: the arrow keys turn to the comparison`);
  const items = (second) => `## 1. Explain the tide\n\nThe sea rises.\n\n## 2. ${second}\n\nText of <b>item</b> two.\n`;
  await page.type("#left", items("Describe a quay"));
  await page.type("#right", items("Describe a <img src=x onerror=alert(1)> buoy"));
  await settled(page, "document.querySelectorAll('#pairs tbody tr').length === 2");
  const verdicts = await page.$$eval("#pairs tbody td:first-child", (cells) => cells.map((cell) => cell.textContent));
  must(verdicts[0] === "same", `${name}: two versions are compared: ${verdicts}`);
  if (name === "file") await everyTheme(page, "compare");
  await page.click("#save-page");
  must((await savedFile(page)).bytes.includes("<!doctype html>"), `${name}: the comparison is saved as a page`);

  await page.click("#tab-check");
  await page.evaluate(() => { document.querySelector("#check details").open = true; });
  await page.type("#settings", "locale = 1");
  await settled(page, "!document.getElementById('mistakes').hidden");
  must(page.told.length === 0, `${name}: no error, and no request: ${page.told}`);
  await page.close();
}

must(fs.statSync(playground).size <= MOST_BYTES, `the page has ${fs.statSync(playground).size} bytes`);
await drive(`file://${playground}`, "file");
const server = http.createServer((request, response) => {
  response.writeHead(request.url === "/" ? 200 : 404, { "content-type": "text/html" });
  response.end(request.url === "/" ? fs.readFileSync(playground) : "");
}).listen(0, "127.0.0.1");
await new Promise((done) => server.once("listening", done));
await drive(`http://127.0.0.1:${server.address().port}/`, "server");
server.close();
await browser.close();

// ---- the package ----

const { check, decode, fix, repair } = await import(path.join(built, "package", "index.js"));
const files = Object.keys(content).filter((name) => /\.(?:md|png)$/.test(name))
  .map((name) => ({ path: name, content: name.endsWith(".md") ? fs.readFileSync(path.join(folder, name)) : "" }));
const report = await check(files);
const told = spawnSync(recto, ["check", "--no-config", "--output-format", "json", "."], { cwd: folder, encoding: "utf8" });
must(JSON.stringify(report.findings) === JSON.stringify(JSON.parse(told.stdout).findings), `package: the ${report.findings.length} findings are those of the command line`);
const { changed } = await fix(files, { level: "unsafe" });
must(changed.length === changedNames.length && changed.every((file) => fs.readFileSync(path.join(expected, file.path)).equals(file.content)),
  `package: ${changed.length} files are fixed as by the command line`);
const { text, encoding } = await decode(fs.readFileSync(path.join(folder, "wide.md")));
must(encoding === "UTF-16LE" && text.startsWith("# Wide"), `package: ${encoding} is decoded`);
const latin = path.join(folder, "latin.md");
must(execFileSync(recto, ["repair", latin]).equals((await repair(fs.readFileSync(latin))).content), "package: a file is repaired as by the command line");

fs.rmSync(scratch, { recursive: true });
if (failures.length) {
  console.error(`${failures.length} of the checks failed`);
  process.exit(1);
}
