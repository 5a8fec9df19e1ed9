#!/usr/bin/env python3
"""Scores recto on the test files of chardet and uchardet, beside chardet and charset-normalizer.

    pip download --no-deps --no-binary :all: chardet==5.2.0      # its sources have the files; unpack them
    git clone https://github.com/BYVoid/uchardet
    pip install chardet==7.7.0 charset-normalizer==3.5.3
    python3 charsets.py RECTO chardet-5.2.0/tests uchardet/test

A file is right if its text is that of its label, which is the name of its folder or of the file, or of the superset of
that label on Windows; forms of dashes, dots and yen signs in which the mappings of vendors differ count as one. A file
that recto leaves holds U+FFFD or nothing. Nothing is kept.
"""
import base64
import codecs
import json
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import charset_normalizer
import chardet

SUPERSETS = {"big5": "cp950", "gb2312": "gb18030", "euc-kr": "cp949", "shift_jis": "cp932", "tis-620": "cp874",
             "ibm855": "cp855", "ibm866": "cp866", "maccyrillic": "mac_cyrillic", "mac-cyrillic": "mac_cyrillic",
             "macroman": "mac_roman", "iso-8859-1": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874"}
LANGUAGES = ("arabic bulgarian croatian czech greek hebrew hungarian polish romanian russian slovak slovene "
             "turkish").split()
FOLD = str.maketrans({"〜": "~", "～": "~", "−": "-", "－": "-", "∥": "‖", "―": "—", "￠": "¢", "￡": "£", "￢": "¬",
                      "•": "·", "・": "·", "￥": "\\", "¥": "\\", "‐": "-", "‾": "~"})


def folded(text):
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    return unicodedata.normalize("NFC", text).translate(FOLD).rstrip("\0")


def decoded(data, encoding):
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return data.decode(encoding, "replace")


def files(folder):
    """The files with their labels."""
    for path in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
        in_folder, by_name = path.parent.name.lower(), path.stem.lower()
        label = next((in_folder.removesuffix(f"-{language}") for language in LANGUAGES
                      if in_folder.endswith(f"-{language}")), in_folder)
        for name in (label, by_name):
            try:
                codecs.lookup(SUPERSETS.get(name, name))
            except LookupError:
                continue
            yield path, name
            break


def recto(binary, all_data):
    rows = "".join(json.dumps({"id": at, "b64": base64.b64encode(data).decode()}) + "\n"
                   for at, data in enumerate(all_data))
    done = subprocess.run([binary, "repair", "--jsonl"], input=rows.encode(), stdout=subprocess.PIPE, check=False)
    return {row["id"]: row.get("text", "") for row in map(json.loads, done.stdout.splitlines())}


def verdict(text, wanted):
    if not text or "\ufffd" in text and not any("\ufffd" in one for one in wanted):
        return "left"
    return "right" if folded(text) in wanted else "wrong"


def score(binary, folder):
    cases = [(path, label, path.read_bytes()) for path, label in files(folder)]
    ours = recto(binary, [data for _, _, data in cases])
    counts = {name: Counter() for name in ("recto", "chardet", "charset-normalizer")}
    for at, (path, label, data) in enumerate(cases):
        wanted = {folded(decoded(data, name)) for name in {label, SUPERSETS.get(label, label)}}
        guess = chardet.detect(data)["encoding"]
        best = charset_normalizer.from_bytes(data).best()
        texts = {"recto": ours.get(at, ""), "chardet": decoded(data, guess) if guess else "",
                 "charset-normalizer": str(best) if best else ""}
        for name, text in texts.items():
            counts[name][verdict(text, wanted)] += 1
        if verdict(texts["recto"], wanted) == "wrong":
            print(f"wrong: {path} ({label})", file=sys.stderr)
    for name, count in counts.items():
        print(f"{folder} ({len(cases)}) {name}: {count['right']} right, {count['left']} left, {count['wrong']} wrong")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    for folder in sys.argv[2:]:
        score(sys.argv[1], folder)
