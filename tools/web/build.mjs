#!/usr/bin/env node
// Builds recto for the browser: the page target/web/playground.html, and the npm package target/web/package.
//
//     node tools/web/build.mjs
//
// Needs the Rust target wasm32-unknown-unknown (`rustup target add wasm32-unknown-unknown`), and wasm-bindgen-cli of the
// version in web/Cargo.toml, which is installed into target/web/tools if it is not on the path.
// RECTO_WASM names a module that is built already, WASM_BINDGEN the program.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("../..", import.meta.url));
const out = path.join(root, "target", "web");
const read = (...name) => fs.readFileSync(path.join(root, ...name), "utf8");
const found = (text, pattern) => text.match(pattern)[1];
const version = found(read("Cargo.toml"), /^version = "(.+)"/m);
const wanted = found(read("web", "Cargo.toml"), /^wasm-bindgen = "=(.+)"/m);
const TARGET = "wasm32-unknown-unknown";

function stop(message) {
  console.error(message);
  process.exit(1);
}

function run(program, args) {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: "inherit" });
  if (error) stop(`${program} did not start: ${error.message}`);
  if (status !== 0) stop(`${program} ended with ${status}`);
}

/** Returns the compiled module. */
function module() {
  if (process.env.RECTO_WASM) return path.resolve(process.env.RECTO_WASM);
  const sysroot = execFileSync("rustc", ["--print", "sysroot"], { encoding: "utf8" }).trim();
  if (!fs.existsSync(path.join(sysroot, "lib", "rustlib", TARGET))) {
    stop(`The standard library for ${TARGET} is missing. \`rustup target add ${TARGET}\` installs it;\n`
      + "where it cannot be fetched, set RECTO_WASM to a module that was built elsewhere.");
  }
  run("cargo", ["build", "--package", "recto-web", "--profile", "web", "--target", TARGET, "--locked"]);
  return path.join(root, "target", TARGET, "web", "recto_web.wasm");
}

/** Returns wasm-bindgen, installed if it has to be. */
function generator() {
  const tools = path.join(out, "tools");
  for (const program of [process.env.WASM_BINDGEN, path.join(tools, "bin", "wasm-bindgen"), "wasm-bindgen"].filter(Boolean)) {
    const said = spawnSync(program, ["--version"], { encoding: "utf8" });
    if (said.status === 0 && said.stdout.trim().endsWith(` ${wanted}`)) return program;
  }
  run("cargo", ["install", "wasm-bindgen-cli", "--version", wanted, "--no-default-features", "--root", tools]);
  return path.join(tools, "bin", "wasm-bindgen");
}

/** Returns the hash of a script or style, in the form of a content security policy. */
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Returns a script whose text cannot end the element that it is in. */
const inert = (script) => script.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");

function page(bindings) {
  const style = read("src", "report", "page", "shared.css") + read("web", "playground", "playground.css");
  const script = inert(read("web", "playground", "playground.js"));
  const glue = inert(`${fs.readFileSync(path.join(bindings, "recto.js"), "utf8")}\n${read("web", "playground", "worker.js")}`);
  const packed = gzipSync(fs.readFileSync(path.join(bindings, "recto_bg.wasm")), { level: 9 });
  const parts = {
    // The module may be compiled, and a thread be started from the text in the page; nothing is loaded.
    POLICY: `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)} 'wasm-unsafe-eval'; `
      + "worker-src blob:; base-uri 'none'; form-action 'none'",
    STYLE: style,
    SCRIPT: script,
    GLUE: glue,
    MODULE: packed.toString("base64"),
  };
  return read("web", "playground", "page.html").replace(/@([A-Z]+)@/g, (_, name) => parts[name]);
}

function npmPackage(bindings) {
  const folder = path.join(out, "package");
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  for (const name of ["recto.js", "recto_bg.wasm"]) {
    fs.copyFileSync(path.join(bindings, name), path.join(folder, name === "recto.js" ? "bindings.js" : name));
  }
  for (const name of ["index.js", "index.d.ts", "README.md"]) fs.copyFileSync(path.join(root, "web", "npm", name), path.join(folder, name));
  for (const name of ["LICENSE-MIT", "LICENSE-APACHE", "NOTICE"]) fs.copyFileSync(path.join(root, name), path.join(folder, name));
  const manifest = JSON.parse(read("web", "npm", "package.json"));
  fs.writeFileSync(path.join(folder, "package.json"), `${JSON.stringify({ ...manifest, version }, null, 2)}\n`);
}

const size = (file) => `${(fs.statSync(file).size / 1e6).toFixed(1)} MB`;

const wasm = module();
const bindgen = generator();
for (const target of ["no-modules", "web"]) {
  run(bindgen, [wasm, "--target", target, "--out-dir", path.join(out, target), "--out-name", "recto", "--no-typescript", "--remove-name-section"]);
}
const playground = path.join(out, "playground.html");
fs.writeFileSync(playground, page(path.join(out, "no-modules")));
npmPackage(path.join(out, "web"));
console.log(`target/web/playground.html: ${size(playground)}; the module in it: ${size(path.join(out, "web", "recto_bg.wasm"))}`);
