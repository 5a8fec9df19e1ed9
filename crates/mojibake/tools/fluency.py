#!/usr/bin/env python3
"""Count the n-gram model that ranks what lost bytes may have been.

    python3 fluency.py WORK MODEL OUT [ENTRIES]

WORK is what gather.py, readmes.py and more.py filled, MODEL the plausibility model of train.py, which the n-grams
back off to. Interpolated absolute discounting over characters, orders 2 to 5, pruned by what each entry tells
beyond its back-off (Seymore and Rosenfeld 1996). The format is told in crates/mojibake/data/README.md.
"""
import math, random, re, struct, sys
from collections import Counter
from pathlib import Path

import numpy as np

from train import MAIN, lines_of, smarten

ORDER = 5
DISCOUNT = 0.75
LEAST = {3: 1.0, 4: 1.7, 5: 1.7}        # n-grams of an order must occur more often than this
CAP, CAP_OTHER = 1_200_000, 120_000     # characters of a language
CAP_MANY = 5_000_000                    # the same for the scripts of thousands
CAP_PLAIN = 3_000_000                   # characters of READMEs in lines of ASCII
MANY = ("zh", "zh_hant", "ja", "ko")
ASCII = 0.2                             # what an n-gram of ASCII alone weighs when it is decided what to keep
KOREAN = 1.0                            # what a Korean word of a middling cost counts
BUCKET = 16                             # places of a bucket, as many as a line of the processor's cache holds
LINE = 64                               # bytes of such a line
LOAD = 0.9                              # of the places of the table that are taken


class Fold(dict):
    """What str.translate shall make of each character."""

    def __missing__(self, code):
        c = chr(code)
        low = "0" if c in "0123456789" else " " if c in "\u00a0\u202f" else c.lower()
        self[code] = low[0] if low else c
        return self[code]


FOLD = Fold()


class Base:
    """The plausibility model's cost of a character after another, in nats."""

    def __init__(self, data):
        _, self.n, pages, self.astral, self.unassigned = struct.unpack_from("<4sHHHH", data)
        self.index = data[12:12 + 512]
        self.pages = struct.unpack_from(f"<{pages * 256}H", data, 524)
        self.pair = data[524 + pages * 512:]

    def klass(self, c):
        code = ord(c)
        if code >> 8 < 512:
            return self.pages[self.index[code >> 8] * 256 + (code & 255)]
        return self.astral if code < 0x40000 else self.unassigned

    def costs(self, a, b):
        """For arrays of codes."""
        known = np.array([self.klass(chr(c)) for c in range(max(a.max(), b.max()) + 1)], dtype=np.int64)
        a, b = known[a], known[b]
        pair = np.frombuffer(self.pair, dtype=np.uint8)
        return (pair[(a & 0x3FF) * self.n + (b & 0x3FF)] + (b >> 10) * 2.5) / 10


# How languages quote (Unicode CLDR, delimiters), and a few that it names as alternatives.
QUOTES = {"en": "“” ‘’", "de": "„“ ‚‘ »«", "fr": "«\xa0\xa0» “” « »", "es": "«» “” ‘’", "pt": "“” ‘’ «»", "it": "«» “” ‘’", "pl": "„” «»", "cs": "„“ ‚‘",
          "sk": "„“ ‚‘", "hu": "„” »«", "tr": "“” ‘’", "ru": "«» „“", "uk": "«» „“", "el": "«» “”", "lt": "„“", "lv": "“” „”", "et": "„“", "ro": "„” «»",
          "bg": "„“", "sv": "”” ’’", "fi": "”” ’’", "nl": "“” ‘’ „”", "da": "“” »«", "nb": "«» ‘’", "vi": "“” ‘’", "zh": "“” ‘’ 「」", "zh_hant": "「」 『』", "ja": "「」 『』", "ko": "“” ‘’"}


def quoted(lang, line, rng):
    """The line with a word or two in quotation marks, or a dash, now and then."""
    if rng.random() < .05:      # a dash between blanks, as technical writing has it more than these texts do
        line = re.sub(r"(?<=\w|[)`\"]), (?=\w)|(?<=\w|[)`\"]): (?=\w)", rng.choice((" — ", " — ", " – ", " → ")), line, count=1)
    words = line.split()
    if lang not in QUOTES or rng.random() > .08 or len(words) < 2:
        return line
    a = rng.randrange(len(words))
    b = min(len(words) - 1, a + rng.choice((0, 0, 0, 1, 2)))
    pair = rng.choice(re.findall(r"(\S[\xa0 ]?)([\xa0 ]?\S)", QUOTES[lang]))
    if words[b][-1:] in ".,:;!?":
        words[b] = words[b][:-1] + pair[1] + words[b][-1]
    else:
        words[b] += pair[1]
    words[a] = pair[0] + words[a]
    return " ".join(words)


