#!/usr/bin/env python3
"""Count the table that tells which of a few languages a line may be in.

    python3 languages.py WORK OUT

For each language of crates/mojibake/src/language/languages.rs, in its order, what the trigrams of its texts cost, hashed to
BUCKETS places, in eighths of a nat. The format is told in crates/mojibake/data/README.md.
"""
import math, sys
from collections import Counter
from pathlib import Path

# In the order of `ALPHABETS`; a language may stand for another that shares its alphabet.
LANGUAGES = ["fr", "de", "es", "pt", "it", "ca", "nl", "sv fi", "da nb", "is", "pl", "cs", "sk", "hu", "tr", "ro", "lt", "lv", "et",
             "hr sl", "vi", "sq", "mt", "eo", "ru", "uk", "be", "bg", "sr", "mk", "el", "en"]
BUCKETS = 1 << 12
LEAST = 6000        # characters of text without which a language is not told from others


def bucket(gram):
    h = 0
    for c in gram:
        h = ((h ^ ord(c)) * 0x9E3779B1) & 0xFFFFFFFF
        h ^= h >> 15
    return h % BUCKETS


def plain(line):
    """Small letters with single blanks between words."""
    return " " + " ".join("".join(c if c.isalpha() else " " for c in line.lower()).split()) + " "


def main():
    work, rows = Path(sys.argv[1]), []
    for languages in LANGUAGES:
        counts, size = Counter(), 0
        for lang in languages.split():
            path = work / "text" / f"{lang}.txt"
            for line in path.read_text(encoding="utf-8").split("\n")[:12000] if path.exists() else ():
                line = plain(line)
                size += len(line)
                counts.update(bucket(line[i:i + 3]) for i in range(len(line) - 2))
        total = sum(counts.values())
        if size < LEAST:
            print(languages, "has too little text", file=sys.stderr)
            rows.append(bytes([0] * BUCKETS))
            continue
        rows.append(bytes(min(255, round(-math.log((counts[b] + .3) / (total + .3 * BUCKETS)) * 8)) for b in range(BUCKETS)))
    Path(sys.argv[2]).write_bytes(b"".join(rows))
    print(len(rows), "languages", BUCKETS * len(rows), "bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
