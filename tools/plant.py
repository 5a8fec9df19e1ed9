#!/usr/bin/env python3
"""Plants one defect at a time in a version of a work, and counts how many recto finds.

    python3 tools/plant.py [--recto PATH] [--seed N] [--each N] [--kinds A,B] [--missed] PAIRS

PAIRS is a file with one pair a line: the role of the second version (`translation` or `edition`), the path of the
original, and the path of the version to plant in, divided by tabs. For an edition both may be one file: the defect is
planted in a copy. `--each` is the number of places of a kind in a pair. A defect is found if a finding that was not there
before has its place, or its related place, at the planted lines or one line beside them. `--missed` lists the others.
"""
import argparse
import collections
import json
import pathlib
import random
import re
import subprocess
import tempfile

FENCE = re.compile(r"^\s*(```|~~~)")
HEADING = re.compile(r"^#{2,6} ")
NUMBERED = re.compile(r"^(#{1,6} |\*\*)?\d+[.)] ")
FIGURE = re.compile(r"(?<![\w.,:/-])\d+(?:[.,]\d+)*(?![\w:/-])")
LINK = re.compile(r"(?<!!)\[([^\]\n]+)\]\((https?://[^)\s]+)\)")
IMAGE = re.compile(r"!\[[^\]\n]*\]\(([^)\s]+)\)")
ANCHOR = re.compile(r"(?:id|name)=[\"']([A-Za-z][\w-]+)[\"']")
CODE = re.compile(r"(?<!`)`([^`\n]{3,40})`(?!`)")
OPTION = re.compile(r"^- [A-D]: ")
COMMENT = re.compile(r"^\s*(?://|#) .*|\S.*?\s(?://|#) .*")


class Text:
    """The lines of a document, with what each line is."""

    def __init__(self, lines):
        self.lines = lines
        self.in_code = []
        fenced = False
        for line in lines:
            mark = FENCE.match(line)
            self.in_code.append(fenced or bool(mark))
            fenced = fenced != bool(mark)
            if mark:
                self.in_code[-1] = None  # the fence itself

    def prose(self):
        return [at for at, code in enumerate(self.in_code) if code is False]

    def code(self):
        return [at for at, code in enumerate(self.in_code) if code]

    def sections(self):
        """The ranges of lines of the headings that have no deeper ones, or of the numbered items."""
        starts = [at for at in self.prose() if HEADING.match(self.lines[at])]
        ends = starts[1:] + [len(self.lines)]
        is_contents = lambda at: re.search(r"(?i)contents", self.lines[at])
        return [(a, b) for a, b in zip(starts, ends) if not is_contents(a)]


def other_figure(figure, rng):
    """A number that differs in one digit."""
    places = [at for at, c in enumerate(figure) if c.isdigit() and not (c == "0" and at == 0)]
    at = rng.choice(places or [0])
    return figure[:at] + rng.choice([d for d in "123456789" if d != figure[at]]) + figure[at + 1:]


def replaced(lines, at, start, end, text):
    changed = list(lines)
    changed[at] = changed[at][:start] + text + changed[at][end:]
    return changed, range(at, at + 1)


def at_match(where, pattern, change, group=0):
    """A defect that changes one match of a pattern in one line."""
    def plant(text, rng, _original):
        hits = [(at, hit) for at in where(text) for hit in pattern.finditer(text.lines[at])]
        rng.shuffle(hits)
        for at, hit in hits:
            new = change(hit.group(group), rng, text)
            if new and new != hit.group(group):
                yield (*replaced(text.lines, at, *hit.span(group), new), hit.group(group) + " → " + new)
    return plant


def other_target(target, rng, _text):
    """The address with another last part."""
    bare = target.rstrip("/")
    head, _, last = bare.rpartition("/")
    word = rng.choice(["overview", "guide", "notes", "archive", "intro"])
    return None if "//" in last or head.endswith("/") else f"{head}/{word}"


def other_link(target, rng, text):
    """The address of another link of the document on the same host."""
    host = target.split("/")[2]
    all_targets = {hit.group(2) for line in text.lines for hit in LINK.finditer(line)}
    others = sorted(other for other in all_targets if other != target and other.split("/")[2] == host)
    return rng.choice(others) if others else None


def other_image(target, rng, _text):
    head, slash, last = target.rpartition("/")
    stem, dot, ending = last.rpartition(".")
    return f"{head}{slash}{rng.choice(['overview', 'diagram', 'figure-2'])}{dot}{ending}" if stem else None