def mix(h, codes):
    """A step of the hash of n-grams, as in crates/mojibake/src/language/ngrams.rs."""
    h = (h ^ codes.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
    return h ^ h >> np.uint64(29)


def texts(work):
    size, rng = Counter(), random.Random(2)
    packages = [f.read_text(encoding="utf-8") for f in sorted((work / "readmes").glob("*.txt"))]
    often = Counter(c for text in packages for c in set(text))
    for lang, line, weight in lines_of(work, often):
        if weight <= 0 or len(line) > 600:
            continue
        cap = CAP if lang in MAIN else CAP_OTHER
        if lang and size[lang] > cap:
            continue
        size[lang] += len(line)
        line = re.sub(r"(?<=\d)—(?=\d)", "–", line)
        yield "\n" + quoted(lang, line, rng).translate(FOLD) + "\n", 1.0 if lang else min(weight, 3)
    readmes = [line for text in packages for line in text.split("\n")]
    rng.shuffle(readmes)
    for line in readmes:
        if line.isascii():
            size["plain"] += len(line)
            if size["plain"] > CAP_PLAIN:
                continue
            line = quoted("en", re.sub(r"(?<=\d)—(?=\d)", "–", smarten(line)), rng)
        yield "\n" + line.translate(FOLD) + "\n", 1.0
    for f in sorted((work / "more").glob("*.txt")):     # what a language lacks yet
        lang = f.stem
        cap = CAP_MANY if lang in MANY else CAP if lang in MAIN else CAP_OTHER
        for line in f.read_text(encoding="utf-8").splitlines():
            size[lang] += len(line)
            if size[lang] > cap:
                break
            line = re.sub(r"(?<=\d)—(?=\d)", "–", smarten(line) if lang == "en" else line)
            yield "\n" + quoted(lang, line, rng).translate(FOLD) + "\n", 1.0


def words(work):
    for line in (work / "words" / "zh.txt").read_text(encoding="utf-8").split("\n"):
        word, _, rest = line.partition(" ")
        if len(word) > 1 and rest and (n := int(rest.split(" ")[0])) >= 20:
            yield word, max(0.6, min(n, 20_000) / 60)
    for line in (work / "words" / "ko.txt").read_text(encoding="utf-8").splitlines():
        word, _, cost = line.rpartition(" ")
        if len(word) > 1 and int(cost) < 4500:      # 700 to a nat
            yield word, min(30, max(0.6, KOREAN * math.exp((2000 - int(cost)) / 700)))


class Grams:
    """All n-grams of a text, by order: sorted hashes, counts, and where in the text the first of each is."""

    def __init__(self, lines):
        text = "".join(line for line, _ in lines)
        self.codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
        sizes = np.fromiter((len(line) for line, _ in lines), dtype=np.int64, count=len(lines))
        of = np.repeat(np.arange(len(lines), dtype=np.int32), sizes)
        weights = np.repeat(np.array([weight for _, weight in lines], dtype=np.float32), sizes)
        n = len(text)
        self.keys, self.counts, self.at = ([None] * (ORDER + 1) for _ in range(3))
        h = np.zeros(n, dtype=np.uint64)
        for order in range(1, ORDER + 1):
            h = mix(h[:n - order + 1], self.codes[order - 1:])
            at = np.nonzero(of[:n - order + 1] == of[order - 1:])[0]     # within a line
            at = at[np.argsort(h[at], kind="stable")]
            keys = h[at]
            starts = np.nonzero(np.concatenate(([True], keys[1:] != keys[:-1])))[0]
            counts = np.add.reduceat(weights[at].astype(np.float64), starts)
            often = counts > LEAST.get(order, 0)
            self.keys[order], self.counts[order], self.at[order] = keys[starts][often], counts[often], at[starts][often]

    def key(self, at, order):
        """Hashes of the n-grams at places of the text."""
        h = np.zeros(len(at), dtype=np.uint64)
        for i in range(order):
            h = mix(h, self.codes[at + i])
        return h

    def is_plain(self, order):
        """Which n-grams of an order are ASCII."""
        return np.all([self.codes[self.at[order] + i] < 128 for i in range(order)], axis=0)


def find(keys, wanted):
    """Where in sorted keys the wanted ones are, and which of them are there."""
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return at, keys[at] == wanted


def main():
    work, base = Path(sys.argv[1]), Base(Path(sys.argv[2]).read_bytes())
    budget = int(sys.argv[4]) if len(sys.argv) > 4 else 1_005_000
    whole = Counter()
    for line, weight in texts(work):
        whole[line] = max(whole[line], weight)      # a phrase is one phrase however often it was translated
    grams = Grams(list(whole.items()) + list(words(work)))
    print([len(k) for k in grams.keys[1:]], "n-grams", file=sys.stderr)
    codes, at, counts = grams.codes, grams.at, grams.counts

    def first(at):
        """The probability of the second of two characters after the first, by the plausibility model."""
        return np.exp(-base.costs(codes[at], codes[at + 1]))

    # The context of each n-gram among those an order below, its probability, and what it has by its back-off alone.
    context, prob, lower = ([None] * (ORDER + 1) for _ in range(3))
    for n in range(2, ORDER + 1):
        context[n], _ = find(grams.keys[n - 1], grams.key(at[n], n - 1))
        size = len(grams.keys[n - 1])
        # What was cut from the counts still belongs to the context.
        total = np.maximum(np.bincount(context[n], counts[n], minlength=size), counts[n - 1])
        left = np.maximum(counts[n] - DISCOUNT, 0)
        share = np.maximum(1 - np.bincount(context[n], left, minlength=size) / total, 1e-4)
        # What is often enough has an ending that is.
        tail = first(at[n]) if n == 2 else prob[n - 1][find(grams.keys[n - 1], grams.key(at[n] + 1, n - 1))[0]]
        lower[n] = share[context[n]] * tail
        prob[n] = left / total[context[n]] + lower[n]

    # What an entry tells beyond its back-off. What is lost is beyond ASCII: the rest helps little to rank it.
    worth = [counts[n] * np.abs(np.log(prob[n] / lower[n])) * np.where(grams.is_plain(n), ASCII, 1) for n in range(2, ORDER + 1)]
    ends = np.cumsum([0] + [len(w) for w in worth])
    best = np.argsort(-np.concatenate(worth), kind="stable")[:budget]
    kept = [None, None] + [np.sort(best[(best >= a) & (best < b)] - a) for a, b in zip(ends, ends[1:])]
    print([len(k) for k in kept[2:]], "kept", file=sys.stderr)
    keys = [None, None] + [grams.keys[n][kept[n]] for n in range(2, ORDER + 1)]
    probs = [None, None] + [prob[n][kept[n]] for n in range(2, ORDER + 1)]

    # Back-off weights for what was kept: keys and weights by the order of the context.
    backoff = [None] * (ORDER + 1)

    def kept_lower(at, n):
        """The probability of the last character of n-grams by what was kept of order n and below."""
        where, is_kept = find(keys[n], grams.key(at, n))
        p = probs[n][where]
        rest = at[~is_kept]
        if len(rest):
            q = first(rest) if n == 2 else kept_lower(rest + 1, n - 1)
            where, is_known = find(backoff[n - 1][0], grams.key(rest, n - 1))
            p[~is_kept] = np.where(is_known, backoff[n - 1][1][where], 1.0) * q
        return p

    for n in range(2, ORDER + 1):
        places, contexts, size = at[n][kept[n]], context[n][kept[n]], len(grams.keys[n - 1])
        up = np.bincount(contexts, probs[n], minlength=size)
        down = np.bincount(contexts, first(places) if n == 2 else kept_lower(places + 1, n - 1), minlength=size)
        known = np.unique(contexts)
        weights = np.minimum(1.0, np.maximum(1e-4, 1 - up[known]) / np.maximum(1e-3, 1 - down[known]))
        backoff[n - 1] = grams.keys[n - 1][known], weights

    entries = {}
    for n in range(2, ORDER + 1):
        for key, cost in zip(keys[n].tolist(), np.minimum(62, np.rint(-np.log(probs[n]) * 2.5)).astype(int).tolist()):
            entries[key] = [cost, 0]
        for key, cost in zip(backoff[n - 1][0].tolist(), np.minimum(63, np.rint(-np.log(backoff[n - 1][1]) * 2.5)).astype(int).tolist()):
            entries.setdefault(key, [63, 0])[1] = cost      # 63: known as a context only
    buckets = math.ceil(len(entries) / LOAD / BUCKET)
    table, marks = [0] * (buckets * BUCKET), [0] * buckets
    for key in sorted(entries):
        home, mark = (key >> 32) * buckets >> 32, key & 0xFFFFF or 1
        marks[home] |= 1 << mark % 64
        place = home * BUCKET
        while table[place]:
            place = (place + 1) % len(table)
        cost, back = entries[key]
        table[place] = mark | cost << 20 | back << 26
    filled = np.array(marks, dtype="<u8").tobytes()
    filled += bytes(-len(filled) % LINE)
    data = struct.pack("<4sI56x", b"RMF5", buckets) + filled + np.array(table, dtype="<u4").tobytes()
    Path(sys.argv[3]).write_bytes(data)
    print(len(entries), "entries", len(data), "bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
