#!/usr/bin/env node
// Starts the program that the package for this platform holds. Nothing is downloaded and nothing runs at installation.
"use strict";

const { spawn } = require("node:child_process");

/** The C library of this Linux system: "gnu", or "musl" where no other is known. */
function libc() {
  const report = process.report?.getReport?.();
  const header = typeof report === "string" ? JSON.parse(report).header : report?.header;
  return header?.glibcVersionRuntime ? "gnu" : "musl";
}

/** Names of the packages that may hold a program for this system, the best first. */
function packages() {
  const base = `@recto-lint/cli-${process.platform}-${process.arch}`;
  if (process.platform !== "linux") return [base];
  // The program for musl is static, so it runs everywhere.
  return libc() === "gnu" ? [`${base}-gnu`, `${base}-musl`] : [`${base}-musl`];
}

function program() {
  const name = process.platform === "win32" ? "recto.exe" : "recto";
  for (const candidate of packages()) {
    try {
      return require.resolve(`${candidate}/bin/${name}`);
    } catch {
      // Not installed: the next one.
    }
  }
  console.error(
    `recto: no program for ${process.platform} on ${process.arch}: the package ${packages()[0]} is not installed.\n` +
      "Install without --omit=optional and --no-optional; where there is no such package, build recto with\n" +
      "`cargo install recto`.",
  );
  process.exit(2);
}

const child = spawn(program(), process.argv.slice(2), { stdio: "inherit" });
child.on("error", (error) => {
  console.error(`recto: cannot start the program: ${error.message}`);
  process.exit(2);
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