def other_name(name, rng, _text):
    """A name with two letters swapped or its digits changed."""
    letters = [at for at in range(len(name) - 1) if name[at].isalpha() and name[at + 1].isalpha() and name[at] != name[at + 1]]
    if not letters:
        return None
    at = rng.choice(letters)
    return name[:at] + name[at + 1] + name[at] + name[at + 2:]


def other_code(code, rng, text):
    """Another inline code of the document."""
    if not code.isascii() or " " in code and not code.startswith("-"):
        return None
    if rng.random() < 0.5:
        return other_name(code, rng, text)
    others = sorted({hit.group(1) for line in text.lines for hit in CODE.finditer(line) if hit.group(1).isascii()} - {code})
    return rng.choice(others) if others else None


def comment_figure(figure, rng, _text):
    return other_figure(figure, rng)


def comments(text):
    return [at for at in text.code() if COMMENT.match(text.lines[at])]


def plain_code(text):
    return [at for at in text.code() if not COMMENT.match(text.lines[at])]


def options(text):
    return [at for at in text.prose() if OPTION.match(text.lines[at])]


def plain_prose(text):
    return [at for at in text.prose() if not OPTION.match(text.lines[at]) and not HEADING.match(text.lines[at])
            and not NUMBERED.match(text.lines[at]) and "](" not in text.lines[at] and "<" not in text.lines[at]]


def swap(text, rng, _original):
    """Two neighbouring sections of one level change places; numbers stay where they were."""
    sections = text.sections()
    level = lambda start: len(text.lines[start]) - len(text.lines[start].lstrip("#"))
    pairs = [(a, b) for a, b in zip(sections, sections[1:]) if level(a[0]) == level(b[0])
             and a[1] - a[0] > 3 and b[1] - b[0] > 3]
    rng.shuffle(pairs)
    number = re.compile(r"^(#+ (?:!\[[^\]]*\] )?(?:\*\*)?)(\d+(?:\.\d+)*)(?=[.) ])")
    for (a, b), (c, d) in pairs:
        first, second = text.lines[a:b], text.lines[c:d]
        x, y = number.match(first[0]), number.match(second[0])
        if x and y:
            first = [number.sub(lambda hit: hit.group(1) + y.group(2), first[0])] + first[1:]
            second = [number.sub(lambda hit: hit.group(1) + x.group(2), second[0])] + second[1:]
        yield text.lines[:a] + second + first + text.lines[d:], range(a, d), text.lines[a][:60] + " ⇄ " + text.lines[c][:60]


def delete(text, rng, _original):
    sections = [(a, b) for a, b in text.sections() if b - a > 3]
    rng.shuffle(sections)
    for a, b in sections:
        yield text.lines[:a] + text.lines[b:], range(max(a - 3, 0), a + 3), text.lines[a][:70]


def copy(text, rng, _original):
    sections = [(a, b) for a, b in text.sections() if b - a > 3]
    rng.shuffle(sections)
    for a, b in sections:
        yield text.lines[:b] + text.lines[a:b] + text.lines[b:], range(a, b + b - a), text.lines[a][:70]


def untranslated(text, rng, original):
    """A paragraph is replaced by one of the original: the paragraph at the same place of the same section."""
    def paragraphs(of):
        found, index = [], -1
        for at in of.prose():
            line = of.lines[at]
            if HEADING.match(line):
                index, nth = index + 1, 0
            elif index >= 0 and len(line) > 60 and re.match(r"[^\W\d_]", line) and "](" not in line:
                alone = all(not of.lines[beside].strip() for beside in (at - 1, at + 1) if beside < len(of.lines))
                nth += 1
                if alone:
                    found.append(((index, nth), at))
        return found
    there = dict(paragraphs(original))
    here = [(key, at) for key, at in paragraphs(text) if key in there and text.lines[at] != original.lines[there[key]]]
    rng.shuffle(here)
    for key, at in here:
        changed = list(text.lines)
        changed[at] = original.lines[there[key]]
        yield changed, range(at, at + 1), changed[at][:70]


def retitle(text, rng, _original):
    sections = [(a, b) for a, b in text.sections() if len(text.lines[a].split()) > 3]
    rng.shuffle(sections)
    for a, _ in sections:
        words = text.lines[a].rstrip("\n").split(" ")
        at = len(words) - 1
        changed = list(text.lines)
        changed[a] = " ".join(words[:at] + ["lighthouse"]) + "\n"
        yield changed, range(a, a + 1), changed[a][:70]


