"""Columns of every layout, through the PyCapsule interface."""

import multiprocessing
import pickle
import random
import threading
import time

import pyarrow as pa
import pytest

import recto_py
from recto_py import Metrics

GARBLED = "It doesnâ€™t matter."
RIGHT = "It doesn’t matter."
LONG = "The ferry leaves at noon and comes back in the evening. " * 4
ROWS = [LONG, GARBLED, None, "", "Ein schÃ¶ner Tag", "clean", LONG + GARBLED]
REPAIRED = [LONG, RIGHT, None, "", "Ein schöner Tag", "clean", LONG + RIGHT]
TYPES = [pa.string(), pa.large_string(), pa.string_view()]


def addresses(array):
    return [buffer.address for buffer in array.buffers() if buffer is not None]


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_each_type_comes_back_as_itself(kind):
    out = recto_py.repair_batch(pa.array(ROWS, kind))
    assert isinstance(out, pa.Array) and out.type == kind
    out.validate(full=True)
    assert out.to_pylist() == REPAIRED


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_slices_and_chunks(kind):
    array = pa.array(ROWS * 3, kind)
    assert recto_py.repair_batch(array.slice(3, 8)).to_pylist() == (REPAIRED * 3)[3:11]
    chunked = pa.chunked_array([array.slice(0, 5), array.slice(5, 0), array.slice(5)])
    out = recto_py.repair_batch(chunked)
    assert isinstance(out, pa.ChunkedArray) and out.type == kind
    assert out.to_pylist() == REPAIRED * 3
    assert [len(chunk) for chunk in out.chunks] == [5, 0, 16]


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_a_clean_column_keeps_its_buffers(kind):
    array = pa.array([LONG, None, "clean", "naïve café"], kind)
    out = recto_py.repair_batch(array)
    assert addresses(out) == addresses(array)
    dictionary = pa.array([LONG, "clean", LONG]).dictionary_encode()
    assert addresses(recto_py.repair_batch(dictionary).indices) == addresses(dictionary.indices)


def test_a_clean_chunk_keeps_its_buffers_beside_a_garbled_one():
    clean = pa.array([LONG, "clean"])
    out = recto_py.repair_batch(pa.chunked_array([clean, pa.array([GARBLED])]))
    assert addresses(out.chunk(0)) == addresses(clean)


def test_unchanged_rows_of_a_view_stay_in_their_buffers():
    array = pa.array([LONG, GARBLED], pa.string_view())
    assert addresses(array)[1] in addresses(recto_py.repair_batch(array))


@pytest.mark.parametrize("values", TYPES, ids=str)
@pytest.mark.parametrize("keys", [pa.int8(), pa.uint16(), pa.int64()], ids=str)
def test_dictionaries(keys, values):
    rows = [GARBLED, None, "clean", GARBLED, RIGHT]
    texts = pa.array(["clean", GARBLED, RIGHT, None], values)
    array = pa.DictionaryArray.from_arrays(pa.array([1, None, 0, 1, 2], keys), texts)
    out = recto_py.repair_batch(array)
    assert out.type == array.type
    out.validate(full=True)
    assert out.to_pylist() == [RIGHT, None, "clean", RIGHT, RIGHT]
    # Two values became equal: a dictionary has each value once.
    assert out.dictionary.to_pylist() == ["clean", RIGHT, None]
    assert [len(spans or []) for spans in recto_py.explain_batch(array).to_pylist()] == [1, 0, 0, 1, 0]
    assert rows  # the input is untouched
    assert array.to_pylist() == rows


def test_empty_columns():
    for kind in [*TYPES, pa.dictionary(pa.int8(), pa.string())]:
        assert recto_py.repair_batch(pa.array([], kind)).type == kind
        assert recto_py.repair_batch(pa.chunked_array([], kind)).type == kind
        assert recto_py.repair_batch(pa.array([None, None], kind)).to_pylist() == [None, None]
        assert recto_py.explain_batch(pa.array([None], kind)).to_pylist() == [None]
    assert recto_py.repair_batch(pa.nulls(3)).to_pylist() == [None] * 3
    assert recto_py.repair_batch([]) == []


