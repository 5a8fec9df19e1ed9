#!/usr/bin/env python3
"""Count character classes and their bigrams in WORK/text; write the model recto embeds.

    python3 train.py WORK ../data/model.bin

The format is described in crates/mojibake/data/README.md.
"""
import codecs, math, random, re, struct, sys, unicodedata
from collections import Counter, defaultdict
from pathlib import Path

MAIN = "en fr de es pt pl cs hu tr vi ru uk el he ar zh zh_hant ja ko lt it nl sv da nb fi ro bg sk".split()
CAP, CAP_OTHER, CAP_SMALL = 400_000, 20_000, 800     # characters a language counts for, whatever was found
OWN = 350                            # characters beyond ASCII that get a class of their own
QUANT, SHARE = 0.1, 0.25             # nats per unit of a stored cost, and of a member's share of its class
# Emoji that technical writing uses a lot; the rest share another class.
EMOJI = set("✅❌⚠🚀🔥💡📦🔧🟢🎯🔴🔵🟡🟣🟠🟤⚫⚪🟥🟦🟧🟨🟩🟪📝📌🔍🔎🔐🔒🔓🔑🧪🧩🧠🛠⚙📊📈📉🎉✨🐛💻🌐🌍🌎📚📖📄📁📂🗂📋📅⏰⏱⏳"
            "🤖👉👍👎🙏💪😀😊😂😉😎🤔❤💯⭐🌟⚡🔗🔄🔁🔹🔸🔶🔷💬📢📣🏆🎓🎨🏗🐳🐍🦀☁🌱💰💳🛡🚨🚧🚫⛔✔✖☑➡⬅⬆⬇➕➖❓❗ℹ🆕🆚🥇🥈🥉1️👀👨👩🧵🧰🗄📱🖥⌨💾📡🔔🏠🌲🌳🎁🎵📷🎮🏁🏳🤝👥👤🙌👏")
TREES = ["├── src/", "│   ├── main.rs", "│   └── lib.rs", "└── README.md", "│   │   ├── mod.rs", "├── docs/",
         "┌──────────┬─────────┐", "│ Name     │ Value   │", "├──────────┼─────────┤", "└──────────┴─────────┘",
         "╔══════════╗", "║ Menu     ║", "╚══════════╝", "╠═══╬═══╣", "████████░░ 80 %", "┌─────┐", "│ x │", "└──┬──┘", "   ▼", "   │"]
SYMBOLS = ["a → b", "x ≤ y", "x ≥ 0", "a ≠ b", "5 × 3", "±5 %", "≈ 2", "A ⇒ B", "f: A → B", "√2 ≈ 1.41", "∑ x", "∞", "25 °C", "10 µm",
           "© 2024 Name", "Name™", "Name®", "£5", "€5", "5 €", "¥100", "§ 5", "¶ 2", "½ cup", "¼", "¾", "x²", "m³", "№ 5", "• item", "· item",
           "… and", "wait…", "“word”", "‘word’", "„Wort“", "« mot »", "»ord«", "don’t", "it’s", "we’re", "I’m", "you’ll", "they’ve", "the users’ data",
           "a — b", "word—word", "1–2", "10–20", "2019–2024", "- ✅ done", "- ❌ not", "## ⚠️ Careful", "☐ todo", "☑ done", "★★★☆☆", "✓ yes", "✗ no", "▶ play",
           "α β γ δ", "λ = 5", "π ≈ 3.14", "Ω", "∆T", "x ∈ S", "A ∩ B", "A ∪ B", "∀x ∃y", "← back", "“×” and “+”", "“→”", "‘×’", "x´´", "``x´´", "(¬_¬)", "¬x", "↑ up", "↓ down", "⌘C", "⇧⌘P", "1️⃣ one", "2️⃣ two"]


