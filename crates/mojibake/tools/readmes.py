#!/usr/bin/env python3
"""Download the Markdown files of the npm packages in readmes.txt: one file of lines per package in WORK/readmes.

    python3 readmes.py WORK

How people write READMEs and change logs: with directory trees, check marks, arrows and quotation marks. The
packages were chosen by name; all have a licence that allows reuse (the second column), and none is one that
the repair is measured on.
"""
import concurrent.futures, hashlib, io, re, subprocess, sys, tarfile, unicodedata, urllib.request
from pathlib import Path

from gather import BAD

PLAIN, MARKED = 60_000, 200_000     # characters that a package counts for: in lines of ASCII, and in others


def lines(name, text):
    """Prose, and of code what is beyond ASCII."""
    fence = False
    for line in text.split("\n"):
        line = line.strip("\r\ufeff")
        if re.match(r"\s*(```|~~~)", line):
            fence = not fence
        elif 3 <= len(line) <= 600 and not BAD.search(line) and (not line.isascii() or not fence and re.search(r"[A-Za-z]{3} ", line)):
            yield unicodedata.normalize("NFC", re.sub(r"\]\([^)]*\)", "](x)", re.sub(r"https?://[^\s)>]+", "x", line)))


def markdown(data):
    with tarfile.open(fileobj=io.BytesIO(data)) as t:
        for m in t:
            if m.isfile() and m.name.lower().endswith((".md", ".markdown")) and m.size < 3e6 and "/node_modules/" not in m.name:
                try:
                    yield m.name, t.extractfile(m).read().decode()
                except UnicodeError:
                    pass


def main():
    out = Path(sys.argv[1]) / "readmes"
    out.mkdir(parents=True, exist_ok=True)
    registry = subprocess.run(["npm", "config", "get", "registry"], capture_output=True, text=True, check=True).stdout.split()[0].rstrip("/")
    specs = [line.split(" ")[0] for line in (Path(__file__).parent / "readmes.txt").read_text().splitlines()]

    def package(spec):
        name, version = spec.rsplit("@", 1)
        path = out / (name.replace("/", "__") + ".txt")
        if path.exists():
            return
        with urllib.request.urlopen(f"{registry}/{name}/-/{name.split('/')[-1]}-{version}.tgz", timeout=120) as r:
            docs = list(markdown(r.read()))
        found = dict.fromkeys(line for file, text in sorted(docs) for line in lines(file, text))
        kept, left = [], {True: PLAIN, False: MARKED}
        for line in sorted(found, key=lambda l: hashlib.sha256(l.encode()).digest()):
            if left[line.isascii()] > 0:
                left[line.isascii()] -= len(line)
                kept.append(line)
        path.write_text("\n".join(kept) + "\n", encoding="utf-8")

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(package, specs))


if __name__ == "__main__":
    main()