def test_other_types_are_refused_with_the_remedy():
    with pytest.raises(TypeError, match="has no texts: pass one of strings"):
        recto_py.repair_batch(pa.array([1, 2]))
    with pytest.raises(TypeError, match="pass an Arrow array, or a list of strings"):
        recto_py.repair_batch("text")
    with pytest.raises(TypeError, match="element 1 is neither a string nor None"):
        recto_py.repair_batch(["a", 1])
    with pytest.raises(ValueError, match="must be 'proved' or 'likely'"):
        recto_py.repair_batch(pa.array(["a"]), certainty="sure")


def test_lists_keep_lone_surrogates():
    rows = ["\ud800 itâ€™s", None, "a\udfffb", "itâ€™s \udc80 and \ud83d"]
    want = ["\ud800 it’s", None, "a\udfffb", "it’s \udc80 and \ud83d"]
    assert recto_py.repair_batch(rows) == want
    assert recto_py.repair_batch(want) == want
    assert [recto_py.repair(row) for row in rows if row] == [row for row in want if row]
    assert [span.start for span in recto_py.explain(rows[3])] == [2]


def test_bytes_that_are_not_utf8_never_raise():
    data = [b"it\xe2\x80\x99s", b"\xff\xfe broken \xe2\x80", "itâ€™s".encode(), b"\xed\xa0\x80 surrogate"]
    binary = pa.array(data, pa.binary())
    array = pa.Array.from_buffers(pa.string(), len(binary), binary.buffers())
    out = recto_py.repair_batch(array)
    want = [*data[:2], "it’s".encode(), data[3]]
    assert pa.Array.from_buffers(pa.binary(), len(out), out.buffers()).to_pylist() == want
    reasons = recto_py.repair_batch(array, quarantine=True).field("reason").to_pylist()
    assert reasons[0] is None and reasons[1] == "not UTF-8 (byte 1)" and reasons[3] is None


def test_quarantine_repairs_a_row_wholly_or_not_at_all():
    lost = "It doesnâ€™t, and Ã\ufffd\ufffdx\ufffd is lost."
    column = pa.array([GARBLED, lost, None, "clean"])
    out = recto_py.repair_batch(column, quarantine=True)
    rows = out.to_pylist()
    assert rows[0] == {"text": RIGHT, "repairs": 1, "certainty": "proved", "reason": None}
    assert rows[1]["text"] == lost and rows[1]["repairs"] == 0
    assert rows[2] == {"text": None, "repairs": 0, "certainty": None, "reason": None}
    assert rows[3] == {"text": "clean", "repairs": 0, "certainty": None, "reason": None}
    assert out.field("text").type == column.type


def test_explanations_are_in_characters():
    spans = recto_py.explain_batch(pa.array(["é 🟣 itâ€™s", "clean", None])).to_pylist()
    assert spans[1:] == [[], None]
    (span,) = spans[0]
    assert "é 🟣 itâ€™s"[span["start"] : span["end"]] == span["found"] == "â€™"
    assert span["repair"] == "’" and span["recipe"] == "utf-8>windows-1252" and span["certainty"] == "proved"
    assert span["left"] is None and span["candidates"] == []


def test_metrics_add_up():
    rows = ROWS * 50
    whole, parts = Metrics(), []
    recto_py.repair_batch(pa.array(rows), metrics=whole)
    for start in range(0, len(rows), 33):
        parts.append(recto_py.metrics(rows[start : start + 33]))
    assert sum(parts, Metrics()) == whole == sum(parts) == recto_py.metrics(rows)
    random.Random(1).shuffle(parts)
    assert sum(parts) == whole
    assert (whole.rows, whole.nulls, whole.changed) == (350, 50, 150)
    assert pickle.loads(pickle.dumps(whole)) == whole == Metrics(**whole.to_dict())


def test_any_number_of_threads_gives_the_same():
    rows = [f"{at} {ROWS[at % len(ROWS)]}" for at in range(20_000)]
    one = recto_py.repair_batch(pa.array(rows), threads=1)
    for threads in (2, 3, 8, None):
        assert recto_py.repair_batch(pa.array(rows), threads=threads).equals(one)


