#!/usr/bin/env python3
"""Counts the findings of recto in clones of public repositories, and shows what changed since the accepted counts.

    python3 tools/ecosystem.py [--recto PATH] [--accept] [--audit] CLONES

CLONES is a folder of clones, or a file with one clone a line: its path and, for a copy without a history, its name and
commit as `owner/name@commit`. The counts of each clone, by rule, are compared with those in tools/ecosystem.json;
`--accept` writes the new ones there. Other clones are named by their folder and, if they have one, by their commit:
counts of another commit are shown as new. Exit code: 1 if a count differs.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys

ACCEPTED = pathlib.Path(__file__).with_name("ecosystem.json")


def clones(path):
    """The clones that an argument names, with their names."""
    if path.is_dir():
        return [(entry, name(entry)) for entry in sorted(path.iterdir()) if entry.is_dir()]
    lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
    return [(pathlib.Path(line[0]), line[1] if len(line) > 1 else name(pathlib.Path(line[0]))) for line in lines]


def name(clone):
    """The name of a clone, with the start of its commit."""
    head = subprocess.run(["git", "-C", clone, "rev-parse", "--short=9", "HEAD"], capture_output=True, text=True)
    top = subprocess.run(["git", "-C", clone, "rev-parse", "--show-toplevel"], capture_output=True, text=True)
    own = head.returncode == 0 and pathlib.Path(top.stdout.strip()) == clone.resolve()
    return f"{clone.name}@{head.stdout.strip()}" if own else clone.name


def counts(recto, clone, audit):
    """The number of findings of each rule and tier, and of files."""
    command = [recto, "check", "--no-config", "--no-baseline", "--output-format", "json", *(["--audit"] if audit else []), "."]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"{clone}: recto ended with {done.returncode}: {done.stderr.strip()}")
    report = json.loads(done.stdout)
    found = collections.Counter(
        finding["rule"] + ("" if finding["tier"] == "gate" else " (audit)") for finding in report["findings"]
    )
    return {"files": report["summary"]["files"], **dict(sorted(found.items()))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clones", type=pathlib.Path)
    parser.add_argument("--recto", default="recto")
    parser.add_argument("--accept", action="store_true")
    parser.add_argument("--audit", action="store_true")
    args = parser.parse_args()
    recto = str(pathlib.Path(args.recto).resolve()) if "/" in args.recto else args.recto
    accepted = json.loads(ACCEPTED.read_text()) if ACCEPTED.exists() else {}
    total, differs = collections.Counter(), False
    for clone, key in clones(args.clones):
        now, before = counts(recto, clone, args.audit), accepted.get(key)
        total.update(now)
        print(f"{key}: {now['files']} files, {sum(now.values()) - now['files']} findings")
        for rule in sorted({*now, *(before or {})}):
            new, old = now.get(rule, 0), (before or {}).get(rule, 0)
            if before is None or new != old:
                differs = True
                print(f"    {rule}: {new}" + ("" if before is None else f" (was {old})"))
        accepted[key] = now
    print("in all: " + ", ".join(f"{rule} {count}" for rule, count in total.most_common()))
    if args.accept:
        ACCEPTED.write_text(json.dumps(accepted, indent=1, sort_keys=True) + "\n")
    return int(differs and not args.accept)


if __name__ == "__main__":
    sys.exit(main())
