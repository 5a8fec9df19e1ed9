#!/usr/bin/env node
// Compares the anchors that recto expects with those of the npm package `github-slugger`, on real headings.
//
//     npm install github-slugger && node tools/slugs.mjs [--recto PATH] [--headings N] FOLDER...
//
// Takes headings without markup from the Markdown of the folders, writes them to scratch files, each with a link to the
// anchor that the package gives it, and runs the audit of `broken-link` on them. Each finding is an anchor about which
// the two disagree. Exit code: 1 if there is one.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const args = process.argv.slice(2);
const option = (name, usual) => {
  const at = args.indexOf(name);
  return at < 0 ? usual : args.splice(at, 2)[1];
};
const recto = option("--recto", "recto");
const most = Number(option("--headings", "5000"));
// The package is looked for in the working directory, as `npm install` leaves it there.
const found = createRequire(join(process.cwd(), "x.js")).resolve("github-slugger");
const { default: GithubSlugger } = await import(pathToFileURL(found));

// Headings with markup are rendered before GitHub makes their anchors, so only plain ones are compared.
const plain = /^#{1,6} +([^*_`[\]<>!&\\{}:$~|#]*[^*_`[\]<>!&\\{}:$~|#\s])\s*$/;
const headings = new Set();
for (const folder of args) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.mdx?$/.test(entry.name)) continue;
    let fenced = false;
    for (const line of readFileSync(join(entry.parentPath, entry.name), "utf8").split("\n")) {
      if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
      const match = fenced ? null : plain.exec(line);
      if (match && match[1].trim()) headings.add(match[1].trim());
    }
  }
}

// A stride through all headings, so that all folders are represented.
const all = [...headings];
const step = Math.max(1, all.length / most);
const chosen = Array.from({ length: Math.min(most, all.length) }, (_, at) => all[Math.floor(at * step)]);
const scratch = mkdtempSync(join(tmpdir(), "slugs-"));
for (let at = 0; at < chosen.length; at += 100) {
  const slugger = new GithubSlugger();
  const block = (text) => `## ${text}\n\n[to it](#${encodeURIComponent(slugger.slug(text))})\n`;
  writeFileSync(join(scratch, `${at}.md`), chosen.slice(at, at + 100).map(block).join("\n"));
}
const run = ["check", "--no-config", "--audit", "--select", "broken-link", "--output-format", "json", scratch];
const done = spawnSync(recto.includes("/") ? resolve(recto) : recto, run, { encoding: "utf8", maxBuffer: 1 << 28 });
rmSync(scratch, { recursive: true });
const findings = JSON.parse(done.stdout).findings;
for (const finding of findings) {
  console.log(`${finding.message} (${finding.candidates?.join(", ")})`);
}
console.log(`${chosen.length} headings, ${findings.length} findings`);
process.exit(findings.length > 0 ? 1 : 0);
