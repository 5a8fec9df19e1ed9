#!/usr/bin/env python3
"""Builds the manual: `python3 tools/manual/build.py` writes target/manual/site.

The pages are docs/*.md and rules/*.md as they are. Links out of them lead to the repository, the list of rules is made
from the table in README.md, that of commands from the program if target/ has it, and the page of the playground is put
beside them if target/web has it. Needs Python 3.10;
zensical is installed into target/manual/venv if it is not there.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "target" / "manual"
PAGES = OUT / "pages"
REPOSITORY = re.search(r'^repository = "(.+)"', (ROOT / "Cargo.toml").read_text(), re.M).group(1)
# A link of Markdown, up to its target.
LINK = re.compile(r"(\]\()([^)\s]+)(?=[)\s])")
# Code is left as it is.
CODE = re.compile(r"^(`{3,}).*?^\1[ \t]*$|`[^`\n]+`", re.M | re.S)


def linked(text: str, folder: str) -> str:
    """Turns links to files of the repository into links of the site, or to the repository."""

    def target(match: re.Match) -> str:
        link = match.group(2)
        if re.match(r"[a-z]+:|#|/", link):
            return match.group(0)
        path, hash_sign, anchor = link.partition("#")
        try:
            there = (ROOT / folder / path).resolve().relative_to(ROOT)
        except ValueError:
            return match.group(0)
        up = "../" if folder == "rules" else ""
        if there.suffix == ".md" and there.parent == Path("docs"):
            link = up + there.name
        elif there.suffix == ".md" and there.parent == Path("rules"):
            link = up + "rules/" + there.name
        else:
            link = f"{REPOSITORY}/blob/main/{there.as_posix()}"
        return match.group(1) + link + hash_sign + anchor

    done, at = [], 0
    for code in CODE.finditer(text):
        done += [LINK.sub(target, text[at : code.start()]), code.group(0)]
        at = code.end()
    return "".join(done) + LINK.sub(target, text[at:])


def fences(text: str) -> str:
    """Shows the tags of examples as titles; what the site's Markdown does not know is left out of the info string."""

    def info(match: re.Match) -> str:
        language, *tags = match.group(2).split(" ", 1)
        # A diagram would be drawn by a script from another host; its text is a list of arrows, which can be read.
        language = "text" if language == "mermaid" else language
        tags = tags[0] if tags else ""
        title = re.search(r'title="([^"]*)"', tags)
        name = re.search(r"file=(\S+)", tags)
        kind = re.search(r"\b(bad|fixed|good|config)\b", tags)
        shown = title.group(1) if title else " · ".join(m.group(1) for m in (kind, name) if m)
        return match.group(1) + language + (f' title="{shown}"' if shown else "")

    return re.sub(r"^(```)(\w\S*(?: .*)?)$", info, text, flags=re.M)


def commands() -> str:
    """Returns a page with the help of each command; nothing if the program is not built."""
    built = [path for path in (ROOT / "target/release/recto", ROOT / "target/debug/recto") if path.exists()]
    if not built:
        return ""

    def said(*arguments: str) -> str:
        environment = os.environ | {"COLUMNS": "100", "NO_COLOR": "1"}
        return subprocess.run([built[0], *arguments], env=environment, capture_output=True, text=True, check=True).stdout

    page = ["# Commands", "The help of each command, as `recto COMMAND --help` shows it.", f"```text\n{said('--help')}```"]
    for command in said("man", "--list").split():
        page += [f"## recto {command}", f"```text\n{said(command, '--help')}```"]
    return "\n\n".join(page) + "\n"


