// Makes the npm packages: one for each platform, with the program in it, and `recto-lint`, which depends on all of them.
//
//     node npm/build.mjs FOLDER OUT
//
// FOLDER holds, for each platform of `PLATFORMS`, a folder named like the Rust target with the program in it. Platforms
// without such a folder are left out of OUT, but not of the dependencies.

import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Rust target, and what npm calls its system. */
const PLATFORMS = [
  { target: "x86_64-unknown-linux-gnu", os: "linux", cpu: "x64", libc: "glibc", suffix: "-gnu" },
  { target: "x86_64-unknown-linux-musl", os: "linux", cpu: "x64", libc: "musl", suffix: "-musl" },
  { target: "aarch64-unknown-linux-gnu", os: "linux", cpu: "arm64", libc: "glibc", suffix: "-gnu" },
  { target: "aarch64-unknown-linux-musl", os: "linux", cpu: "arm64", libc: "musl", suffix: "-musl" },
  { target: "x86_64-apple-darwin", os: "darwin", cpu: "x64", suffix: "" },
  { target: "aarch64-apple-darwin", os: "darwin", cpu: "arm64", suffix: "" },
  { target: "x86_64-pc-windows-msvc", os: "win32", cpu: "x64", suffix: "" },
];

const [folder, out] = process.argv.slice(2);
if (!folder || !out) {
  console.error("usage: node npm/build.mjs FOLDER OUT");
  process.exit(2);
}
const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const version = /^version = "(.*)"$/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"))[1];
const shared = {
  version,
  license: "MIT OR Apache-2.0",
  repository: { type: "git", url: "git+https://github.com/recto-lint/recto.git" },
};
const write = (path, value) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);

rmSync(out, { recursive: true, force: true });
const dependencies = {};
for (const { target, os, cpu, libc, suffix } of PLATFORMS) {
  const name = `@recto-lint/cli-${os}-${cpu}${suffix}`;
  dependencies[name] = version;
  const program = os === "win32" ? "recto.exe" : "recto";
  const source = join(folder, target, program);
  if (!existsSync(source)) {
    console.error(`left out: ${name}, because there is no ${source}`);
    continue;
  }
  const place = join(out, `cli-${os}-${cpu}${suffix}`);
  mkdirSync(join(place, "bin"), { recursive: true });
  cpSync(source, join(place, "bin", program));
  chmodSync(join(place, "bin", program), 0o755);
  // A program inside an archive could not be started.
  const description = `The program recto for ${os} on ${cpu}; install recto-lint instead`;
  const system = { os: [os], cpu: [cpu], ...(libc ? { libc: [libc] } : {}) };
  write(join(place, "package.json"), { name, description, ...shared, ...system, preferUnplugged: true, files: ["bin"] });
}
const main = join(out, "recto-lint");
cpSync(join(here, "recto"), main, { recursive: true });
for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"]) cpSync(join(root, licence), join(main, licence));
write(join(main, "package.json"), {
  name: "recto-lint",
  description: "A linter and auditor for written content",
  keywords: ["markdown", "linter", "mojibake", "encoding", "spelling"],
  ...shared,
  bin: { recto: "bin/recto.js" },
  files: ["bin", "LICENSE-*"],
  engines: { node: ">=18" },
  optionalDependencies: dependencies,
});
console.log(`${main} ${version}`);