def kind(c):
    """The superclass of a character: script and case for letters, a rough sort for the rest."""
    o, cat = ord(c), unicodedata.category(c)
    if c == "\n":
        return "edge"
    if o < 128:
        return ("lower" if c.islower() else "upper" if c.isupper() else "digit" if c.isdigit() else
                "space" if c == " " else "control" if o < 32 or o == 127 else "ascii punctuation")
    if o < 0xA0:
        return "C1"
    if o >= 0x10000 and not (0x1D400 <= o < 0x1D800 or 0x1F000 <= o < 0x1FB00):
        return "letter of a rare script"
    if cat == "Co":
        return "private"
    if cat in ("Cn", "Cs"):
        return "unassigned"
    if o == 0xFFFD:
        return "replacement"
    if o in (0xFE0F, 0x200D, 0x20E3):
        return "emoji joiner"
    if c in EMOJI:
        return "emoji common"
    if 0x1F1E6 <= o <= 0x1F1FF:
        return "flag"
    if 0x1F300 <= o <= 0x1FAFF:
        return "emoji"
    if 0x2500 <= o < 0x2550:
        return "box light" if c in "─│┌┐└┘├┤┬┴┼" else "box heavy"
    if 0x2550 <= o < 0x2580:
        return "box double"
    if 0x2580 <= o < 0x25A0:
        return "blocks"
    if 0x2190 <= o < 0x2200:
        return "arrow" if o < 0x2194 else "arrow rare"
    if 0x2800 <= o < 0x2900:
        return "braille"
    if 0x2600 <= o < 0x27C0:
        return "dingbat"
    if 0xFF00 <= o < 0xFFF0:
        return "halfwidth kana" if 0xFF61 <= o < 0xFFA0 else "fullwidth" if o < 0xFF61 else "width rare"
    if 0x3000 <= o < 0x3040:
        return "cjk punctuation" if c in "　、。〈〉《》「」『』【】〜〒々" else "cjk punctuation rare"
    name = unicodedata.name(c, "").split(" ")
    if cat[0] == "L":
        script = name[0].split("-")[0]
        if script == "CJK":
            return "Han"
        case = "upper" if cat == "Lu" else "lower" if cat == "Ll" else "other"
        if script == "LATIN":
            block = "1" if o < 0x100 else "A" if o < 0x180 else "B" if o < 0x250 else "viet" if 0x1EA0 <= o < 0x1F00 else "rare"
            return f"LATIN {block} {case}"
        if script == "CYRILLIC":
            return f"CYRILLIC {'' if 0x400 <= o < 0x460 or o in (0x490, 0x491) else 'rare '}{case}"
        if script == "GREEK":
            return f"GREEK {'' if o < 0x3D0 else 'rare '}{case}"
        if script == "ARABIC" and o > 0xFB00:
            return "ARABIC forms"
        if script in ("HIRAGANA", "KATAKANA", "HANGUL", "HEBREW", "ARABIC", "THAI", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL",
                      "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "LAO", "TIBETAN", "MYANMAR", "GEORGIAN", "ETHIOPIC", "KHMER", "MONGOLIAN", "ARMENIAN"):
            return f"{script} letter"
        return "letter of a rare script"
    if cat[0] == "M":
        return "combining" if name[0] == "COMBINING" else f"mark {name[0]}" if name[0] in (
            "ARABIC", "HEBREW", "THAI", "DEVANAGARI", "BENGALI", "TAMIL", "TELUGU", "MYANMAR", "KHMER", "SINHALA", "GUJARATI", "GURMUKHI", "KANNADA", "MALAYALAM", "LAO") else "mark rare"
    if cat[0] == "N":
        return "number sign" if o < 0x3000 else "number rare"
    if o < 0x100:
        return {"Sc": "currency", "Pi": "guillemet", "Pf": "guillemet", "Sk": "spacing accent"}.get(cat, "nbsp" if o == 0xA0 else "format" if o == 0xAD else "latin-1 sign")
    if 0x2010 <= o < 0x2040 or o in (0x2039, 0x203A, 0x20AC):
        return "typography"
    if cat == "Cf":
        return "format"
    if cat == "Sc":
        return "currency"
    if 0x2200 <= o < 0x2300:
        return "math"
    if cat[0] == "S":
        return "symbol"
    return "punctuation of a script"


def encodable(c, enc):
    try:
        b = c.encode(enc)
    except UnicodeError:
        return None
    return b


def han_class(c, freq):
    """By where the character is used and how often; unseen ones by the level the national standards give them."""
    by = {k: freq[k][c] for k in ("zh", "zh_hant", "ja")}
    total = sum(by.values())
    if total < 2:
        gb, b5, sj = encodable(c, "gb2312"), encodable(c, "big5"), encodable(c, "shift_jis")
        if gb and gb[0] < 0xD8:
            return "Han seldom, GB level 1"
        if (b5 and b5[0] < 0xC9) or (sj and sj[0] < 0x98):
            return "Han seldom, Big5 or JIS level 1"
        return "Han rare, level 2" if gb or b5 or sj else "Han rarest"
    where = [k for k, v in by.items() if v * 5 >= total]
    use = where[0] if len(where) == 1 else "hant ja" if "zh" not in where else "shared"
    tier = 0 if total > 600 else 1 if total > 200 else 2 if total > 60 else 3 if total > 15 else 4
    return f"Han {use} {tier}"


def hangul_class(c, freq):
    n = freq["ko"][c]
    if n < 2:
        return "Hangul seldom" if encodable(c, "euc_kr") else "Hangul rare"
    return f"Hangul {0 if n > 2000 else 1 if n > 600 else 2 if n > 150 else 3 if n > 30 else 4}"


def smarten(s):
    """Typographic English from plain English."""
    s = re.sub(r"(?<=\w)'(?=\w)", "’", s)
    s = re.sub(r'"([^"]*)"', r"“\1”", s)
    return re.sub(r"(?<=\w) - (?=\w)", "—", s).replace("...", "…")


def lines_of(work, often=None):
    """Language, line and weight of all text. Emoji are put before some lines: any as often as another, or as `often` says."""
    rng = random.Random(1)
    emojis = sorted(EMOJI)
    weights = [often.get(c, 0) + 1 for c in emojis] if often else None
    for f in sorted((work / "text").glob("*.txt")):
        lang = f.stem
        lines = f.read_text(encoding="utf-8").split("\n")
        size = sum(map(len, lines)) + 1
        cap = CAP * (2 if lang == "en" else 1) if lang in MAIN else CAP_OTHER if size > 60_000 else CAP_SMALL
        weight = min(3.0, cap / size)
        for line in lines:
            if lang == "en":
                yield lang, smarten(line), weight
            yield lang, line, weight
            r = rng.random()
            if r < .03:
                yield lang, line.upper(), weight
            elif r < .05:       # brands and shouts
                yield lang, " ".join(w + rng.choice(["", "", "™", "®", "…", "”", "’s", "’", "!"]) for w in line.upper().split(" ")), weight * .3
            elif r < .25:
                emoji = rng.choices(emojis, weights)[0] if weights else rng.choice(emojis)
                vs = "\ufe0f" if emoji in "⚠🛠⚙❤☁🛡✔✖☑➡⬅⬆⬇ℹ" else ""
                form = rng.choice(["# {}", "## {}", "- {}", "**{}**", "- **{}**", "1. {}", "`{}`", "({})", "“{}”", "> {}", "| {} |", '"{}"',
                                   "### {e} {}", "## {e} {}", "- {e} {}", "- {e} **{}**", "{} {e}", "# {e} **{}**", "{}…", "{}™", "« {} »", "— {}", "{} — {}", "{} → {}", "- {e} {}: {}"])
                yield lang, form.replace("{e}", emoji + vs).replace("{}", line), weight
    for line in TREES:
        yield "", line, 60
    for line in SYMBOLS:
        yield "", line, 25
    for e in "👨👩🧑🏃🚶🙋🤷🤦💁🧘🏄🚴🏊🤹🧗🙅🙆🙎🙍💆💇👮👷💂🕵🧙🧚🧜🧝🧞🧟":
        for tail in ("\u200d♂️", "\u200d♀️", "\u200d♂", "\u200d♀", "\u200d💻", "\u200d🔬", "\u200d🏫", "🏽\u200d🚀", "\u200d⚕️", "\u200d🌾", "\u200d⚖"):
            yield "", f"- {e}{tail} **x**", .4
    for pair in "❤️‍🔥 👁️‍🗨️ 🏳️‍🌈 🏴‍☠️ 👨‍👩‍👧 👩‍❤️‍👨 🐻‍❄️ 😮‍💨 😵‍💫 🙂‍↕️ 🙂‍↔️".split():
        yield "", f"{pair} x", 3
    for c in "ÀÂÃÄÈÉÊËÌÍÎÒÓÔÕÖÙÚÛÜ":     # drawn-out cries
        for form in (f"{c}{c.lower() * 2} x", f"{c * 3} x", f"x {c.lower() * 3}"):
            yield "", form, 3
    for a in "√∆∑∏≤≥±":
        for b in "π±≥≤αβ°x2(":
            yield "", f"{a}{b} x {a}{b}y", .7
    for a in "×":
        for b in "€£$¥…":
            yield "", f"2{a}{b}5", 5
    everything = [chr(o) for o in range(0x2190, 0x2BFF) if unicodedata.category(chr(o))[0] == "S"]
    for c in everything + [chr(o) for o in range(0x1F300, 0x1FAF8) if unicodedata.category(chr(o)) == "So"]:
        yield "", f"{c} x", .5      # every symbol exists


def main():
    work, out = Path(sys.argv[1]), Path(sys.argv[2])
    chars, freq = Counter(), defaultdict(Counter)
    lines = list(lines_of(work))
    for lang, line, weight in lines:
        for c in line:
            chars[c] += weight
            if ord(c) >= 0x3400:
                freq[lang][c] += weight
    grouped = ("Han", "HANGUL letter", "emoji", "emoji common", "unassigned", "private", "C1", "flag", "box light", "box heavy", "box double", "blocks", "arrow rare", "braille", "letter of a rare script")
    own = [c for c, n in chars.most_common() if ord(c) >= 128 and kind(c) not in grouped and not kind(c).startswith(("mark", "dingbat")) and
           kind(c).split(" ")[0] not in ("DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM",
                                         "SINHALA", "LAO", "TIBETAN", "MYANMAR", "GEORGIAN", "ETHIOPIC", "KHMER", "MONGOLIAN", "ARMENIAN", "THAI")]
    must = [bytes([b]).decode(e, "ignore") for e in ("cp1252", "latin-1", "mac_roman") for b in range(0xA0 if e == "latin-1" else 0x80, 256)]
    must = set(must) | {bytes([b]).decode(e, "ignore") for e in ("cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "koi8_u") for b in range(0xC0 if e == "koi8_u" else 0x80, 256)}
    must = {c for c in must if c and kind(c) not in grouped}
    own = set([c for c in own if c not in must][:max(0, OWN - len(must))]) | must

    def class_of(c):
        k = kind(c)
        if (ord(c) < 127 and ord(c) >= 32) or c in own:
            return "=" + c
        return han_class(c, freq) if k == "Han" else hangul_class(c, freq) if k == "HANGUL letter" and 0xAC00 <= ord(c) < 0xD7A4 else k

    classes, members, super_of, pages, page_ids, index = {}, Counter(), [], [], {}, []
    assigned = {}
    for page in range(0x200):
        row = []
        for low in range(256):
            c = chr(page << 8 | low)
            name = class_of(c)
            if name not in classes:
                classes[name] = len(classes)
                super_of.append(kind(c))
            assigned[c] = classes[name]
            members[classes[name]] += 1
            row.append(classes[name])
        key = tuple(row)
        if key not in page_ids:
            page_ids[key] = len(pages)
            pages.append(row)
        index.append(page_ids[key])
    n = len(classes)
    assert n <= 640 and len(pages) <= 256, (n, len(pages))
    pair, first, uni = defaultdict(float), [0.0] * n, [0.0] * n
    for lang, line, weight in lines:
        prev = assigned["\n"]
        for c in line + "\n":
            k = assigned.get(c)
            if k is None:
                continue
            pair[prev, k] += weight
            first[prev] += weight
            uni[k] += weight
            prev = k
    kinds = sorted(set(super_of))
    ki = {k: i for i, k in enumerate(kinds)}
    sup = [ki[s] for s in super_of]
    m = len(kinds)
    spair, sfirst, suni = [[0.0] * m for _ in range(m)], [0.0] * m, [0.0] * m
    for (a, b), v in pair.items():
        spair[sup[a]][sup[b]] += v
        sfirst[sup[a]] += v
    for k in range(n):
        suni[sup[k]] += uni[k] + .5
    total = sum(suni)
    types = Counter(a for a, _ in pair)
    cost = bytearray()
    for a in range(n):
        lam = first[a] / (first[a] + 2.0 * types[a] + 5)
        for b in range(n):
            s = sup[a]
            back = (spair[s][sup[b]] + 20 * suni[sup[b]] / total) / (sfirst[s] + 20)
            back *= (uni[b] + .5) / suni[sup[b]]
            p = lam * pair.get((a, b), 0) / first[a] + (1 - lam) * back if first[a] else back
            cost.append(min(255, round(-math.log(max(p, 1e-12)) / QUANT)))
    # What a character costs among the members of its class, in six bits above the class.
    names = list(classes)
    dear = {"unassigned": 40, "private": 32, "Han rarest": 40, "C1": 24, "control": 24, "letter of a rare script": 40, "combining": 12, "LATIN rare other": 24, "LATIN rare lower": 12, "LATIN B lower": 8, "LATIN B upper": 8}

    def member(c, k):
        if names[k].startswith("="):
            return 0
        if c == "ſ":        # in no text of today
            return 63
        share = (chars[c] + .5) / (uni[k] + .5 * members[k])
        return min(63, max(dear.get(names[k], 0), round(-math.log(share) / SHARE)))

    packed = {}
    for page in range(0x200):
        row = tuple(k | member(chr(page << 8 | low), k) << 10 for low, k in enumerate(pages[index[page]]))
        packed.setdefault(row, []).append(page)
    index = [0] * 0x200
    for i, of in enumerate(packed.values()):
        for page in of:
            index[page] = i
    assert len(packed) <= 256
    data = struct.pack("<4sHHHH", b"RMM2", n, len(packed), classes["Han rarest"] | 60 << 10, classes["unassigned"] | 63 << 10)
    data += bytes(index) + b"".join(struct.pack("<256H", *r) for r in packed) + bytes(cost)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(data)
    print(n, "classes", len(pages), "pages", len(data), "bytes", m, "kinds")
    (work / "classes.txt").write_text("\n".join(f"{i} {k} {kind_} {uni[i]:.0f} {members[i]}" for i, (k, kind_) in enumerate(zip(classes, super_of))))


if __name__ == "__main__":
    main()
