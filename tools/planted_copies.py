#!/usr/bin/env python3
"""Plants accidental copies in documents, and counts how many of them recto finds.

    python3 tools/planted_copies.py [--recto PATH] [--copies N] [--seed N] [--misses] FOLDER...

The Markdown of each FOLDER is copied to a scratch folder. There, blocks of sentences are pasted a second time: half of
them elsewhere in their own document, half of them in another document, always between two blocks. A copy counts as found
if a finding of `duplicate-block` or `repeated-item` in the gate tier has a place in the pasted lines. Left out are documents
that recto does not check, that have such a finding before anything is planted, and those that repeat one another by
nature: they tell what happened (changelogs, news, minutes), are filled in (templates), test something, instruct coding
assistants, or say that a program wrote them. No block is pasted that leads on to code or a list, because it would not be
pasted without. Exit code: 1 if less than 98 % are found.
"""
import argparse
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

RULES = ("duplicate-block", "repeated-item")
# Number of words of a pasted block, at least: of one document, and of two. A shorter text returns for good reasons.
WITHIN_WORDS, ACROSS_WORDS = 40, 110
# Parts of the paths of documents that repeat one another by nature.
REPEATING = re.compile(
    r"(^|[/._ -])(agents|archives?|blogs?|changelog|changes|claude|copilot-instructions|downgrad\w+|fixtures?|gemini"
    r"|history|meetings?|migrat\w+|minutes|news|posts?|releases?|templates?|tests?|updat\w+|upgrad\w+)([/._ -]|$)"
)
# Words of documents that a program wrote.
GENERATED = re.compile(r"do not edit|options inherited from parent|auto-?\s?generated|generated (by|from|with)", re.IGNORECASE)
# Number of characters at the start of a document in which they are, and four times that at its end.
GENERATED_WITHIN = 2000
# Share that is found, at least.
GOAL = 0.98


def blocks(lines):
    """The blocks between empty lines outside code and front matter, as ranges of lines."""
    found, start, fence = [], None, None
    first = 0
    if lines and lines[0].strip() == "---":
        first = next((at + 1 for at, line in enumerate(lines[1:], 1) if line.strip() in ("---", "...")), len(lines))
    for at in range(first, len(lines)):
        line = lines[at]
        mark = re.match(r"\s*(```+|~~~+)", line)
        if mark and fence is None:
            fence = mark[1][:3]
        elif mark and line.strip().startswith(fence):
            fence = None
        if line.strip() and start is None:
            start = at
        elif not line.strip() and start is not None and fence is None:
            found.append((start, at))
            start = None
    if start is not None:
        found.append((start, len(lines)))
    return found


def sentences(block):
    """The number of words of a paragraph; 0 for code, tables, HTML, quotations, directives and lists."""
    if any(re.match(r"\s*([-*+] |\d+[.)] |```|~~~|\||<|>|:::|!!!|\?\?\?|===|import |export |\{|\[[^\]]+\]:|    |\t)", line) for line in block):
        return 0
    count = 0
    for line in block:
        text = re.sub(r"\[[^\]]*\]\([^)]*\)", "", re.sub(r"^\s*([-*+]|\d+[.)])\s+", "", line))
        words = re.findall(r"[^\W\d_]{2,}", text)
        count += len(words) if len(words) >= 5 else 0
    return count


def candidates(lines, least):
    """Runs of blocks with at least so many words of sentences, the shortest for each start."""
    found = []
    places = blocks(lines)
    for first in range(len(places)):
        words = 0
        for start, end in places[first:]:
            block = lines[start:end]
            if re.match(r"#+\s", block[0]) and len(block) == 1:
                continue
            own = sentences(block)
            if own == 0:
                break
            words += own
            if words >= least and not block[-1].rstrip(" *_").endswith((":", "：")):
                found.append((places[first][0], end))
                break
    return found


def slots(lines):
    """Lines before which a block can be pasted: the starts of blocks at the margin, and the end."""
    starts = [start for start, _ in blocks(lines)[1:] if re.match(r"[^\W\d_]|#+ |\*\*", lines[start])]
    return [*starts, len(lines)]


def language(name):
    """What a name may say of its language: `fr` of README.fr.md, README-fr.md and chapter1_FR.md."""
    stem = pathlib.PurePath(name).name.rsplit(".", 1)[0]
    named = re.search(r"\.([A-Za-z-]{2,})$|_([A-Z]{2})$", stem) or re.match(r"README[-_](.+)", stem)
    return next((part.lower() for part in named.groups() if part), "") if named else ""