def test_other_threads_run_meanwhile():
    array = pa.array(["Ein schÃ¶ner Tag. " + str(at) for at in range(5_000)])
    steps, done = [], threading.Event()

    def step():
        while not done.is_set():
            steps.append(time.monotonic())
            time.sleep(0.001)

    thread = threading.Thread(target=step)
    thread.start()
    start = time.monotonic()
    recto_py.repair_batch(array, threads=1)
    end = time.monotonic()
    done.set()
    thread.join()
    assert sum(start < at < end for at in steps) > 5


def child(rows, queue):
    queue.put((recto_py.repair_batch(rows), recto_py.check_batch(rows, rules=["mojibake"])))


def test_a_forked_process_works():
    rows = ROWS * 200
    parent = (recto_py.repair_batch(rows), recto_py.check_batch(rows, rules=["mojibake"]))
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    process = context.Process(target=child, args=(rows, queue))
    process.start()
    assert queue.get(timeout=60) == parent
    process.join(timeout=10)


def test_any_arrow_object_is_taken_and_given():
    polars = pytest.importorskip("polars")
    series = polars.Series("text", ROWS)
    out = recto_py.repair_batch(series)
    assert isinstance(out, polars.Series) and out.name == "text" and out.to_list() == REPAIRED

    class Foreign:
        def __arrow_c_array__(self, requested_schema=None):
            return pa.array(ROWS).__arrow_c_array__(requested_schema)

    out = recto_py.repair_batch(Foreign())
    assert isinstance(out, recto_py.ArrowArray) and len(out) == len(ROWS)
    assert pa.array(out).to_pylist() == REPAIRED
    assert pa.array(out, pa.large_string()).to_pylist() == REPAIRED


def test_pandas_series_keep_their_index():
    pandas = pytest.importorskip("pandas")
    series = pandas.Series(ROWS, index=range(10, 17), name="text")
    out = recto_py.repair_batch(series)
    assert out.name == "text" and list(out.index) == list(range(10, 17))
    assert [None if pandas.isna(text) else text for text in out] == REPAIRED
    assert recto_py.explain_batch(series)[11][0]["repair"] == "’"


def test_findings_of_rows():
    rows = ["# Tides\n\nThe the tide is low. Itâ€™s noon.", None, "clean", "### 1. a\n\n### 3. b\n"]
    found = recto_py.check_batch(pa.array(rows), audit=True).to_pylist()
    assert [[one["rule"] for one in row or []] for row in found][:2] == [["repeated-word", "mojibake"], []]
    garble = found[0][1]
    assert rows[0][garble["start"] : garble["end"]] == "â€™" and garble["applicability"] == "safe"
    assert found[1] is None and found[2] == []
    only = recto_py.check_batch(rows, rules=["encoding"])
    assert [one["rule"] for one in only[0]] == ["mojibake"] and only[3] == []
    with pytest.raises(ValueError, match="did you mean `mojibake`"):
        recto_py.check_batch(["a"], rules=["mojibak"])


def test_blocks_with_equal_words_have_equal_hashes():
    rows = ["The ferry leaves\nat noon é.\n\nTides", None, "# 🟣\n\nthe **ferry** leaves at noon é!\n", ""]
    blocks = recto_py.block_fingerprints(pa.array(rows), min_bytes=10).to_pylist()
    assert [len(row or []) for row in blocks] == [1, 0, 1, 0] and blocks[1] is None
    (first,), (second,) = blocks[0], blocks[2]
    assert first["hash"] == second["hash"]
    assert rows[0][first["start"] : first["end"]] == "The ferry leaves\nat noon é."
    assert rows[2][second["start"] : second["end"]] == "the **ferry** leaves at noon é!"
    dictionary = pa.array([rows[0], rows[2], None, rows[0]]).dictionary_encode()
    assert recto_py.block_fingerprints(dictionary, min_bytes=10).to_pylist() == [blocks[0], blocks[2], None, blocks[0]]
    lines = recto_py.block_fingerprints(rows[:1], split="line", min_bytes=1)
    assert len(lines[0]) == 3
