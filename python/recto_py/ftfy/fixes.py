"""The single fixers behind the switches of ``TextFixerConfig``: each takes a text and returns it fixed.

Characters are chosen by the Unicode Standard and the HTML Standard, not by a list of ours, where one of them has such a
list.
"""

from __future__ import annotations

import html
import re
import unicodedata

import recto_py

__all__ = [
    "fix_c1_controls",
    "fix_character_width",
    "fix_latin_ligatures",
    "fix_line_breaks",
    "fix_surrogates",
    "remove_control_chars",
    "remove_terminal_escapes",
    "repair_mojibake",
    "uncurl_quotes",
    "unescape_html",
]

# A reference with its semicolon, which prose does not have by chance.
_REFERENCE = re.compile(r"&(?:#\d{1,10}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});")
# A control sequence as ECMA-48 defines it: introducer, parameters, intermediates, final byte.
_CONTROL_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
# The compatibility characters that are several Latin letters.
_LIGATURES = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in [0x132, 0x133, 0x149, *range(0x1C4, 0x1CD), *range(0x1F1, 0x1F4), *range(0xFB00, 0xFB07)]
}
# The block "Halfwidth and Fullwidth Forms", and the space as wide as an ideograph.
_WIDTHS = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in [0x3000, *range(0xFF01, 0xFFF0)]
    if unicodedata.normalize("NFKC", chr(code)) != chr(code)
}
_QUOTES = {code: "'" for code in [0x2BC, *range(0x2018, 0x201C)]} | {code: '"' for code in range(0x201C, 0x2020)}
_LINE_BREAK = re.compile("\r\n|[\r\x85\u2028\u2029]")
_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Without an effect on text: control characters but tab, line feed, form feed and carriage return, deprecated format
# characters, the byte-order mark, annotations.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]")
_C1 = re.compile("[\x80-\x9f]")


def unescape_html(text: str) -> str:
    """Returns the text with HTML character references replaced, also those in capitals (``&EACUTE;``)."""
    return _REFERENCE.sub(_unescaped, text) if "&" in text else text


def _unescaped(match: re.Match[str]) -> str:
    reference = match.group()
    plain = html.unescape(reference)
    # A reference that is unknown may have a known beginning, as in `&notx;`.
    if not reference.startswith("&#") and plain.endswith(";"):
        plain = html.unescape(reference.lower()) if reference.isupper() else reference
        return reference if len(plain) != 1 else plain.upper()
    return plain


def remove_terminal_escapes(text: str) -> str:
    """Returns the text without the control sequences that colour a terminal or move its cursor."""
    return _CONTROL_SEQUENCE.sub("", text) if "\x1b" in text else text


def repair_mojibake(text: str) -> str:
    """Returns the text without mojibake: recto's repair."""
    return recto_py.repair(text)


def fix_c1_controls(text: str) -> str:
    """Returns the text with C1 control characters replaced by what their bytes are in Windows-1252."""
    return _C1.sub(lambda match: match.group().encode("latin-1").decode("windows-1252", "ignore") or match.group(), text)


def fix_latin_ligatures(text: str) -> str:
    """Returns the text with single letters in place of ligatures such as ``ﬁ``."""
    return text.translate(_LIGATURES)


def fix_character_width(text: str) -> str:
    """Returns the text with halfwidth and fullwidth forms replaced by characters of ordinary width."""
    return text.translate(_WIDTHS)


def uncurl_quotes(text: str) -> str:
    """Returns the text with straight quotation marks and apostrophes."""
    return text.translate(_QUOTES)


def fix_line_breaks(text: str) -> str:
    """Returns the text with line feeds as line breaks."""
    return _LINE_BREAK.sub("\n", text)


def fix_surrogates(text: str) -> str:
    """Returns the text with one character for each surrogate pair, and U+FFFD for each lone surrogate."""
    if not _SURROGATE.search(text):
        return text
    pair = _SURROGATE_PAIR.sub(lambda match: match.group().encode("utf-16", "surrogatepass").decode("utf-16"), text)
    return _SURROGATE.sub("\ufffd", pair)


def remove_control_chars(text: str) -> str:
    """Returns the text without characters that have no effect on it."""
    return _CONTROLS.sub("", text)