def findings(recto, folder):
    done = subprocess.run(
        [recto, "check", "--no-config", "--no-baseline", "--select", ",".join(RULES), "--output-format", "json", "."],
        cwd=folder, capture_output=True, text=True,
    )
    if done.returncode not in (0, 1):
        sys.exit(f"{folder}: recto ended with {done.returncode}: {done.stderr.strip()}")
    gate = [finding for finding in json.loads(done.stdout)["findings"] if finding["tier"] == "gate"]
    return [[place for place in (finding, *finding["related"])] for finding in gate]


def checked(recto, folder):
    """The paths of the documents that recto checks, from the folder."""
    command = [recto, "check", "--no-config", "--show-files", "."]
    lines = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.splitlines()
    return sorted(line.removeprefix("./") for line in lines)


def is_candidate(folder, name):
    """Whether a copy in a document is a mistake, as far as the document tells."""
    text = (folder / name).read_text(encoding="utf-8", errors="surrogateescape")
    text = text[:GENERATED_WITHIN] + text[-GENERATED_WITHIN // 4 :]
    return not REPEATING.search(name.lower()) and not GENERATED.search(text)


def plant(folder, names, count, chance):
    """Pastes copies; returns each as (kind, path, first line, last line, path of the source), 1-based."""
    free, planted = list(names), []
    chance.shuffle(free)
    text_of = lambda name: (folder / name).read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    while free and len(planted) < count:
        source = free.pop()
        kind = "within" if len(planted) % 2 == 0 else "across"
        lines = text_of(source)
        runs = candidates(lines, WITHIN_WORDS if kind == "within" else ACROSS_WORDS)
        if not runs or kind == "across" and not free:
            continue
        start, end = chance.choice(runs)
        # People paste from one document into its neighbour, and not into one in another language.
        near = [
            name for name in free
            if pathlib.PurePath(name).parent == pathlib.PurePath(source).parent and language(name) == language(source)
        ]
        if kind == "across" and not near:
            continue
        target = source if kind == "within" else near[0]
        if kind == "across":
            free.remove(target)
        into = lines if kind == "within" else text_of(target)
        # A copy right beside its source, or within it, is of another kind.
        places = [at for at in slots(into) if kind == "across" or at < start - 3 or at > end + 3]
        if not places:
            continue
        at = chance.choice(places)
        pasted = [*lines[start:end], ""] if at < len(into) else ["", *lines[start:end], ""]
        new = into[:at] + pasted + into[at:]
        (folder / target).write_text("\n".join(new), encoding="utf-8", errors="surrogateescape")
        first = at + 1 if at < len(into) else at + 2
        planted.append((kind, target, first, first + (end - start) - 1, source))
    return planted


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--recto", default="recto")
    parser.add_argument("--copies", type=int, default=40, help="at most so many in a folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--misses", action="store_true", help="name the copies that were not found")
    args = parser.parse_args()
    recto = str(pathlib.Path(args.recto).resolve()) if "/" in args.recto else args.recto
    total = {"within": [0, 0], "across": [0, 0]}
    for source in args.folders:
        chance = random.Random(f"{args.seed} {source.name}")
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch) / source.name
            ignore = lambda at, names: [
                name for name in names
                if not (pathlib.Path(at, name).is_dir() or name.endswith((".md", ".mdx", ".markdown")))
                or pathlib.Path(at, name).is_symlink()
            ]
            shutil.copytree(source, folder, ignore=ignore)
            before = {place["path"].removeprefix("./") for found in findings(recto, folder) for place in found}
            names = [name for name in checked(recto, folder) if name not in before and is_candidate(folder, name)]
            planted = plant(folder, names, args.copies, chance)
            after = findings(recto, folder)
        for kind, path, first, last, origin in planted:
            found = any(
                place["path"].removeprefix("./") == path
                and place["start"]["line"] <= last and place["end"]["line"] >= first
                for places in after for place in places
            )
            total[kind][0] += found
            total[kind][1] += 1
            if args.misses and not found:
                print(f"{source.name}: {kind}: {path}:{first}-{last} (from {origin})")
    for kind, (found, all_) in total.items():
        print(f"{kind}: {found} of {all_} found" + (f", {found / all_:.1%}" if all_ else ""))
    found, all_ = (sum(column) for column in zip(*total.values()))
    sys.exit(0 if all_ and found >= GOAL * all_ else 1)


if __name__ == "__main__":
    main()
