#!/usr/bin/env python3
"""Plants one defect at a time in a version of a work, and counts how many recto finds.

    python3 tools/plant.py [--recto PATH] [--seed N] [--each N] [--kinds A,B] [--missed] PAIRS

PAIRS is a file with one pair a line: the role of the second version (`translation` or `edition`), the path of the
original, and the path of the version to plant in, divided by tabs. For an edition both may be one file: the defect is
planted in a copy. Two folders are one work: each page that both have can be planted in, one defect a page at a time, so
that a round of defects takes one run and the habits of the whole translation are known. `--each` is the number of defects
of a kind in a pair. A defect is found if a finding that was not there before has its place, or its related place, at the
planted lines or one line beside them. `--missed` lists the others.
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
ANCHOR = re.compile(r"<a (?:id|name)=[\"']([A-Za-z][\w-]+)[\"']")
CODE = re.compile(r"(?<!`)`([^`\n]{3,40})`(?!`)")
MACRO = re.compile(r"^\s*(?:\{[*%].*[*%]\}|import .*|\w+=[\"'{].*|</?[A-Z]\w*.*)\s*$")
OPTION = re.compile(r"^- [A-D]: ")
COMMENT = re.compile(r"^\s*(?://|#) .*|\S.*?\s(?://|#) .*")


class Text:
    """The lines of a document, with what each line is."""

    def __init__(self, lines):
        self.lines = lines
        self.in_code = []
        fenced = False
        # The keys at the top are no prose.
        end = lines.index("---\n", 1) if lines[:1] == ["---\n"] and "---\n" in lines[1:] else -1
        for at, line in enumerate(lines):
            mark = FENCE.match(line)
            self.in_code.append(fenced or bool(mark))
            fenced = fenced != bool(mark)
            if mark or at <= end or MACRO.match(line):
                self.in_code[-1] = None  # neither: the fence itself, a key, a directive of a generator

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


def swapped(where, pattern):
    """A defect that exchanges the targets of two links or images that stand next to each other."""
    def plant(text, rng, _original):
        hits = [(at, hit) for at in where(text) for hit in pattern.finditer(text.lines[at])]
        pairs = [(a, b) for a, b in zip(hits, hits[1:]) if a[1].group("target") != b[1].group("target") and b[0] - a[0] < 30]
        rng.shuffle(pairs)
        for (a, first), (b, second) in pairs:
            changed = list(text.lines)
            for at, hit, other in ((b, second, first), (a, first, second)):
                start, end = hit.span("target")
                changed[at] = changed[at][:start] + other.group("target") + changed[at][end:]
            yield changed, range(a, b + 1), first.group("target") + " ⇄ " + second.group("target")
    return plant


def outside_links(pattern):
    """The lines of prose without addresses of links around the matches: a pattern that leaves link targets alone."""
    return re.compile(r"(?<![\w/:(\"'=.-])" + pattern)


DATE = re.compile(r"\b(?:20|19)\d\d-[01]\d-[0-3]\d\b|\b[0-3]?\d\. ?[01]?\d\. ?(?:20|19)\d\d\b")
MAIL = re.compile(r"\b[\w.+-]{3,}@[\w-]+\.[a-z]{2,}\b")
HOST = re.compile(r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b")
PLACEHOLDER = re.compile(r"\{[a-z_]{3,}\}|\$[A-Z_]{3,}\b")
PATH = outside_links(r"(?:\.{0,2}/(?:[a-z_]{2,}/)+[a-z_]{2,}/?|\.{0,2}/?(?:[a-z_]{2,}/)+[a-z_]{2,}\.[a-z]+)(?![\w/:])")
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]{3,}\b")
HEADING_ID = re.compile(r"\{ *#([\w-]{4,})")
TARGET = re.compile(r"(?<!!)\[[^\]\n]+\]\((?P<target>[^)\s#]{4,})\)")
PICTURES = re.compile(r"(?:!\[[^\]\n]*\]\(|<img[^>\n]*\bsrc=\")(?P<target>[^)\"\s]+)")


FACTS = {
    "figure": at_match(plain_prose, FIGURE, lambda figure, rng, _: other_figure(figure, rng)),
    "code figure": at_match(plain_code, FIGURE, lambda figure, rng, _: other_figure(figure, rng)),
    "comment figure": at_match(comments, FIGURE, lambda figure, rng, _: other_figure(figure, rng)),
    "option": at_match(options, FIGURE, lambda figure, rng, _: other_figure(figure, rng)),
    "flag": at_match(lambda text: text.prose() + text.code(), FLAG, other_name),
    "inline code": at_match(Text.prose, CODE, other_code, 1),
    "link part": at_match(Text.prose, LINK, other_target, 2),
    "other link": at_match(Text.prose, LINK, other_link, 2),
    "swapped links": swapped(Text.prose, TARGET),
    "image": at_match(Text.prose, PICTURES, other_image, "target"),
    "swapped images": swapped(Text.prose, PICTURES),
    "anchor": at_match(Text.prose, ANCHOR, other_name, 1),
    "heading id": at_match(Text.prose, HEADING_ID, other_name, 1),
    "date": at_match(Text.prose, DATE, lambda date, rng, _: date[:-1] + rng.choice([d for d in "123456789" if d != date[-1]])),
    "mail": at_match(Text.prose, MAIL, other_name),
    "host": at_match(lambda text: text.prose() + text.code(), HOST, lambda host, rng, _: other_figure(host, rng)),
    "placeholder": at_match(Text.prose, PLACEHOLDER, other_name),
    "path": at_match(Text.prose, PATH, other_name),
    "untranslated": untranslated,
}
KINDS = {
    "translation": {**FACTS, "swap": swap, "delete": delete, "copy": copy},
    "edition": {"swap": swap, "delete": delete, "copy": copy, "retitle": retitle, "figure": FACTS["figure"],
                "link part": FACTS["link part"]},
}


class Finding:
    """A finding of a comparison, with its lines in a page of the version."""

    def __init__(self, finding, page, lines, texts):
        message = finding["message"]
        for text in texts:
            message = message.replace(text, "")
        self.rule, self.message, self.page, self.lines = finding["rule"], message, page, lines
        self.key = (page, finding["rule"], message, finding["text"])


class Work:
    """The pages of a version, which are changed in a copy, and those of the original."""

    def __init__(self, role, original, version, folder):
        self.role, self.original = role, pathlib.Path(original)
        version = pathlib.Path(version)
        if self.original.is_dir():
            self.version = pathlib.Path(folder) / "copy"
            pages = [path.relative_to(version) for path in sorted(version.rglob("*")) if path.suffix in (".md", ".mdx")]
            self.pages = {page: self.original / page for page in pages if (self.original / page).is_file()}
            source = {page: version / page for page in self.pages}
        else:
            self.version = pathlib.Path(folder) / ("copy-" + version.name)
            self.pages, source = {pathlib.Path(): self.original}, {pathlib.Path(): version}
        read = lambda path: Text(path.read_text(encoding="utf-8").splitlines(keepends=True))
        self.texts = {page: read(path) for page, path in source.items()}
        self.originals = {page: read(path) for page, path in self.pages.items()}
        for page in self.pages:
            self.write(page, self.texts[page].lines)

    def path(self, page):
        return self.version / page if page.parts else self.version

    def write(self, page, lines):
        self.path(page).parent.mkdir(parents=True, exist_ok=True)
        self.path(page).write_text("".join(lines), encoding="utf-8")

    def findings(self, recto):
        """The findings that have a place in the version, and the number of pairs; those in the original alone are left out."""
        paths = [str(self.original), str(self.version)]
        command = [recto, "compare", "--no-config", "--audit", "--output-format", "json", *paths, "--as", self.role, paths[1]]
        done = subprocess.run(command, capture_output=True, text=True)
        try:
            answer = json.loads(done.stdout)
        except ValueError:
            raise SystemExit(f"{command}: {done.stderr.strip()}") from None
        pages = {str(self.path(page)): page for page in self.pages}
        found = []
        for finding in answer["findings"]:
            by_page = collections.defaultdict(list)
            for place in [finding, *finding["related"]]:
                if place["path"] in pages:
                    lines = range(place["start"]["line"] - 1, place["end"]["line"])
                    by_page[pages[place["path"]]].append(lines)
            found += [Finding(finding, page, lines, paths[::-1]) for page, lines in by_page.items()]
        return found, len(answer["pairs"])


def rounds(work, kinds, each, rng, counts):
    """Rounds of defects, each of at most one defect a page: (page, kind, changed lines, planted lines, description)."""
    sources = {}
    for page in work.pages:
        for kind in kinds:
            sources[page, kind] = KINDS[work.role][kind](work.texts[page], rng, work.originals[page])
    while True:
        planted = []
        pages = list(work.pages)
        rng.shuffle(pages)
        for page in pages:
            wanted = sorted((kind for kind in kinds if counts[kind] < each and (page, kind) in sources), key=counts.get)
            for kind in wanted:
                defect = next(sources[page, kind], None)
                if defect is None:
                    del sources[page, kind]
                    continue
                counts[kind] += 1
                planted.append((page, kind, *defect))
                break
        if not planted:
            return
        yield planted


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
        kinds = [kind for kind in KINDS[role] if not chosen.kinds or kind in chosen.kinds.split(",")]
        with tempfile.TemporaryDirectory() as folder:
            work = Work(role, original, version, folder)
            before, pairs = work.findings(chosen.recto)
            items += pairs
            alarms += [(version, found) for found in before]
            known = collections.Counter(found.key for found in before)
            for planted in rounds(work, kinds, chosen.each, rng, dict.fromkeys(kinds, 0)):
                for page, _, changed, _, _ in planted:
                    work.write(page, changed)
                after, _ = work.findings(chosen.recto)
                new = [found for found in after if not known[found.key]]
                for page, kind, _, lines, what in planted:
                    here = [found for found in new if found.page == page]
                    near = set(range(lines.start - 1, lines.stop + 1))
                    hit = any(near & set(place) for found in here for place in found.lines)
                    hit = hit or kind in ("swap", "delete") and len(here) > 0
                    counts[role, kind][0] += hit
                    counts[role, kind][1] += 1
                    if chosen.missed and not hit:
                        print(f"missed {kind}: {pathlib.Path(version) / page}:{lines.start + 1} {what.strip()}")
                    work.write(page, work.texts[page].lines)
    for (role, kind), (found, planted) in sorted(counts.items()):
        print(f"{role:12} {kind:15} {found:4} of {planted:4}")
    print(f"{'all':28} {sum(f for f, _ in counts.values()):4} of {sum(p for _, p in counts.values()):4}")
    facts = [alarm for alarm in alarms if alarm[1].rule == "fact-mismatch"]
    print(f"before planting: {len(facts)} fact-mismatch, {len(alarms)} findings in all, {items} pairs")
    if chosen.missed:
        for version, found in alarms:
            print(f"  {pathlib.Path(version) / found.page}:{found.lines[0].start + 1} {found.rule}: {found.message}")


if __name__ == "__main__":
    main()
