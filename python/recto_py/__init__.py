"""Repairs mojibake in texts and Arrow columns, with a proof for each repair, and finds repeated blocks.

>>> import recto_py
>>> recto_py.repair("It doesnâ€™t matter.")
'It doesn’t matter.'

A *column* is anything that hands out its data by Arrow's PyCapsule interface (pyarrow, polars, DuckDB, DataFusion,
nanoarrow, arro3 …), a pandas series, or a list of strings. An Arrow type is ``utf8``, ``large_utf8``, ``string_view`` or
a dictionary of one of these. What comes back is of the same kind: a pyarrow array for a pyarrow array, a polars or pandas
series for such a series, a list for a list, and for anything else an :class:`ArrowArray`, which every Arrow program reads.
A null stays a null. No row raises: one that cannot be judged is kept, with the reason.

All positions are in characters of the row, as Python counts them, and ends are exclusive.
"""

from __future__ import annotations

import json as _json
from collections.abc import Iterable as _Iterable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from recto_py import _core
from recto_py._core import ArrowArray, Decoded, Mojibake, decode
from recto_py._metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Version of the package, and after ``+`` a fingerprint of the decoder's tables and code: two packages with equal ones
#: repair equally.
__version__ = f"{_core.version}+{_core.tables}"

__all__ = [
    "ArrowArray",
    "Decoded",
    "Metrics",
    "Mojibake",
    "Similarity",
    "block_fingerprints",
    "check_batch",
    "decode",
    "explain",
    "explain_batch",
    "metrics",
    "repair",
    "repair_batch",
    "similar",
]

Certainty = Literal["proved", "likely"]


class Similarity(NamedTuple):
    """Similarity of two texts by the runs of three words that they share; each 0 to 1."""

    #: Shared runs divided by those of either text.
    jaccard: float
    #: Shared runs divided by those of the shorter text: 1 if the longer one contains it.
    containment: float


def repair(text: str, *, certainty: Certainty = "likely") -> str:
    """Returns the text without mojibake; the same object if there is none.

    With ``certainty="proved"`` only repairs are made that, garbled again, give exactly the text that was found.

    >>> repair("It doesnâ€™t matter.")
    'It doesn’t matter.'
    """
    return _core.repair(text, certainty)


def explain(text: str, *, certainty: Certainty = "likely") -> list[Mojibake]:
    """Returns every span of mojibake in a text with its recipe, repair and certainty.

    >>> explain("It doesnâ€™t matter.")
    [<Mojibake 8:11 "â€™" → "’" utf-8>windows-1252 (proved)>]
    """
    return _core.explain(text, certainty)


def similar(a: str, b: str) -> Similarity:
    """Compares two texts by their runs of three words, regardless of case and punctuation.

    >>> similar("The ferry leaves at noon.", "the ferry leaves at noon on Sundays")
    Similarity(jaccard=0.6, containment=1.0)
    """
    return Similarity(*_core.similar(_scalar(a), _scalar(b)))


def repair_batch(
    array: Any,
    *,
    certainty: Certainty = "likely",
    threads: int | None = None,
    quarantine: bool = False,
    metrics: Metrics | None = None,
) -> Any:
    """Returns the column without mojibake.

    A chunk in which nothing changes comes back with its own buffers; of a ``string_view`` column the unchanged rows
    always do. The interpreter's lock is released. ``threads`` is the number of threads, one for each core by default; an
    engine that runs one worker a core wants ``threads=1``.

    With ``quarantine=True`` a row is repaired wholly or not at all, and the column is one of structs: ``text``,
    ``repairs`` (their number), ``certainty`` (the least of them, null if there is none) and ``reason`` (null unless the
    row has mojibake that cannot be repaired, or is not UTF-8: such a row keeps its text).

    ``metrics`` is added to.

    Raises ``TypeError`` if the column is not one of texts, ``ValueError`` for an unknown certainty.
    """
    texts = _Given(array)
    result, counts = _core.repair_batch(texts.column, certainty, threads, quarantine)
    if metrics is not None:
        metrics += Metrics(**counts)
    return texts.like(result)


def explain_batch(array: Any, *, certainty: Certainty = "likely", threads: int | None = None) -> Any:
    """Returns for each row the list of its mojibake, as structs.

    ``start`` and ``end`` (characters), ``found``, ``repair`` (null if several are about equally good), ``recipe``,
    ``certainty`` (``proved``, ``likely`` or ``ambiguous``), ``cause``, ``left`` (null if ``repair_batch`` repairs it,
    otherwise the reason why not) and ``candidates``. Mojibake that only a repair exposes is not in the list, but is
    repaired.
    """
    texts = _Given(array)
    return texts.like(_core.explain_batch(texts.column, certainty, threads))


