#!/usr/bin/env python3
"""Measures how fast `recto lsp` is: latency.py [PATH_OF_RECTO] [--edits N]

Prints: the time from a key stroke in a file of 1 MB to its diagnostics (median, 99th percentile, maximum), the time until
a workspace of 5,000 files is judged, and the memory of the server over many edits. The texts are made here.
"""

import argparse
import json
import pathlib
import random
import subprocess
import tempfile
import threading
import time
import queue

WORDS = (
    "the tide lifts boats of every size while keeper and pilot read the gauge beside the quay and note the height "
    "of water in a book that nobody has opened since winter because the lamp was out"
).split()


def paragraph(rng: random.Random, words: int = 60) -> str:
    chosen = [rng.choice(WORDS) for _ in range(words)]
    # No word twice in a row, which would be a finding.
    kept = [word for at, word in enumerate(chosen) if at == 0 or chosen[at - 1] != word]
    return " ".join(kept).capitalize() + f" {rng.randrange(10**6)}.\n\n"


def text_of(rng: random.Random, size: int) -> str:
    parts, length, number = ["# Tides\n\n"], 9, 0
    while length < size:
        number += 1
        part = f"## {number}. What of tide {rng.randrange(10**6)}?\n\n" + paragraph(rng) * 1 + paragraph(rng)
        parts.append(part)
        length += len(part)
    return "".join(parts)


class Server:
    def __init__(self, recto: str, folder: pathlib.Path) -> None:
        self.process = subprocess.Popen([recto, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.received: queue.Queue = queue.Queue()
        self.next = 0
        threading.Thread(target=self.read, daemon=True).start()
        self.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": folder.as_uri(),
                "capabilities": {"general": {"positionEncodings": ["utf-8"]}, "workspace": {}},
            },
        )
        self.tell("initialized", {})

    def read(self) -> None:
        stream = self.process.stdout
        while True:
            length = 0
            while line := stream.readline().strip():
                name, value = line.split(b": ")
                if name.lower() == b"content-length":
                    length = int(value)
            if length == 0:
                return
            self.received.put((time.perf_counter(), json.loads(stream.read(length))))

    def send(self, message: dict) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def tell(self, method: str, params: dict | None) -> None:
        self.send({"method": method, "params": params})

    def ask(self, method: str, params: dict | None) -> dict:
        self.next += 1
        self.send({"id": self.next, "method": method, "params": params})
        while True:
            _, message = self.received.get(timeout=120)
            if message.get("id") == self.next and "method" not in message:
                return message

    def open(self, path: pathlib.Path, text: str) -> None:
        document = {"uri": path.as_uri(), "languageId": "markdown", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})

    def diagnostics(self, version: int) -> float:
        """Waits for the diagnostics of a version; returns when they came."""
        while True:
            at, message = self.received.get(timeout=120)
            if message.get("method") == "textDocument/publishDiagnostics":
                if message["params"].get("version") == version:
                    return at

    def memory(self) -> int:
        """Returns the resident memory in MB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) // 1024

    def leave(self) -> None:
        self.ask("shutdown", None)
        self.tell("exit", None)
        self.process.wait(timeout=60)


def change(server: Server, path: pathlib.Path, version: int, line: int, start: int, end: int, text: str) -> None:
    span = {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
    document = {"uri": path.as_uri(), "version": version}
    server.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"range": span, "text": text}]})


def key_strokes(recto: str, count: int) -> None:
    rng = random.Random(7)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        text = text_of(rng, 1 << 20)
        path = folder / "big.md"
        path.write_text(text)
        server = Server(recto, folder)
        server.open(path, text)
        server.diagnostics(1)
        lines = [at for at, line in enumerate(text.split("\n")) if len(line) > 100]
        times = []
        # Each stroke makes or removes a repeated word, so that there are new diagnostics each time.
        for at in range(count):
            line = lines[(at // 2) * 37 % len(lines)]
            begin = time.perf_counter()
            if at % 2 == 0:
                change(server, path, at + 2, line, 0, 0, "It is is so. ")
            else:
                change(server, path, at + 2, line, 0, 13, "")
            times.append(server.diagnostics(at + 2) - begin)
            time.sleep(rng.choice([0.0, 0.03, 0.15]))
        times.sort()
        mid, high = times[len(times) // 2], times[int(len(times) * 0.99)]
        print(
            f"a key stroke in {len(text) / 2**20:.1f} MB: median {mid * 1000:.0f} ms, p99 {high * 1000:.0f} ms, "
            f"maximum {times[-1] * 1000:.0f} ms ({count} strokes)"
        )
        server.leave()


def opening(recto: str, files: int) -> None:
    rng = random.Random(8)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        size = 0
        for at in range(files):
            path = folder / f"part-{at // 100:02}" / f"{at:04}.md"
            path.parent.mkdir(exist_ok=True)
            text = text_of(rng, 4000) + "The the end.\n"
            size += len(text)
            path.write_text(text)
        begin = time.perf_counter()
        server = Server(recto, folder)
        path = folder / "part-00" / "0000.md"
        server.open(path, path.read_text())
        first = server.diagnostics(1) - begin
        print(f"{files} files, {size / 2**20:.0f} MB: all findings after {first:.2f} s, {server.memory()} MB")
        begin = time.perf_counter()
        change(server, path, 2, 0, 0, 0, "It is is so. ")
        print(f"a key stroke among them: {(server.diagnostics(2) - begin) * 1000:.0f} ms")
        server.leave()


def memory(recto: str, edits: int) -> None:
    rng = random.Random(9)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        text = text_of(rng, 100_000)
        path = folder / "a.md"
        path.write_text(text)
        server = Server(recto, folder)
        server.open(path, text)
        server.diagnostics(1)
        seen = []
        for at in range(edits):
            if at % (edits // 10) == 0:
                # A pause, so that all other rules run as well.
                time.sleep(0.5)
                seen.append(server.memory())
            if at % 2 == 0:
                change(server, path, at + 2, 2, 0, 0, "It is is so. ")
            else:
                change(server, path, at + 2, 2, 0, 13, "")
            if at % 50 == 49:
                server.ask("textDocument/documentSymbol", {"textDocument": {"uri": path.as_uri()}})
        time.sleep(0.5)
        seen.append(server.memory())
        print(f"memory over {edits} edits of {len(text) // 1000} kB, in MB: {' '.join(map(str, seen))}")
        server.leave()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recto", nargs="?", default="target/release/recto")
    parser.add_argument("--edits", type=int, default=10_000)
    given = parser.parse_args()
    key_strokes(given.recto, 200)
    opening(given.recto, 5000)
    memory(given.recto, given.edits)


main()
