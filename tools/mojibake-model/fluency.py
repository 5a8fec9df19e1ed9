#!/usr/bin/env python3
"""Count the n-gram model that ranks what lost bytes may have been.

    python3 fluency.py WORK MODEL OUT [ENTRIES]

WORK is what gather.py filled, MODEL the plausibility model of train.py, which the n-grams back off to.
Interpolated absolute discounting over characters, orders 2 to 5, pruned by what each entry tells beyond its
back-off (Seymore and Rosenfeld 1996). The format is told in rules/data/mojibake/README.md.
"""
import math, random, re, struct, sys
from collections import Counter, defaultdict
from pathlib import Path

from train import MAIN, lines_of, smarten

ORDER = 5
DISCOUNT = 0.75
CAP, CAP_OTHER = 1_200_000, 120_000     # characters of a language
CAP_PLAIN = 3_000_000                   # characters of READMEs in lines of ASCII
MASK = (1 << 64) - 1


def fold(c):
    if c in "0123456789":
        return "0"
    if c in "\u00a0\u202f":
        return " "
    low = c.lower()
    return low[0] if low else c


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

    def cost(self, a, b):
        b = self.klass(b)
        return (self.pair[(self.klass(a) & 0x3FF) * self.n + (b & 0x3FF)] + (b >> 10) * 2.5) / 10


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


def key(gram):
    """As in src/text/mojibake/fluency.rs."""
    h = 0
    for c in gram:
        h = ((h ^ ord(c)) * 0x9E3779B97F4A7C15) & MASK
        h ^= h >> 29
    return h


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
        yield "\n" + "".join(map(fold, quoted(lang, line, rng))) + "\n", 1.0 if lang else min(weight, 3)
    readmes = [line for text in packages for line in text.split("\n")]
    rng.shuffle(readmes)
    for line in readmes:
        if line.isascii():
            size["plain"] += len(line)
            if size["plain"] > CAP_PLAIN:
                continue
            line = quoted("en", re.sub(r"(?<=\d)—(?=\d)", "–", smarten(line)), rng)
        yield "\n" + "".join(map(fold, line)) + "\n", 1.0


def words(work):
    for line in (work / "words" / "zh.txt").read_text(encoding="utf-8").split("\n"):
        word, _, rest = line.partition(" ")
        if len(word) > 1 and rest and (n := int(rest.split(" ")[0])) >= 20:
            yield word, max(0.6, min(n, 20_000) / 60)


def main():
    work, base = Path(sys.argv[1]), Base(Path(sys.argv[2]).read_bytes())
    budget = int(sys.argv[4]) if len(sys.argv) > 4 else 900_000
    counts = [None] + [Counter() for _ in range(ORDER)]
    whole = Counter()
    for line, weight in texts(work):
        whole[line] = max(whole[line], weight)      # a phrase is one phrase however often it was translated
    for line, weight in list(whole.items()) + list(words(work)):
        for n in range(1, ORDER + 1):
            table = counts[n]
            for i in range(len(line) - n + 1):
                gram = line[i:i + n]
                table[gram] += weight
    for n in range(3, ORDER + 1):
        counts[n] = {g: c for g, c in counts[n].items() if c > (1.0 if n == 3 else 1.7)}
    print([len(c) for c in counts[1:]], "n-grams", file=sys.stderr)

    total, kinds = [None] * (ORDER + 1), [None] * (ORDER + 1)
    for n in range(2, ORDER + 1):       # by context
        total[n], kinds[n] = defaultdict(float), Counter()
        for gram, c in counts[n].items():
            total[n][gram[:-1]] += c
            kinds[n][gram[:-1]] += 1
        for h in total[n]:              # what was cut from the counts still belongs to the context
            total[n][h] = max(total[n][h], counts[n - 1].get(h, 0) if n > 1 else 0)

    prob = [None] * (ORDER + 1)

    def lower(gram):
        """The probability of the last character after the others, by the longest n-gram below that is known."""
        for n in range(len(gram) - 1, 1, -1):
            tail = gram[len(gram) - n:]
            if tail in prob[n]:
                return prob[n][tail]
            h = tail[:-1]
            if h in total[n]:
                return share[n][h] * lower(tail)
        return math.exp(-base.cost(gram[-2], gram[-1]))

    share = [None] * (ORDER + 1)
    for n in range(2, ORDER + 1):
        prob[n], share[n] = {}, {}
        spent = defaultdict(float)
        for gram, c in counts[n].items():
            spent[gram[:-1]] += max(c - DISCOUNT, 0) / total[n][gram[:-1]]
        for h in total[n]:
            share[n][h] = max(1.0 - spent[h], 1e-4)
        for gram, c in counts[n].items():
            h = gram[:-1]
            prob[n][gram] = max(c - DISCOUNT, 0) / total[n][h] + share[n][h] * lower(gram)

    # What an entry tells beyond its back-off.
    worth = []
    for n in range(2, ORDER + 1):
        for gram, p in prob[n].items():
            q = share[n][gram[:-1]] * lower(gram)
            worth.append((counts[n][gram] * abs(math.log(p / q)), n, gram))
    worth.sort(reverse=True)
    keep = [None] + [set() for _ in range(ORDER)]
    contexts = set()
    for w, n, gram in worth[:budget]:
        keep[n].add(gram)
        contexts.add(gram[:-1])
    print("cut at", worth[min(budget, len(worth)) - 1][0], [len(k) for k in keep[1:]], file=sys.stderr)

    # Back-off weights for what was kept.
    backoff = {}
    memo = {}

    def kept_lower(gram):
        if len(gram) < 2:
            raise AssertionError
        if gram in memo:
            return memo[gram]
        n = len(gram)
        if n >= 2 and gram in keep[n]:
            p = prob[n][gram]
        elif n == 2:
            p = backoff.get(gram[:-1], 1.0) * math.exp(-base.cost(gram[0], gram[1]))
        else:
            p = backoff.get(gram[:-1], 1.0) * kept_lower(gram[1:])
        memo[gram] = p
        return p

    for n in range(2, ORDER + 1):
        up, down = defaultdict(float), defaultdict(float)
        for gram in keep[n]:
            h = gram[:-1]
            up[h] += prob[n][gram]
            down[h] += math.exp(-base.cost(gram[0], gram[1])) if n == 2 else kept_lower(gram[1:])
        for h in up:
            backoff[h] = min(1.0, max(1e-4, 1 - up[h]) / max(1e-3, 1 - down[h]))
        memo.clear()

    entries = {}
    for n in range(2, ORDER + 1):
        for gram in keep[n]:
            entries[gram] = [min(62, round(-math.log(prob[n][gram]) * 2.5)), 0]
    for h, b in backoff.items():
        e = entries.setdefault(h, [63, 0])     # 63: known as a context only
        e[1] = min(63, round(-math.log(b) * 2.5))
    size = 1
    while size * 0.92 < len(entries):
        size += max(1, size // 16)
    table = bytearray(size * 4)
    used = bytearray(size)
    for gram in sorted(entries, key=lambda g: (key(g), g)):
        h = key(gram)
        at = (h >> 32) * size >> 32
        mark = h & 0xFFFFF or 1
        while used[at]:
            at = (at + 1) % size
        used[at] = 1
        cost, back = entries[gram]
        table[at * 4:at * 4 + 4] = (mark | cost << 20 | back << 26).to_bytes(4, "little")
    Path(sys.argv[3]).write_bytes(struct.pack("<4sI", b"RMF3", size) + bytes(table))
    print(len(entries), "entries", len(table) + 8, "bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