FACTS = {
    "figure": at_match(plain_prose, FIGURE, lambda figure, rng, _: other_figure(figure, rng)),
    "code figure": at_match(plain_code, FIGURE, lambda figure, rng, _: other_figure(figure, rng)),
    "comment figure": at_match(comments, FIGURE, lambda figure, rng, _: other_figure(figure, rng)),
    "option": at_match(options, FIGURE, lambda figure, rng, _: other_figure(figure, rng)),
    "inline code": at_match(Text.prose, CODE, other_code, 1),
    "link part": at_match(Text.prose, LINK, other_target, 2),
    "other link": at_match(Text.prose, LINK, other_link, 2),
    "image": at_match(Text.prose, IMAGE, other_image, 1),
    "anchor": at_match(Text.prose, ANCHOR, other_name, 1),
    "untranslated": untranslated,
}
KINDS = {
    "translation": {**FACTS, "swap": swap, "delete": delete},
    "edition": {"swap": swap, "delete": delete, "copy": copy, "retitle": retitle, "figure": FACTS["figure"],
                "link part": FACTS["link part"]},
}


def findings(recto, role, original, version):
    """The findings of a comparison, each with its lines in the version; lines of the original are left out."""
    command = [recto, "compare", "--no-config", "--audit", "--output-format", "json", original, version, "--as", role, version]
    done = subprocess.run(command, capture_output=True, text=True)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise SystemExit(f"{command}: {done.stderr.strip()}") from None
    found = []
    for finding in answer["findings"]:
        places = [finding, *finding["related"]]
        lines = [range(place["start"]["line"] - 1, place["end"]["line"]) for place in places if place["path"] == str(version)]
        if lines:
            found.append((finding["rule"], finding["message"].replace(str(version), "").replace(str(original), ""), finding["text"], lines))
    return found, len(answer["pairs"])


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("pairs", type=pathlib.Path)
    options.add_argument("--recto", default="recto")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--each", type=int, default=3)
    options.add_argument("--kinds")
    options.add_argument("--missed", action="store_true")
    chosen = options.parse_args()
    counts = collections.defaultdict(lambda: [0, 0])
    alarms, items = [], 0
    for line in chosen.pairs.read_text().splitlines():
        role, original, version = line.split("\t")
        rng = random.Random(f"{chosen.seed} {version}")
        read = lambda path: Text(pathlib.Path(path).read_text(encoding="utf-8").splitlines(keepends=True))
        source, text = read(original), read(version)
        with tempfile.TemporaryDirectory() as folder:
            planted = pathlib.Path(folder) / ("copy-" + pathlib.Path(version).name)
            planted.write_text("".join(text.lines), encoding="utf-8")
            before, pairs = findings(chosen.recto, role, original, planted)
            items += pairs
            alarms += [(version, rule, lines[0].start + 1, message) for rule, message, _, lines in before]
            known = collections.Counter(entry[:3] for entry in before)
            for kind, plant in KINDS[role].items():
                if chosen.kinds and kind not in chosen.kinds.split(","):
                    continue
                for at, (changed, lines, what) in enumerate(plant(text, rng, source)):
                    if at == chosen.each:
                        break
                    planted.write_text("".join(changed), encoding="utf-8")
                    after, _ = findings(chosen.recto, role, original, planted)
                    new = [entry for entry in after if not known[entry[:3]]]
                    near = range(lines.start - 1, lines.stop + 1)
                    hit = any(set(near) & set(place) for entry in new for place in entry[3])
                    hit = hit or kind in ("swap", "delete") and len(new) > 0
                    counts[role, kind][0] += hit
                    counts[role, kind][1] += 1
                    if chosen.missed and not hit:
                        print(f"missed {kind}: {version}:{lines.start + 1} {what.strip()}")
    for (role, kind), (found, planted) in sorted(counts.items()):
        print(f"{role:12} {kind:15} {found:4} of {planted:4}")
    print(f"{'all':28} {sum(f for f, _ in counts.values()):4} of {sum(p for _, p in counts.values()):4}")
    facts = [alarm for alarm in alarms if alarm[1] == "fact-mismatch"]
    print(f"before planting: {len(facts)} fact-mismatch, {len(alarms)} findings in all, {items} pairs")
    if chosen.missed:
        for version, rule, at, message in alarms:
            if rule == "fact-mismatch":
                print(f"  {version}:{at} {message}")


if __name__ == "__main__":
    main()