def metrics(array: Any, *, certainty: Certainty = "likely", threads: int | None = None) -> Metrics:
    """Returns the metrics of a column's repair. Those of its parts add up to those of the whole, whoever computes them,
    and how often.

    >>> metrics(["Itâ€™s", None, "clean"]).repairs
    {'utf-8>windows-1252': 1}
    """
    _, counts = _core.repair_batch(_Given(array).column, certainty, threads, False)
    return Metrics(**counts)


def check_batch(
    array: Any,
    *,
    rules: Sequence[str] | None = None,
    config: dict[str, Any] | None = None,
    audit: bool = False,
    format: Literal["markdown", "text"] = "markdown",
    threads: int | None = None,
) -> Any:
    """Returns for each row the list of its findings, as structs; each row is a file by itself.

    ``rule``, ``tier``, ``severity``, ``message``, ``start`` and ``end`` (characters), ``fix`` (its title) and
    ``applicability`` (null without a fix). ``rules`` are the ids or families of the rules that are to look, all of the
    gate tier by default; ``audit=True`` adds those of the audit tier. ``config`` is the content of a ``recto.json``
    instead. Of ``format="text"`` only the encoding is checked.

    Raises ``ValueError`` for a rule or a key that does not exist.
    """
    if rules is not None and config is not None:
        raise TypeError("pass rules or config, not both: config has rules.select")
    if isinstance(rules, str):
        raise TypeError("rules is a list of ids: rules=['mojibake']")
    if format not in ("markdown", "text"):
        raise ValueError(f"format is {format!r}: it must be 'markdown' or 'text'")
    if config is None:
        config = {} if rules is None else {"rules": {"select": list(rules)}}
    texts = _Given(array)
    path = "row.md" if format == "markdown" else "row.txt"
    return texts.like(_core.check_batch(texts.column, _json.dumps(config), audit, path, threads))


def block_fingerprints(
    array: Any,
    *,
    split: Literal["paragraph", "line", "markdown"] = "paragraph",
    min_bytes: int = 60,
    threads: int | None = None,
) -> Any:
    """Returns for each row the list of its blocks, as structs: ``hash`` (64 bits), ``start`` and ``end`` (characters).

    Blocks with equal words have equal hashes, in every run and on every machine: case, inline markup, punctuation, list
    markers and the width of gaps do not count. So ``group by hash having count(*) > 1`` in any engine finds the blocks
    that a corpus repeats. A block is the text up to the next blank line, a line, or a paragraph, heading, table or code
    block of Markdown. Those with fewer than ``min_bytes`` bytes of words have no fingerprint.
    """
    texts = _Given(array)
    return texts.like(_core.block_fingerprints(texts.column, split, min_bytes, threads))


def _scalar(text: str) -> str:
    """Returns a text with a replacement character for each lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


class _Given:
    """A column as it came, and the way back to its kind."""

    def __init__(self, array: Any) -> None:
        self.column = array
        self._given = array
        self._library = type(array).__module__.partition(".")[0]
        if self._library == "pandas":
            # A series of objects may have a number in the place of a null.
            self.column = _core.column([text if isinstance(text, str) else None for text in array])
        elif not (hasattr(array, "__arrow_c_array__") or hasattr(array, "__arrow_c_stream__")):
            if isinstance(array, (str, bytes)) or not isinstance(array, _Iterable):
                raise TypeError(
                    f"{type(array).__name__} is not a column: pass an Arrow array, or a list of strings"
                )
            self._library = "list"
            self.column = _core.column(list(array))

    def like(self, result: ArrowArray) -> Any:
        """Returns a result as a column of the library that the given one is of."""
        if self._library == "list":
            return _core.values(result)
        if self._library == "pyarrow":
            import pyarrow

            if isinstance(self._given, pyarrow.ChunkedArray):
                return pyarrow.chunked_array(result)
            return pyarrow.array(result)
        if self._library == "pandas":
            import pandas

            return pandas.Series(_core.values(result), index=self._given.index, name=self._given.name)
        if self._library == "polars":
            import polars

            return polars.Series(self._given.name, result)
        return result
