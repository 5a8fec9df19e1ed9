// The extension: starts `recto lsp`, hands it the settings, and has the commands that no protocol has.

import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";

const run = promisify(execFile);
const LANGUAGES = ["markdown", "mdx", "quarto"];
/** Endings of files that hold texts for people among others, which the server reads if recto.toml includes them. */
const CONTAINERS = ["ipynb", "srt", "vtt", "po", "pot", "xlf", "xliff", "json", "csv", "tsv", "jsonl"];

/** A work of the open document: the files of each of its versions, the reference version first. */
interface Work {
  name: string;
  versions: { role: string; files: string[] }[];
}

let client: LanguageClient | undefined;

/** Finds the program: that of the settings, the one in the extension, or the first on the path. */
export function findProgram(context: vscode.ExtensionContext): string | undefined {
  const name = process.platform === "win32" ? "recto.exe" : "recto";
  const chosen = vscode.workspace.getConfiguration("recto").get<string>("path", "").trim();
  if (chosen !== "") {
    const home = chosen.startsWith("~/") ? path.join(os.homedir(), chosen.slice(2)) : chosen;
    return isFile(home) ? home : undefined;
  }
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  return [context.asAbsolutePath("bin"), ...folders].map((folder) => path.join(folder, name)).find(isFile);
}

function isFile(file: string): boolean {
  try {
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

async function start(context: vscode.ExtensionContext): Promise<void> {
  const program = findProgram(context);
  if (program === undefined) {
    const chosen = vscode.workspace.getConfiguration("recto").get<string>("path", "");
    const where = chosen === "" ? "it is not on the PATH" : `there is no file \`${chosen}\``;
    const answer = await vscode.window.showErrorMessage(
      `recto: the program was not found: ${where}. Install it, or name it in the setting recto.path.`,
      "Open the setting",
    );
    if (answer !== undefined) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "recto.path");
    }
    return;
  }
  const server: ServerOptions = { command: program, args: ["lsp"] };
  const options: LanguageClientOptions = {
    documentSelector: [
      ...LANGUAGES.map((language) => ({ scheme: "file", language })),
      { scheme: "file", pattern: `**/*.{${CONTAINERS.join(",")}}` },
    ],
    initializationOptions: vscode.workspace.getConfiguration("recto"),
    synchronize: { configurationSection: "recto" },
    markdown: { isTrusted: false, supportHtml: false },
  };
  client = new LanguageClient("recto", "recto", server, options);
  await client.start();
}

async function stop(): Promise<void> {
  const old = client;
  client = undefined;
  await old?.stop();
}

/** Returns the open document, if the server may know it. */
function document(): vscode.TextDocument | undefined {
  const open = vscode.window.activeTextEditor?.document;
  if (open === undefined || open.uri.scheme !== "file") {
    return undefined;
  }
  const ending = open.uri.path.split(".").pop()?.toLowerCase() ?? "";
  return LANGUAGES.includes(open.languageId) || CONTAINERS.includes(ending) ? open : undefined;
}

async function fixAll(): Promise<void> {
  const open = document();
  if (open === undefined) {
    return;
  }
  const all = new vscode.Range(0, 0, open.lineCount, 0);
  const kind = vscode.CodeActionKind.SourceFixAll.append("recto").value;
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    open.uri,
    all,
    kind,
  );
  const edit = actions.find((action) => action.edit !== undefined)?.edit;
  if (edit === undefined) {
    void vscode.window.showInformationMessage("recto: there is nothing here that can be fixed safely.");
    return;
  }
  await vscode.workspace.applyEdit(edit);
}

async function comparePage(context: vscode.ExtensionContext): Promise<void> {
  const open = document();
  const program = findProgram(context);
  if (open === undefined || program === undefined || client === undefined) {
    void vscode.window.showInformationMessage("recto: open a document of the work that is to be compared.");
    return;
  }
  const uri = client.code2ProtocolConverter.asUri(open.uri);
  const params = { command: "recto.server.works", arguments: [uri] };
  const works = await client.sendRequest<Work[]>("workspace/executeCommand", params);
  const [work] = works;
  if (work === undefined) {
    void vscode.window.showInformationMessage(
      "recto: this document is no version of a work. Declare the work in recto.toml; `recto init` proposes one.",
    );
    return;
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "recto-"));
  const page = path.join(folder, "compare.html");
  // A version of several files is compared as the folder that holds them.
  const versions = work.versions.map(({ files }) => (files.length === 1 ? files[0] : common(files)));
  const roles = work.versions.flatMap(({ role }, at) => ["--as", role, versions[at] ?? ""]);
  const args = ["compare", ...versions.filter((one): one is string => one !== undefined), "--html", page, ...roles];
  try {
    await run(program, args, { cwd: vscode.workspace.getWorkspaceFolder(open.uri)?.uri.fsPath });
  } catch (error) {
    // Disagreements end the run with 1, and the page is there.
    if (!isFile(page)) {
      const reason = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(`recto: the versions were not compared: ${reason}`);
      return;
    }
  }
  await vscode.env.openExternal(vscode.Uri.file(page));
}

function common(files: string[]): string | undefined {
  const folders = files.map((file) => path.dirname(file).split(path.sep));
  const shared = folders.reduce((one, other) => one.slice(0, one.findIndex((part, at) => part !== other[at]) >>> 0));
  return shared.length === 0 ? undefined : shared.join(path.sep);
}

async function showRule(context: vscode.ExtensionContext): Promise<void> {
  const program = findProgram(context);
  if (program === undefined || client === undefined) {
    return;
  }
  const at = vscode.window.activeTextEditor?.selection.active;
  const open = document();
  const here = open === undefined ? [] : vscode.languages.getDiagnostics(open.uri);
  const found = here.filter((one) => one.source === "recto" && at !== undefined && one.range.contains(at));
  const code = found.map(({ code }) => (typeof code === "object" ? code.value : code)).find((one) => one !== undefined);
  let rule = code?.toString();
  if (rule === undefined) {
    const { stdout } = await run(program, ["rules", "--output-format", "json"]);
    const rules = JSON.parse(stdout) as { id: string; summary: string }[];
    const picked = await vscode.window.showQuickPick(rules.map(({ id, summary }) => ({ label: id, detail: summary })));
    rule = picked?.label;
  }
  if (rule === undefined) {
    return;
  }
  const params = { command: "recto.server.explain", arguments: [rule] };
  const { page } = await client.sendRequest<{ page: string }>("workspace/executeCommand", params);
  const shown = await vscode.workspace.openTextDocument({ language: "markdown", content: page });
  await vscode.window.showTextDocument(shown, { preview: true });
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const command = (name: string, action: () => Promise<void>) =>
    context.subscriptions.push(vscode.commands.registerCommand(name, action));
  command("recto.fixAll", fixAll);
  command("recto.comparePage", () => comparePage(context));
  command("recto.showRule", () => showRule(context));
  command("recto.restart", async () => {
    await stop();
    await start(context);
  });
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("recto.path")) {
        await stop();
        await start(context);
      }
    }),
  );
  await start(context);
}

export async function deactivate(): Promise<void> {
  await stop();
}
