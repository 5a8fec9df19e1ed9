"use strict";
// recto in a thread of its own, so that the page answers while it works. The glue of wasm-bindgen comes before this.
let ready;

async function start(module) {
  const packed = Uint8Array.fromBase64 ? Uint8Array.fromBase64(module) : Uint8Array.from(atob(module), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = await new Response(stream).arrayBuffer();
  await wasm_bindgen({ module_or_path: bytes });
  return wasm_bindgen.version();
}

function project({ files, settings, tiers }) {
  const project = new wasm_bindgen.Project(settings || "", tiers || "gate");
  for (const { path, bytes } of files) project.add(path, bytes);
  return project;
}

function versions(given) {
  const versions = new wasm_bindgen.Versions();
  for (const { name, files } of given) {
    versions.version(name);
    for (const { path, bytes } of files) versions.add(path, bytes);
  }
  return versions;
}

const work = {
  check(given) {
    const one = project(given);
    try {
      return JSON.parse(one.check());
    } finally {
      one.free();
    }
  },
  fix(given) {
    const one = project(given);
    try {
      const fixed = one.fix(given.level);
      const changed = Array.from({ length: fixed.length }, (_, at) => ({ path: fixed.path(at), bytes: fixed.bytes(at) }));
      const report = JSON.parse(fixed.report);
      fixed.free();
      return { changed, report };
    } finally {
      one.free();
    }
  },
  repair({ bytes, level }) {
    const repaired = wasm_bindgen.repair(bytes, level);
    const done = { bytes: repaired.bytes, repairs: JSON.parse(repaired.repairs) };
    repaired.free();
    return done;
  },
  decode: ({ bytes }) => JSON.parse(wasm_bindgen.decode(bytes)),
  compare(given) {
    const both = versions(given.versions);
    try {
      return { json: JSON.parse(both.json()), html: both.html() };
    } finally {
      both.free();
    }
  },
};

onmessage = async ({ data: { id, kind, given } }) => {
  try {
    if (kind === "start") {
      ready = start(given);
      postMessage({ id, done: await ready });
      return;
    }
    await ready;
    postMessage({ id, done: work[kind](given) });
  } catch (error) {
    // A trap of the module leaves it in an unknown state; a mistake of the caller does not.
    postMessage({ id, error: String(error.message || error), isBroken: error instanceof WebAssembly.RuntimeError });
  }
};
