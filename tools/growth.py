#!/usr/bin/env python3
"""Measures how the time of recto grows with the size of its input, for shapes that once took quadratic time.

    python3 tools/growth.py target/release/recto [SHAPE...]

Each shape is made in two sizes, one eight times the other; the table has the CPU time of both, the ratio, and the peak
memory of the larger one for each byte. Linear growth is a ratio of 8; above 10 a rule compares too much with too much.
Nothing is judged here, because times depend on the machine.
"""
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

WORDS = ("anchor barge canal dock eddy ferry gale harbour inlet jetty keel lantern mooring net oar pier quay reef sail "
         "tide undertow vessel wharf yawl zephyr").split()
FACTOR = 8


def words(rand, count):
    return " ".join(rand.choice(WORDS) for _ in range(count))


def slug(rand, count):
    return words(rand, count).replace(" ", "-")


def write(folder, name, text):
    path = Path(folder, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def missing_anchors(folder, size, rand):
    parts = (f"## {words(rand, 3)} {i}\n\nText [x](#{slug(rand, 3)}-x{i})." for i in range(size))
    write(folder, "a.md", "# T\n\n" + "\n\n".join(parts) + "\n")


def missing_anchors_in_a_list(folder, size, rand):
    contents = "\n".join(f"- [{i}](#{slug(rand, 3)}-x{i})" for i in range(size))
    parts = "\n\n".join(f"## {words(rand, 3)} {i}\n\nText." for i in range(size))
    write(folder, "a.md", f"# T\n\n{contents}\n\n{parts}\n")


def missing_files(folder, size, rand):
    for i in range(size):
        links = " ".join(f"[l](base/d{rand.randrange(50)}/p{rand.randrange(size)}-{slug(rand, 1)}.md)" for _ in range(20))
        write(folder, f"d{i % 50}/p{i}-{slug(rand, 1)}.md", f"# P {i}\n\n{links}\n")


def missing_labels(folder, size, rand):
    uses = "\n\n".join(f"See [the {words(rand, 2)}][{words(rand, 2)} {i}x]." for i in range(size))
    labels = "\n".join(f"[{words(rand, 2)} {i}]: https://example.org/{i}" for i in range(size))
    write(folder, "a.md", f"# T\n\n{uses}\n\n{labels}\n")


def one_long_heading(folder, size, rand):
    write(folder, "a.md", f"# {words(rand, size)}\n\n[x](#{slug(rand, size)})\n")


def misspellings(folder, size, rand):
    write(folder, "a.md", "\n".join(f"Teh {words(rand, 5)} will recieve {words(rand, 3)}." for _ in range(size)) + "\n")


def allow_comments(folder, size, rand):
    parts = (f"<!-- recto-allow misspelling: a name -->\nTeh {words(rand, 6)} {i}." for i in range(size))
    write(folder, "a.md", "\n\n".join(parts) + "\n")


def off_and_on(folder, size, rand):
    parts = (f"<!-- recto-off -->\n\nTeh {words(rand, 6)}.\n\n<!-- recto-on -->" for _ in range(size))
    write(folder, "a.md", "\n\n".join(parts) + "\n")


def versions_of_a_work(folder, size, rand):
    text = "".join(f"## {i}. {words(rand, 4)}\n\nText.\n\n" for i in range(1, 6))
    for i in range(size):
        write(folder, f"v{i}.md", text)
    versions = ", ".join(f'{{ role = "edition", files = ["v{i}.md"] }}' for i in range(size))
    write(folder, "recto.toml", f'[[work]]\nname = "w"\nversions = [ {versions} ]\n')


def repeated_blocks(folder, size, rand):
    blocks = [words(rand, 60) for _ in range(size)]
    write(folder, "a.md", "\n\n".join(blocks) + "\n")
    write(folder, "b.md", "\n\n".join(reversed(blocks)) + "\n")


def shared_blocks(folder, size, rand):
    shared = [words(rand, 40) for _ in range(30)]
    for i in range(size):
        write(folder, f"f{i}.md", "\n\n".join([words(rand, 30), *rand.sample(shared, 3), words(rand, 30)]) + "\n")


def bidirectional_marks(folder, size, _rand):
    write(folder, "a.md", "a\u202eb " * size + "\n")


def mojibake_in_one_line(folder, size, _rand):
    write(folder, "a.md", "Ãƒâ€™ " * size + "\n")


SHAPES = {
    missing_anchors: 1000, missing_anchors_in_a_list: 1000, missing_files: 250, missing_labels: 1200,
    one_long_heading: 1700, misspellings: 6250, allow_comments: 2000, off_and_on: 6250, versions_of_a_work: 250,
    repeated_blocks: 1000, shared_blocks: 500, bidirectional_marks: 150_000, mojibake_in_one_line: 1500,
}


def measure(recto, folder):
    """Returns the CPU time in seconds and the peak memory in bytes of the faster of two runs."""
    best = None
    for _ in range(2):
        process = subprocess.Popen(
            [recto, "check", "--no-baseline", "--exit-zero", "--output-format", "json", "."],
            cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        found = (usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)
        best = min(best or found, found)
    return best


def main():
    recto = os.path.abspath(sys.argv[1])
    wanted = sys.argv[2:]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print("| shape | size | CPU s | 8 × | ratio | bytes a byte |\n| --- | --- | --- | --- | --- | --- |")
    for shape, size in SHAPES.items():
        if wanted and shape.__name__ not in wanted:
            continue
        rows = []
        for factor in (1, FACTOR):
            folder = tempfile.mkdtemp(prefix="recto-growth-")
            shape(folder, size * factor, random.Random(1))
            total = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
            rows.append((*measure(recto, folder), total))
            shutil.rmtree(folder)
        (one, _, _), (eight, memory, total) = rows
        print(f"| {shape.__name__.replace('_', ' ')} | {size} | {one:.2f} | {eight:.2f} | {eight / max(one, 0.01):.1f} | "
              f"{memory / total:.0f} |", flush=True)


if __name__ == "__main__":
    main()
