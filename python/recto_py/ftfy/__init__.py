"""A drop-in for ftfy: its functions, its sixteen switches and their meaning, with recto's decoder behind them.

Replace ``import ftfy`` by ``from recto_py import ftfy``; for a step of another program that imports ftfy by itself, call
:func:`install` first. The differences are listed in ``docs/engines.md`` of the repository.
"""

from __future__ import annotations

import codecs
import sys
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, NamedTuple

import recto_py
from recto_py.ftfy import fixes

__all__ = [
    "ExplainedText",
    "ExplanationStep",
    "TextFixerConfig",
    "apply_plan",
    "explain_unicode",
    "fix_and_explain",
    "fix_encoding",
    "fix_encoding_and_explain",
    "fix_file",
    "fix_text",
    "fix_text_segment",
    "fixes",
    "ftfy",
    "guess_bytes",
    "install",
]

__version__ = recto_py.__version__


class ExplanationStep(NamedTuple):
    """A step of an explanation: ``encode``, ``decode``, ``apply`` or ``normalize``, and its parameter."""

    action: str
    parameter: str

    def __repr__(self) -> str:
        return repr(tuple(self))


class ExplainedText(NamedTuple):
    """A fixed text, and the steps that fixed it; ``None`` if they were not asked for."""

    text: str
    explanation: list[ExplanationStep] | None


class TextFixerConfig(NamedTuple):
    """The switches, with ftfy's names and defaults."""

    #: Replaces HTML character references; ``"auto"``: up to the first line with a ``<``.
    unescape_html: str | bool = "auto"
    #: Removes terminal control sequences.
    remove_terminal_escapes: bool = True
    #: Repairs mojibake. The next four restrict it.
    fix_encoding: bool = True
    #: Repairs mojibake in which a space is what remains of a no-break space.
    restore_byte_a0: bool = True
    #: Repairs mojibake in which ``�`` or ``?`` is what remains of a byte.
    replace_lossy_sequences: bool = True
    #: Repairs mojibake in a text that is not mojibake from end to end.
    decode_inconsistent_utf8: bool = True
    #: Replaces C1 control characters by those of Windows-1252.
    fix_c1_controls: bool = True
    #: Replaces ligatures by single letters.
    fix_latin_ligatures: bool = True
    #: Replaces halfwidth and fullwidth forms.
    fix_character_width: bool = True
    #: Straightens quotation marks.
    uncurl_quotes: bool = True
    #: Makes line breaks line feeds.
    fix_line_breaks: bool = True
    #: Joins surrogate pairs.
    fix_surrogates: bool = True
    #: Removes control characters without an effect.
    remove_control_chars: bool = True
    #: Form of Unicode normalization, or ``None``.
    normalization: Literal["NFC", "NFD", "NFKC", "NFKD"] | None = "NFC"
    #: Has no effect: the time that recto takes grows only with the length of the text.
    max_decode_length: int = 1_000_000
    #: Returns explanations, where a function has them.
    explain: bool = True


#: The functions that a step ``apply`` names.
FIXERS: dict[str, Callable[[str], str]] = {name: getattr(fixes, name) for name in fixes.__all__}

#: Fixers after the repair of mojibake, in order, each with whether it can change a text that is ASCII.
_FIXERS: tuple[tuple[str, bool], ...] = (
    ("fix_c1_controls", False),
    ("fix_latin_ligatures", False),
    ("fix_character_width", False),
    ("uncurl_quotes", False),
    ("fix_line_breaks", True),
    ("fix_surrogates", False),
    ("remove_terminal_escapes", True),
    ("remove_control_chars", True),
)
#: More than any text needs: each repetition makes a text plainer.
_MAX_REPETITIONS = 20


def _configured(config: TextFixerConfig | None, switches: dict[str, Any]) -> TextFixerConfig:
    if "fix_entities" in switches:
        warnings.warn("`fix_entities` is now `unescape_html`", DeprecationWarning, stacklevel=3)
        switches["unescape_html"] = switches.pop("fix_entities")
    config = TextFixerConfig() if config is None else config
    return config._replace(**switches) if switches else config


def _text(text: str) -> str:
    if isinstance(text, bytes):
        raise UnicodeError("this is bytes, not text: decode it first, if need be by guess_bytes")
    return text


def fix_text(text: str, config: TextFixerConfig | None = None, **switches: Any) -> str:
    """Returns the text without mojibake and the other glitches that the switches name.

    Mojibake is judged in the text as a whole, not line by line, so that one line is evidence for another.

    >>> fix_text("It doesnâ€™t matter&hellip;", uncurl_quotes=False)
    'It doesn’t matter…'
    """
    config = _configured(config, switches)
    return _fixed(_text(text), config._replace(explain=False)).text