def stage() -> list:
    """Copies the pages. Returns the navigation."""
    shutil.rmtree(PAGES, ignore_errors=True)
    (PAGES / "rules").mkdir(parents=True)
    for folder in ("docs", "rules"):
        for page in sorted((ROOT / folder).glob("*.md")):
            target = PAGES / (page.name if folder == "docs" else f"rules/{page.name}")
            target.write_text(fences(linked(page.read_text(encoding="utf-8"), folder)), encoding="utf-8")
    for image in (ROOT / "docs").glob("images/*"):
        (PAGES / "images").mkdir(exist_ok=True)
        shutil.copy(image, PAGES / "images")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("<!-- rules -->")[1].split("<!-- /rules -->")[0].replace("](rules/", "](")
    about = "`recto explain RULE` shows the page of a rule on a terminal, and `recto rules` the list."
    (PAGES / "rules" / "index.md").write_text(f"# Rules\n\n{about}\n{table}", encoding="utf-8")
    if page := commands():
        (PAGES / "commands.md").write_text(page, encoding="utf-8")
    rules = [{"All rules": "rules/index.md"}]
    rules += [{page.stem: f"rules/{page.name}"} for page in sorted((ROOT / "rules").glob("*.md"))]
    navigation, group = [], None
    for line in (ROOT / "tools/manual/navigation.txt").read_text().splitlines():
        title, colon, page = line.strip().partition(": ")
        if line.startswith("#"):
            continue
        if not colon:
            group = []
            navigation.append({title: group})
        elif page == "rules":
            group.append({title: rules})
        elif (PAGES / page).exists():
            (navigation if group is None else group).append({title: page})
        else:
            print(f"left out: {page} is not there")
    return navigation


def configuration(navigation: list) -> dict:
    slug = {"object": "pymdownx.slugs.slugify", "kwds": {"case": "lower"}}
    modes = [
        ("(prefers-color-scheme)", None, "lucide/sun-moon", "Light"),
        ("(prefers-color-scheme: light)", "default", "lucide/sun", "Dark"),
        ("(prefers-color-scheme: dark)", "slate", "lucide/moon", "As the system"),
    ]
    palette = []
    for media, scheme, icon, name in modes:
        mode = {"media": media, "toggle": {"icon": icon, "name": name}}
        palette.append(mode | ({"scheme": scheme} if scheme else {}))
    return {
        "site_name": "recto",
        "site_description": "A linter and auditor for written content",
        "site_url": "https://recto-lint.github.io/recto/",
        "docs_dir": "pages",
        "site_dir": "site",
        "nav": navigation,
        "theme": {
            "language": "en",
            # No font, and nothing else, is fetched from another host.
            "font": False,
            "palette": palette,
            "features": ["navigation.footer", "navigation.indexes", "navigation.sections", "search.highlight", "toc.follow"],
        },
        "extra_css": ["style.css"],
        # Not `repo_url`, for which the theme would ask GitHub in each reader's browser.
        "extra": {"social": [{"icon": "fontawesome/brands/github", "link": REPOSITORY, "name": "recto on GitHub"}]},
        "markdown_extensions": {
            "attr_list": {},
            "tables": {},
            "md_in_html": {},
            # Anchors as GitHub has them, so that a link is right in both places.
            "toc": {"permalink": True, "slugify": slug},
            "pymdownx.highlight": {"pygments_lang_class": True},
            "pymdownx.superfences": {},
        },
    }


def toml(value) -> str:
    """Writes a value in TOML, whose inline form is that of JSON but for the keys."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def zensical() -> Path:
    """Returns the program, installed if it has to be."""
    wanted = (ROOT / "tools/manual/requirements.txt").read_text()
    folder, stamp = OUT / "venv", OUT / "venv" / "installed.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        venv.create(folder, with_pip=True, clear=True)
        pip = [folder / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", ROOT / "tools/manual/requirements.txt"], check=True)
        stamp.write_text(wanted)
    return folder / "bin/zensical"


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    navigation = stage()
    shutil.copy(ROOT / "tools/manual/style.css", PAGES / "style.css")
    project = configuration(navigation)
    text = "[project]\n" + "".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in project.items())
    (OUT / "zensical.toml").write_text(text)
    shutil.rmtree(OUT / "site", ignore_errors=True)
    built = subprocess.run([zensical(), "build", "--strict", "--config-file", OUT / "zensical.toml"], cwd=OUT)
    if built.returncode:
        sys.exit(built.returncode)
    page = ROOT / "target/web/playground.html"
    if page.exists():
        (OUT / "site/playground").mkdir(exist_ok=True)
        shutil.copy(page, OUT / "site/playground/app.html")
    else:
        print("without the playground: `node tools/web/build.mjs` makes it")
    print(f"the manual is in {OUT.relative_to(ROOT)}/site")


if __name__ == "__main__":
    main()
