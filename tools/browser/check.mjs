// Drives the pages of `recto report` and `recto compare` in a headless Chromium: hostile text runs nothing, axe-core
// finds nothing, decisions survive a reload and are saved, and a filter over 20,000 findings answers at once.
//
//     npm install && node check.mjs ../../target/release/recto [folder for screenshots]
//
// CHROMIUM names the browser (default: /usr/bin/chromium).
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import puppeteer from "puppeteer-core";

const recto = path.resolve(process.argv[2] || "../../target/release/recto");
const shots = process.argv[3] && path.resolve(process.argv[3]);
const axe = fs.readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "recto-pages-"));
const failures = [];

function must(holds, told) {
  console.log(`${holds ? "ok  " : "FAIL"} ${told}`);
  if (!holds) failures.push(told);
}

/** Runs recto in the folder; pages are written whatever is found. */
function run(...args) {
  try {
    return execFileSync(recto, args, { cwd: folder, encoding: "utf8" });
  } catch (error) {
    if (error.status > 1) throw error;
    return error.stdout;
  }
}

const hostile = [
  "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "<svg onload=alert(1)>",
  "[x](javascript:alert(1))", "\"onmouseover=alert(1) '", "{{constructor.constructor('alert(1)')()}}",
];
const items = (word) => hostile.map((text, at) => `## ${at + 1}. ${text} ${word}\n\nTeh ${text} and ${word}.\n`).join("\n");
fs.writeFileSync(path.join(folder, "a.md"), `# One\n\n${items("quay")}`);
fs.writeFileSync(path.join(folder, "b.md"), `# Two\n\n${items("mooring")}\n## 9. Alone\n\nText.\n`);
const many = Array.from({ length: 20000 }, (_, at) => `Teh tide of day ${at} is low.\n`).join("\n");
fs.mkdirSync(path.join(folder, "many"));
fs.writeFileSync(path.join(folder, "many", "many.md"), many);

run("report", "--html", "report.html", "a.md", "b.md");
run("compare", "a.md", "b.md", "--html", "compare.html");
run("report", "--html", "many.html", "--select", "misspelling", "many");

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox"],
});

async function open(name) {
  const page = await browser.newPage();
  page.told = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.told.push(message.text()));
  page.on("pageerror", (error) => page.told.push(String(error)));
  page.on("dialog", (dialog) => { page.told.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => { if (!/^(file|blob|data):/.test(request.url())) page.told.push(request.url()); });
  await page.setViewport({ width: 1400, height: 900 });
  await page.goto(`file://${path.join(folder, name)}`);
  await page.waitForSelector("#shown");
  return page;
}

const pages = { report: [".finding", 3], compare: [".row", hostile.length] };
for (const [name, [row, least]] of Object.entries(pages)) {
  const page = await open(`${name}.html`);
  const shown = await page.$$eval(row, (rows) => rows.length);
  must(shown >= least, `${name}: ${shown} of at least ${least} are shown`);
  for (const key of ["j", "Enter", "l", "j", "n"]) await page.keyboard.press(key);
  await page.keyboard.type("noted");
  await page.keyboard.press("Enter");
  if (shots) await page.screenshot({ path: path.join(shots, `${name}-light.png`) });
  const address = page.url();
  await page.goto("about:blank");
  await page.goto(address);
  await page.waitForSelector(`${row}.current`);
  must(await page.$$eval("input[aria-label=Note]", (notes) => notes.some((note) => note.value === "noted")),
    `${name}: a note is there after a reload, and the address leads to its row`);
  await page.evaluate(axe);
  for (const theme of ["light", "dark"]) {
    await page.evaluate((theme) => { document.documentElement.dataset.theme = theme; }, theme);
    const violations = await page.evaluate(async () =>
      (await axe.run(document, { resultTypes: ["violations"] })).violations.map((one) => `${one.id} (${one.nodes.length})`));
    must(violations.length === 0, `${name}: axe-core finds nothing in the ${theme} theme: ${violations}`);
  }
  await page.setViewport({ width: 420, height: 900 });
  const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  must(wide <= window, `${name}: fits a window of 420 px`);
  if (shots) await page.screenshot({ path: path.join(shots, `${name}-dark-420.png`) });
  must(page.told.length === 0, `${name}: nothing of a document runs or loads: ${page.told}`);
  await page.close();
}

const page = await open("many.html");
const times = await page.evaluate(async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const search = document.getElementById("search");
  async function time(act) {
    const start = performance.now();
    act();
    await frame();
    return Math.round(performance.now() - start);
  }
  const find = (text) => () => { search.value = text; search.dispatchEvent(new Event("input")); };
  return {
    filter: await time(() => document.querySelector(".chip").click()),
    back: await time(() => document.querySelector(".chip").click()),
    "first search": await time(find("day 1")),
    search: await time(find("day 19")),
    all: await time(find("")),
    scroll: await time(() => scrollTo(0, document.body.scrollHeight)),
  };
});
// Times are shown, not judged, because they depend on the machine.
console.log("     20,000 findings, in ms:", times);
must(page.told.length === 0, `many: no error: ${page.told}`);
await browser.close();
fs.rmSync(folder, { recursive: true });
if (failures.length) {
  console.error(`${failures.length} of the checks failed`);
  process.exit(1);
}
