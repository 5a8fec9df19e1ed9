/** Content of a file: bytes in any encoding, or a text. */
export type Content = string | Uint8Array | ArrayBuffer;

/** A file, by the path under which it is reported. Links to files that are not given are broken. */
export interface File {
  path: string;
  content: Content;
}

/** A changed file, as bytes. */
export interface ChangedFile {
  path: string;
  content: Uint8Array<ArrayBuffer>;
}

export interface Options {
  /** The text of a recto.toml. It cannot extend other files. */
  settings?: string;
  /** Reports findings of the audit tier, too. Default: false. */
  audit?: boolean;
}

/** `safe`: the meaning is provably kept or uniquely restored. `unsafe`: likely right, too. */
export type Level = "safe" | "unsafe";

/** A place in a file: line and column count from 1, columns in Unicode scalar values, offsets in bytes from 0. */
export interface Position {
  line: number;
  column: number;
  offset: number;
}

export interface Edit {
  path: string;
  /** First byte that is replaced. */
  start: number;
  /** First byte after those that are replaced. */
  end: number;
  replacement: string;
}

export interface Related {
  path: string;
  start: Position;
  end: Position;
  message: string;
  fingerprint?: string;
}

export interface Finding {
  rule: string;
  family: string;
  tier: "gate" | "audit";
  severity: "error" | "warning" | "info";
  message: string;
  path: string;
  start: Position;
  end: Position;
  text: string;
  label: string;
  help: string | null;
  related: Related[];
  fix: { title: string; applicability: Level | "display-only"; edits: Edit[] } | null;
  candidates: string[];
  data: Record<string, unknown>;
  fingerprint: string;
}

/** The report of `recto check --output-format json`, schema 1. Fields may be added. */
export interface Report {
  schema: 1;
  tool: { name: "recto"; version: string };
  summary: {
    files: number;
    findings: number;
    fixable: number;
    unsafe_fixable: number;
    by_rule: Record<string, number>;
  };
  findings: Finding[];
  warnings: { message: string; help: string | null }[];
}

export interface Repair {
  line: number;
  column: number;
  found: string;
  repair: string;
  /** The mis-decodings, in words. */
  recipe: string;
  /** True if the repair, mis-decoded again, gives exactly the text that was found. */
  proved: boolean;
}

export interface Item {
  number: number | null;
  title: string;
  path: string;
  line: number;
}

/** The comparison of `recto compare --output-format json`, schema 1. Fields may be added. */
export interface Comparison {
  schema: 1;
  unit: string;
  summary: Record<string, number>;
  pairs: {
    left: Item | null;
    right: Item | null;
    verdict: "same" | "reworded" | "different" | "moved" | "left-only" | "right-only";
    /** Similarity, from 0 to 1. */
    score: number;
  }[];
  findings: Finding[];
}

/** Loads the module, by default from beside this file. Every function does so by itself. */
export function init(module?: BufferSource | WebAssembly.Module | Response | URL): Promise<void>;

/** Checks files. Rejects with all mistakes in the settings, one a line. */
export function check(files: Iterable<File>, options?: Options): Promise<Report>;

/** Fixes files until nothing changes. Bytes outside of the fixes stay as they are. */
export function fix(
  files: Iterable<File>,
  options?: Options & { level?: Level },
): Promise<{ changed: ChangedFile[]; report: Report }>;

/** Repairs mojibake, as `recto repair` does: UTF-8 out, nothing else changed. Rejects if the content is not text. */
export function repair(
  content: Content,
  options?: { level?: Level },
): Promise<{ content: Uint8Array<ArrayBuffer>; repairs: Repair[] }>;

/** Decodes a file in any encoding. `encoding` is null if parts of it are in different ones. */
export function decode(
  content: Content,
): Promise<{ text: string; encoding: string | null; rivals: string[]; certain: boolean }>;

/** Aligns versions of the same content, the one with the greatest authority first. */
export function compare(versions: Iterable<{ name: string; files: Iterable<File> }>): Promise<Comparison>;
