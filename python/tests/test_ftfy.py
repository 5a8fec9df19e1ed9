"""The drop-in for ftfy."""

import io
import sys

import pytest

from recto_py import ftfy
from recto_py.ftfy import TextFixerConfig, fixes

#: What two pipelines that call ftfy switch off.
PIPELINE = TextFixerConfig(
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    normalization=None,
)


def test_all_switches_have_the_names_and_defaults_of_ftfy():
    assert TextFixerConfig()._asdict() == {
        "unescape_html": "auto",
        **dict.fromkeys(TextFixerConfig._fields[1:13], True),
        "normalization": "NFC",
        "max_decode_length": 1_000_000,
        "explain": True,
    }
    assert len(TextFixerConfig._fields) == 16


@pytest.mark.parametrize(
    ("switch", "text", "fixed"),
    [
        ("unescape_html", "salt &amp; pepper", "salt & pepper"),
        ("remove_terminal_escapes", "\x1b[36;44mblue\x1b[0m", "blue"),
        ("fix_encoding", "schÃ¶n", "schön"),
        ("fix_latin_ligatures", "ﬁne Ĳssel", "fine IJssel"),
        ("fix_character_width", "Ｌｏｕｄ　ｶﾀｶﾅ", "Loud カタカナ"),
        ("uncurl_quotes", "“it’s”", '"it\'s"'),
        ("fix_line_breaks", "a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("fix_surrogates", "\ud83d\ude00 \ud800", "😀 \ufffd"),
        ("remove_control_chars", "a\x07b\ufeff", "ab"),
    ],
)
def test_each_switch_switches_its_fixer(switch, text, fixed):
    off = dict.fromkeys(TextFixerConfig._fields[:13], False) | {"normalization": None}
    assert ftfy.fix_text(text, **off) == text
    assert ftfy.fix_text(text, **(off | {switch: True})) == fixed
    assert ftfy.fix_text(text, **{switch: False}) != fixed


def test_normalization():
    assert ftfy.fix_text("e\u0301") == "é"
    assert ftfy.fix_text("é", normalization="NFD") == "e\u0301"
    assert ftfy.fix_text("10³", normalization="NFKC") == "103"
    assert ftfy.fix_text("e\u0301", normalization=None) == "e\u0301"


def test_references_are_unescaped_up_to_the_first_line_with_a_tag():
    assert ftfy.fix_text("&eacute;\n<b>&eacute;</b>\n&eacute;") == "é\n<b>&eacute;</b>\n&eacute;"
    assert ftfy.fix_text_segment("&eacute;\n<b>") == "&eacute;\n<b>"
    assert ftfy.fix_text("<b>&eacute;", unescape_html=True) == "<b>é"
    assert fixes.unescape_html("&EACUTE; &eacute &nosuch; &#x20x;") == "É &eacute &nosuch; &#x20x;"


def test_restrictions_of_the_repair():
    consistent, mixed = "schÃ¶n", "schÃ¶n und schön — “so”"
    assert ftfy.fix_encoding(mixed) == "schön und schön — “so”"
    assert ftfy.fix_encoding(mixed, decode_inconsistent_utf8=False) == mixed
    assert ftfy.fix_encoding(consistent, decode_inconsistent_utf8=False) == "schön"
    lossy = "Europa, AmĂ©rica Central y Ă\ufffdfrica"
    assert "América" in ftfy.fix_encoding(lossy, replace_lossy_sequences=False)
    assert "\ufffd" in ftfy.fix_encoding(lossy, replace_lossy_sequences=False)


def test_explanations_can_be_applied():
    assert ftfy.fix_and_explain("schÃ¶n").explanation == [("encode", "latin-1"), ("decode", "utf-8")]
    assert ftfy.fix_and_explain("schÃ¶n", explain=False).explanation is None
    for text in ["schÃ¶n", "schÃ¶n und “schön”", "sch&ouml;n\r\n", "It doesnâ€™t", "e\u0301 ﬁ", "clean"]:
        fixed, plan = ftfy.fix_and_explain(text)
        assert ftfy.apply_plan(text, plan) == fixed
    with pytest.raises(ValueError, match="there is no fixer 'x'"):
        ftfy.apply_plan("a", [("apply", "x")])


def test_what_pipelines_pass():
    text = "It doesnâ€™t matter &hellip; “ﬁne”\r\n"
    assert ftfy.fix_text(text, config=PIPELINE) == "It doesn’t matter … “ﬁne”\r\n"
    with pytest.raises(UnicodeError, match="decode it first"):
        ftfy.fix_text(b"bytes")
    with pytest.deprecated_call():
        assert ftfy.fix_text("&amp;", fix_entities=False) == "&amp;"


def test_files():
    assert list(ftfy.fix_file(io.StringIO("schÃ¶n\nclean\n"))) == ["schön\n", "clean\n"]
    assert list(ftfy.fix_file(io.BytesIO("schön\n".encode("cp1252") + "schön\n".encode()))) == ["schön\n"] * 2
    assert ftfy.guess_bytes("tide".encode("utf-16")) == ("tide", "utf-16")
    assert ftfy.guess_bytes(b"\xed\xa0\xbd\xed\xb8\x80\xc0\x80") == ("😀\0", "utf-8-variants")


def test_it_is_what_other_programs_import(monkeypatch):
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    ftfy.install()
    import ftfy as imported
    from ftfy.fixes import uncurl_quotes

    assert imported is ftfy and uncurl_quotes is fixes.uncurl_quotes