#: The name of the module is one for its main function, too.
ftfy = fix_text


def fix_text_segment(text: str, config: TextFixerConfig | None = None, **switches: Any) -> str:
    """Returns the text as one segment: ``unescape_html="auto"`` looks for a ``<`` anywhere in it."""
    config = _configured(config, switches)
    return fix_and_explain(text, config._replace(explain=False)).text


def fix_and_explain(text: str, config: TextFixerConfig | None = None, **switches: Any) -> ExplainedText:
    """Returns the text as one segment, with the steps that fixed it.

    >>> fix_and_explain("schÃ¶n")
    ExplainedText(text='schön', explanation=[('encode', 'latin-1'), ('decode', 'utf-8')])
    """
    config = _configured(config, switches)
    if config.unescape_html == "auto" and "<" in _text(text):
        config = config._replace(unescape_html=False)
    return _fixed(_text(text), config)


def fix_encoding(text: str, config: TextFixerConfig | None = None, **switches: Any) -> str:
    """Returns the text without mojibake."""
    config = _configured(config, switches)
    return fix_encoding_and_explain(text, config._replace(explain=False)).text


def fix_encoding_and_explain(text: str, config: TextFixerConfig | None = None, **switches: Any) -> ExplainedText:
    """Returns the text without mojibake, with the steps that repaired it."""
    config = _configured(config, switches)
    steps: list[ExplanationStep] = []
    text = _text(text)
    if config.fix_encoding:
        text = _repaired(text, config, steps)
        if config.fix_c1_controls:
            text = _applied("fix_c1_controls", text, steps)
    return ExplainedText(text, steps if config.explain else None)


def fix_file(
    input_file: Iterable[str] | Iterable[bytes],
    encoding: str | None = None,
    config: TextFixerConfig | None = None,
    **switches: Any,
) -> Iterator[str]:
    """Yields the fixed lines of a file, which may be open as text or as bytes. Without an encoding, that of bytes is
    found line by line, since a file may have several."""
    config = _configured(config, switches)
    for line in input_file:
        if isinstance(line, bytes):
            line = guess_bytes(line)[0] if encoding is None else line.decode(encoding)
        if config.unescape_html == "auto" and "<" in line:
            config = config._replace(unescape_html=False)
        yield _fixed(line, config._replace(explain=False)).text


def guess_bytes(bstring: bytes) -> tuple[str, str]:
    """Returns bytes as text, and the name of the encoding that it was found to be in; ``mixed`` if of several."""
    if isinstance(bstring, str):
        raise UnicodeError("this is text, not bytes: it needs no decoding")
    if bstring.startswith((b"\xfe\xff", b"\xff\xfe")):
        try:
            return bstring.decode("utf-16"), "utf-16"
        except UnicodeDecodeError:
            pass
    try:
        return bstring.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        # CESU-8, and Java's two bytes for a null.
        text = bstring.replace(b"\xc0\x80", b"\0").decode("utf-8", "surrogatepass")
        return text.encode("utf-16", "surrogatepass").decode("utf-16"), "utf-8-variants"
    except UnicodeDecodeError:
        pass
    decoded = recto_py.decode(bstring)
    is_known = decoded.binary is None and "\ufffd" not in decoded.text
    name = "mixed" if decoded.encoding is None else _NAMES.get(decoded.encoding, decoded.encoding.lower())
    if is_known and decoded.certainty == "sure":
        return decoded.text, name
    if b"\r" in bstring and b"\n" not in bstring:
        # Only old Macs ended lines so.
        return bstring.decode("macroman"), "macroman"
    if is_known and decoded.encoding is not None:
        return decoded.text, name
    return bstring.decode("cp1252", _UNASSIGNED), "sloppy-windows-1252"


