// Runs the bundle against a stub of the editor and the real server: node smoke.mjs [PATH_OF_RECTO]
//
// The stub has the classes that the client needs, and records what is registered. Whatever else is asked of it does
// nothing and says nothing.

import assert from "node:assert/strict";
import fs from "node:fs";
import Module, { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

const program = path.resolve(process.argv[2] ?? "../../target/debug/recto");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "recto-smoke-"));
const file = path.join(folder, "a.md");
const text = "# Tides\n\nThe the sea recieves the river.\n\n## Ebb\n";
fs.writeFileSync(file, text);

class Disposable {
  constructor(end) { this.end = end; }
  dispose() { this.end?.(); }
  static from(...all) { return new Disposable(() => all.forEach((one) => one.dispose())); }
}
class EventEmitter {
  listeners = new Set();
  event = (listener, self) => {
    const bound = self === undefined ? listener : listener.bind(self);
    this.listeners.add(bound);
    return new Disposable(() => this.listeners.delete(bound));
  };
  fire(value) { for (const listener of this.listeners) listener(value); }
  dispose() { this.listeners.clear(); }
}
class Position {
  constructor(line, character) { this.line = line; this.character = character; }
}
class Range {
  constructor(start, end, line, character) {
    [this.start, this.end] = typeof start === "number" ? [new Position(start, end), new Position(line, character)] : [start, end];
  }
}
class Uri {
  constructor(at) { this.scheme = "file"; this.authority = ""; this.path = at; this.query = ""; this.fragment = ""; this.fsPath = at; }
  static file(at) { return new Uri(at); }
  static parse(text) { return new Uri(decodeURIComponent(text.replace(/^file:\/\//, ""))); }
  toString() { return `file://${encodeURI(this.path)}`; }
  with() { return this; }
}
class CancellationTokenSource {
  token = { isCancellationRequested: false, onCancellationRequested: new EventEmitter().event };
  cancel() {}
  dispose() {}
}
class CodeActionKind {
  constructor(value) { this.value = value; }
  append(part) { return new CodeActionKind(`${this.value}.${part}`); }
  contains(other) { return other.value.startsWith(this.value); }
  intersects(other) { return this.contains(other) || other.contains(this); }
}
for (const [name, value] of Object.entries({ Empty: "", QuickFix: "quickfix", Refactor: "refactor", RefactorRewrite: "refactor.rewrite", RefactorExtract: "refactor.extract", RefactorInline: "refactor.inline", RefactorMove: "refactor.move", Source: "source", SourceFixAll: "source.fixAll", SourceOrganizeImports: "source.organizeImports", Notebook: "notebook" })) {
  CodeActionKind[name] = new CodeActionKind(value);
}

const commands = new Map();
const providers = new Map();
const messages = [];
const settings = { path: program, audit: false, diagnostics: "open", config: "", settings: {}, trace: { server: "off" } };
const document = {
  uri: Uri.file(file), fileName: file, languageId: "markdown", version: 1, isClosed: false, isDirty: false, lineCount: 6,
  getText: () => text,
};

/** An object with these members, that has a harmless function or class for any other name. */
function lenient(members, name) {
  return new Proxy(members, {
    get(target, key) {
      if (key in target || typeof key === "symbol") return target[key];
      if (/^on[A-Z]/.test(key)) return new EventEmitter().event;
      if (/^register/.test(key)) {
        return (...given) => {
          const at = given.findIndex((one) => typeof one === "object" && one !== null && Object.values(one).some((part) => typeof part === "function"));
          providers.set(key, given[at]);
          return new Disposable();
        };
      }
      if (/^[A-Z]/.test(key)) return (target[key] = lenient(class {}, key));
      if (/^create/.test(key)) return () => lenient({ dispose() {}, set() {}, clear() {}, append() {}, appendLine() {}, show() {}, error: console.error, warn() {}, info() {}, debug() {}, trace() {} }, key);
      return undefined;
    },
  });
}

const configuration = { get: (key, otherwise) => settings[key] ?? otherwise, has: (key) => key in settings, inspect: () => undefined, ...settings };
const vscode = lenient({
  Disposable, EventEmitter, Position, Range, Uri, CancellationTokenSource, CodeActionKind,
  // Bundlers take the module as it is, names that it does not list included.
  __esModule: true,
  version: "1.91.0",
  env: { language: "en", appName: "stub", openExternal: async () => true },
  commands: {
    registerCommand: (name, action) => { commands.set(name, action); return new Disposable(() => commands.delete(name)); },
    executeCommand: async () => [],
  },
  workspace: lenient({
    textDocuments: [document], notebookDocuments: [], workspaceFolders: [{ uri: Uri.file(folder), name: "smoke", index: 0 }],
    getConfiguration: () => configuration,
    getWorkspaceFolder: () => ({ uri: Uri.file(folder), name: "smoke", index: 0 }),
    createFileSystemWatcher: () => lenient({ dispose() {} }, "watcher"),
    fs: { isWritableFileSystem: () => true },
  }, "workspace"),
  window: lenient({
    activeTextEditor: undefined, visibleTextEditors: [], tabGroups: lenient({ all: [] }, "tabGroups"),
    showErrorMessage: async (message) => { messages.push(message); return undefined; },
    showInformationMessage: async (message) => { messages.push(message); return undefined; },
    withProgress: async (_options, task) => task({ report() {} }, new CancellationTokenSource().token),
  }, "window"),
  languages: lenient({ match: (_selector, doc) => (doc.languageId === "markdown" ? 10 : 0), getDiagnostics: () => [] }, "languages"),
  extensions: lenient({ getExtension: () => undefined, all: [] }, "extensions"),
  StatusBarAlignment: { Left: 1, Right: 2 }, ViewColumn: { One: 1 }, ExtensionMode: { Production: 1 },
  DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2, Hint: 3 }, DiagnosticTag: { Unnecessary: 1, Deprecated: 2 },
  ProgressLocation: { Window: 10 }, CodeActionTriggerKind: { Invoke: 1, Automatic: 2 }, InlayHintKind: { Type: 1, Parameter: 2 },
  CompletionTriggerKind: { Invoke: 0 }, FoldingRangeKind: { Comment: 1, Imports: 2, Region: 3 },
  TextDocumentSaveReason: { Manual: 1 }, LogLevel: { Off: 0, Info: 3 },
}, "vscode");

const load = Module._load;
Module._load = function (request, ...rest) {
  return request === "vscode" ? vscode : load.call(this, request, ...rest);
};
const require = createRequire(import.meta.url);
const extension = require("./dist/extension.js");

const context = { subscriptions: [], asAbsolutePath: (name) => path.join(folder, name), extensionMode: 1 };
await extension.activate(context);
assert.deepEqual(messages, [], "the server was found and started");
assert.deepEqual([...commands.keys()].filter((name) => !name.startsWith("recto.server")).sort(), ["recto.comparePage", "recto.fixAll", "recto.restart", "recto.showRule"]);
const wanted = ["registerHoverProvider", "registerDefinitionProvider", "registerReferenceProvider", "registerRenameProvider", "registerCodeActionsProvider", "registerDocumentSymbolProvider", "registerWorkspaceSymbolProvider", "registerFoldingRangeProvider", "registerInlayHintsProvider", "registerCompletionItemProvider"];
for (const name of wanted) {
  assert.ok(providers.get(name), `${name}; registered: ${[...providers.keys()].join(", ")}`);
}
const token = new CancellationTokenSource().token;
const hover = await providers.get("registerHoverProvider").provideHover(document, new Position(2, 14), token);
assert.ok(hover, "a hover for a misspelling");
const folds = await providers.get("registerFoldingRangeProvider").provideFoldingRanges(document, {}, token);
assert.ok(folds.length > 0, "sections that can be folded");
await extension.deactivate();
console.log(`the bundle started ${program}, registered ${providers.size} providers and ${commands.size} commands, and had answers`);
fs.rmSync(folder, { recursive: true });
process.exit(0);
