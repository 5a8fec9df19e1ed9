#!/usr/bin/env python3
"""Compares what two builds of recto print and write for the same files, for changes that must change nothing for users.

    python3 tools/same_output.py OLD_RECTO NEW_RECTO [FOLDER...]

The folders are those under fixtures/ and any that are given. Each is checked in the formats for people and for programs,
with both tiers, as a diff and with fixes written to a copy; its Markdown files are compared in neighbouring pairs, and
the pages of `compare` and `report` are made. Prints the first lines of each difference, and exits with 1 if there is one.
"""
import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Pairs of files that are compared in a folder: the work of a comparison does not differ from pair to pair.
MAX_PAIRS = 12


def run(recto, folder, *args):
    """Returns the exit code and all that is printed. The window has 100 columns, and nothing asks the terminal."""
    env = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "CI": ""}
    done = subprocess.run([recto, *args], cwd=folder, env=env, capture_output=True)
    outcome = b"exit %d\n%b\n--- standard error\n%b" % (done.returncode, done.stdout, done.stderr)
    return re.sub(rb"[\d.]+ (ms|s)\b", b"some time", outcome)


def copied(folder):
    # One name for both builds, because pages refer to files by their paths.
    target = Path(tempfile.gettempdir(), f"recto-same-{os.getpid()}", "in")
    shutil.copytree(folder, target, symlinks=True)
    return target


def written(recto, folder, *args):
    """Returns all files of a copy of the folder after a run there."""
    copy = copied(folder)
    outcome = run(recto, copy, *args)
    for path in sorted(path for path in copy.rglob("*") if path.is_file() and not path.is_symlink()):
        outcome += b"\n=== %b\n%b" % (str(path.relative_to(copy)).encode(), path.read_bytes())
    shutil.rmtree(copy.parent)
    return outcome


def pairs(folder):
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.md") if path.is_file())
    together = [(one, other) for one, other in zip(files, files[1:]) if Path(one).parent == Path(other).parent]
    return together[:MAX_PAIRS]


def outputs(recto, folder):
    """Yields the name and the bytes of each output for a folder."""
    described = run(recto, folder, "check", "--help").decode().split("--output-format", 1)[1].split("\n      --", 1)[0]
    for name in re.findall(r"^ +- ([\w-]+):", described, re.M):
        yield f"check as {name}", run(recto, folder, "check", "--no-baseline", "--audit", "--output-format", name, ".")
    yield "check", run(recto, folder, "check", "--no-baseline", ".")
    yield "diff", run(recto, folder, "check", "--no-baseline", "--diff", "--unsafe-fixes", ".")
    yield "fix", written(recto, folder, "check", "--no-baseline", "--fix", ".")
    yield "fix unsafely", written(recto, folder, "check", "--no-baseline", "--fix", "--unsafe-fixes", ".")
    yield "report", written(recto, folder, "report", "--html", "report-page.html", ".")
    for one, other in pairs(folder):
        yield f"compare {one} {other}", run(recto, folder, "compare", one, other)
        yield f"compare {one} {other} as json", run(recto, folder, "compare", "--output-format", "json", one, other)
        yield f"explain {one} {other}", run(recto, folder, "compare", "--explain", "2", one, other)
        yield f"page of {one} {other}", written(recto, folder, "compare", "--html", "compare-page.html", one, other)


def main():
    old, new = (os.path.abspath(recto) for recto in sys.argv[1:3])
    folders = sorted(path / "in" for path in (ROOT / "fixtures").iterdir() if (path / "in").is_dir())
    folders += [Path(folder).resolve() for folder in sys.argv[3:]]
    count = different = 0
    for folder in folders:
        for (name, before), (_, after) in zip(outputs(old, folder), outputs(new, folder)):
            count += 1
            if before == after:
                continue
            different += 1
            print(f"{folder}: {name}")
            lines = (text.decode("utf-8", "replace").splitlines() for text in (before, after))
            for line in list(difflib.unified_diff(*lines, "old", "new", lineterm="", n=0))[:20]:
                print(f"    {line[:200]}")
    print(f"{count} outputs of {len(folders)} folders, {different} different")
    sys.exit(different > 0)


if __name__ == "__main__":
    main()
