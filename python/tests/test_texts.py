"""Single texts, and the package itself."""

import doctest
import importlib.metadata
import inspect
import re

import pytest

import recto_py


def test_a_clean_text_is_the_same_object():
    for text in ["clean", "naïve café", "", "\ud800"]:
        assert recto_py.repair(text) is text
    assert recto_py.repair("It doesnâ€™t matter.") == "It doesn’t matter."


def test_certainty():
    text = "Ïðèâåò, êàê äåëà?"
    assert recto_py.repair(text) == "Привет, как дела?"
    assert recto_py.repair(text, certainty="proved") is text
    assert [span.left for span in recto_py.explain(text, certainty="proved")] == ["below-certainty"]


def test_bytes_are_decoded():
    decoded = recto_py.decode("Île de Ré, déjà vu".encode("cp1252"))
    assert (decoded.text, decoded.encoding, decoded.binary) == ("Île de Ré, déjà vu", "windows-1252", None)
    assert recto_py.decode("tide".encode("utf-16")).text == "tide"
    assert recto_py.decode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0").binary is not None


def test_texts_are_compared():
    assert recto_py.similar("low tide", "Low, tide!") == (1.0, 1.0)
    assert recto_py.similar("\ud800 low tide", "low tide").containment == 1.0


def test_the_version_names_the_tables():
    released, _, tables = recto_py.__version__.partition("+")
    assert importlib.metadata.version("recto-py") == released
    assert re.fullmatch("[0-9a-f]{8}", tables)


@pytest.mark.parametrize("name", recto_py.__all__)
def test_whatever_is_public_is_described(name):
    assert len(inspect.getdoc(getattr(recto_py, name))) >= 14


def test_examples_of_the_documentation():
    assert doctest.testmod(recto_py).failed == 0
