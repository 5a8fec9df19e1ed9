// recto for JavaScript. The module is loaded once, at the first call.
import load, * as bindings from "./bindings.js";

let loaded;

/** Loads the module; every function does so by itself. */
export function init(module) {
  loaded ??= module === undefined ? start() : load({ module_or_path: module });
  return loaded.then(() => undefined);
}

async function start() {
  const address = new URL("recto_bg.wasm", import.meta.url);
  if (address.protocol !== "file:") return load({ module_or_path: address });
  // Node does not fetch files.
  const { readFile } = await import("node:fs/promises");
  return load({ module_or_path: await readFile(address) });
}

const encoder = new TextEncoder();
const bytesOf = (content) => (typeof content === "string" ? encoder.encode(content) : new Uint8Array(content));

async function withProject(files, { settings = "", audit = false } = {}, work) {
  await init();
  const project = new bindings.Project(settings, audit ? "audit" : "gate");
  try {
    for (const { path, content } of files) project.add(path, bytesOf(content));
    return work(project);
  } finally {
    project.free();
  }
}

export function check(files, options) {
  return withProject(files, options, (project) => JSON.parse(project.check()));
}

export function fix(files, options = {}) {
  return withProject(files, options, (project) => {
    const fixed = project.fix(options.level ?? "safe");
    try {
      const changed = Array.from({ length: fixed.length }, (_, at) => ({ path: fixed.path(at), content: fixed.bytes(at) }));
      return { changed, report: JSON.parse(fixed.report) };
    } finally {
      fixed.free();
    }
  });
}

export async function repair(content, { level = "unsafe" } = {}) {
  await init();
  const repaired = bindings.repair(bytesOf(content), level);
  try {
    return { content: repaired.bytes, repairs: JSON.parse(repaired.repairs) };
  } finally {
    repaired.free();
  }
}

export async function decode(content) {
  await init();
  return JSON.parse(bindings.decode(bytesOf(content)));
}

export async function compare(versions) {
  await init();
  const both = new bindings.Versions();
  try {
    for (const { name, files } of versions) {
      both.version(name);
      for (const { path, content } of files) both.add(path, bytesOf(content));
    }
    return JSON.parse(both.json());
  } finally {
    both.free();
  }
}