def _unassigned(error: UnicodeError) -> tuple[str, int]:
    """Decodes bytes that Windows-1252 does not assign as the control characters of their numbers."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


_UNASSIGNED = "recto-unassigned"
codecs.register_error(_UNASSIGNED, _unassigned)

#: ftfy's and Python's names of encodings. That of the WHATWG for windows-1252 assigns all bytes, and ftfy calls this
#: sloppy.
_NAMES = {"windows-1252": "sloppy-windows-1252", "macintosh": "macroman", "UTF-8": "utf-8"}


def apply_plan(text: str, plan: Iterable[tuple[str, str]]) -> str:
    """Returns the text after the steps of an explanation."""
    value: Any = text
    for action, parameter in plan:
        if action == "encode":
            value = value.encode(parameter)
        elif action == "decode":
            value = value.decode(parameter)
        elif action == "normalize":
            value = unicodedata.normalize(parameter, value)
        elif action != "apply":
            raise ValueError(f"there is no step {action!r}: it is encode, decode, apply or normalize")
        elif parameter not in FIXERS:
            raise ValueError(f"there is no fixer {parameter!r}: it is one of {', '.join(FIXERS)}")
        else:
            value = FIXERS[parameter](value)
    return value


def explain_unicode(text: str) -> None:
    """Prints the code point, glyph, category and name of each character."""
    for character in text:
        shown = character if character.isprintable() else character.encode("unicode-escape").decode("ascii")
        name = unicodedata.name(character, "<unknown>")
        print(f"U+{ord(character):04X}  {shown:<7} [{unicodedata.category(character)}] {name}")


def install() -> None:
    """Makes this the module that ``import ftfy`` finds in this process, also where ftfy is installed."""
    sys.modules["ftfy"] = sys.modules[__name__]
    sys.modules["ftfy.fixes"] = fixes


def _fixed(text: str, config: TextFixerConfig) -> ExplainedText:
    steps: list[ExplanationStep] | None = [] if config.explain else None
    for _ in range(_MAX_REPETITIONS):
        before = text
        if config.unescape_html and "&" in text:
            text = _unescaped(text, config, steps)
        if config.fix_encoding:
            text = _repaired(text, config, steps)
        for name, is_for_ascii in _FIXERS:
            if getattr(config, name) and (is_for_ascii or not text.isascii()):
                text = _applied(name, text, steps)
        if config.normalization is not None and not text.isascii():
            normal = unicodedata.normalize(config.normalization, text)
            if normal != text and steps is not None:
                steps.append(ExplanationStep("normalize", config.normalization))
            text = normal
        if text == before:
            break
    return ExplainedText(text, steps)


def _applied(name: str, text: str, steps: list[ExplanationStep] | None) -> str:
    fixed = FIXERS[name](text)
    if steps is not None and fixed != text:
        steps.append(ExplanationStep("apply", name))
    return fixed


def _unescaped(text: str, config: TextFixerConfig, steps: list[ExplanationStep] | None) -> str:
    if config.unescape_html != "auto" or "<" not in text:
        return _applied("unescape_html", text, steps)
    # From the first line with a tag on, it is HTML.
    start = text.rfind("\n", 0, text.index("<")) + 1
    return fixes.unescape_html(text[:start]) + text[start:]


def _repaired(text: str, config: TextFixerConfig, steps: list[ExplanationStep] | None) -> str:
    repaired = recto_py.repair(text)
    if repaired is text:
        return text
    restricts = not (config.restore_byte_a0 and config.replace_lossy_sequences and config.fix_c1_controls)
    if restricts:
        repaired = _restricted(text, config)
    is_needed = steps is not None or not config.decode_inconsistent_utf8
    plan = _plan(text, repaired) if is_needed else None
    if plan is None and not config.decode_inconsistent_utf8:
        return text
    if steps is not None and repaired != text:
        steps.extend(plan or [ExplanationStep("apply", "repair_mojibake")])
    return repaired


def _restricted(text: str, config: TextFixerConfig) -> str:
    """Returns the text with only the repairs that the switches allow."""
    out, at = [], 0
    for span in recto_py.explain(text):
        is_lossy = span.cause == "lost-bytes"
        if (
            span.left is not None
            or (is_lossy and not config.restore_byte_a0 and " " in span.found)
            or (is_lossy and not config.replace_lossy_sequences and ("\ufffd" in span.found or "?" in span.found))
            or (span.cause == "legacy-as-legacy" and not config.fix_c1_controls and fixes._C1.search(span.found))
        ):
            continue
        out += [text[at : span.start], span.repair or ""]
        at = span.end
    return "".join(out) + text[at:]


def _plan(text: str, repaired: str) -> list[ExplanationStep] | None:
    """Returns the encodings by which the whole text becomes the repaired one; ``None`` if only parts of it do."""
    recipes = {span.recipe for span in recto_py.explain(text) if span.left is None}
    if len(recipes) != 1:
        return None
    plan: list[ExplanationStep] = []
    current = text
    for layer in reversed(recipes.pop().split("|")):
        written, _, read = layer.partition(">")
        # Python's Latin-1 has the characters that Windows-1252 as browsers read it has for unassigned bytes.
        for codec in ["latin-1", read] if read == "windows-1252" else [read]:
            try:
                current = current.encode(codec).decode(written)
            except (UnicodeError, LookupError):
                continue
            plan += [ExplanationStep("encode", codec), ExplanationStep("decode", written)]
            break
        else:
            return None
    return plan if current == repaired else None
