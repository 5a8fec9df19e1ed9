"""Finds the repeated blocks of a synthetic corpus by `block_fingerprints` and one query of DuckDB.

    python tools/python/duplicates.py [MEGABYTES]

Plants repeats, each with other markup, case, punctuation and line breaks, and demands that 99 % of them are found where
they are. Prints time, memory and the size of what a shuffle would move.
"""

import itertools
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet

import recto_py

MEGABYTES = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
PARAGRAPHS = 8
SENTENCES = 6
DOCUMENTS_IN_FILE = 10_000
#: One paragraph in this many is planted in a second document.
PLANTED = 100
STEMS = "tide quay lamp rope ferry harbour anchor boat wind keeper oil chart buoy pier mast sail net storm rock light".split()
LINKS = "of and under beside over with for against before after".split()


def sentences(rng: random.Random) -> list[str]:
    def one(number: int) -> str:
        words = (f"{rng.choice(LINKS)} the {rng.choice(STEMS)}" for _ in range(rng.randint(3, 7)))
        return f"The {rng.choice(STEMS)} {number} {' '.join(words)}."

    return [one(number) for number in range(200_000)]


def varied(text: str, rng: random.Random) -> str:
    """Returns a paragraph as another author would have pasted it."""
    words = text.split(" ")
    at = rng.randrange(len(words))
    words[at] = f"**{words[at]}**"
    at = rng.randrange(len(words) - 1)
    text = " ".join(words[:at]) + "\n" + " ".join(words[at:])
    return rng.choice([text, text.upper(), text.replace(".", "!"), "  " + text.replace(" the ", " the  ")])


def write(folder: Path) -> list[tuple[int, int]]:
    """Writes the corpus, and returns the pairs of documents that share a planted paragraph."""
    rng = random.Random(9)
    pool = sentences(rng)
    planted: list[tuple[int, int]] = []
    waiting: list[tuple[int, str]] = []
    size, document = 0, 0
    for file in itertools.count():
        texts = []
        for _ in range(DOCUMENTS_IN_FILE):
            paragraphs = [" ".join(rng.choices(pool, k=SENTENCES)) for _ in range(PARAGRAPHS)]
            if len(waiting) > 1000 and rng.random() < PARAGRAPHS / PLANTED:
                first, text = waiting.pop(rng.randrange(len(waiting)))
                paragraphs[rng.randrange(PARAGRAPHS)] = varied(text, rng)
                planted.append((first, document))
            if rng.random() < 1.5 * PARAGRAPHS / PLANTED:
                waiting.append((document, paragraphs[-1]))
            texts.append("\n\n".join(paragraphs))
            size += len(texts[-1])
            document += 1
        table = pa.table({"id": pa.array(range(document - len(texts), document), pa.int64()), "text": texts})
        pa.parquet.write_table(table, folder / f"{file:04}.parquet", compression="zstd")
        if size >= MEGABYTES * 1_000_000:
            print(f"{size / 1e6:.0f} MB in {document} documents and {file + 1} files, {len(planted)} repeats planted")
            return planted


QUERY = """
create table repeated as
with blocks as (select id, unnest(blocks(text)) as block from read_parquet('{files}')),
     places as (select block.hash as hash, id, block.start as start, block.end as stop from blocks)
select hash, id, start, stop from places where hash in (select hash from places group by hash having count(*) > 1)
"""


def main() -> int:
    folder = Path(tempfile.mkdtemp())
    planted = write(folder)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    connection = duckdb.connect()
    connection.execute("set memory_limit='2GB'")
    rows = {"blocks": 0, "bytes": 0}

    def blocks(column):
        found = recto_py.block_fingerprints(column, threads=1)
        rows["bytes"] += column.nbytes
        rows["blocks"] += pa.compute.sum(pa.compute.list_value_length(found)).as_py() or 0
        return found

    kind = "STRUCT(hash UBIGINT, start UBIGINT, \"end\" UBIGINT)[]"
    connection.create_function("blocks", blocks, ["VARCHAR"], kind, type="arrow")
    start, cpu = time.monotonic(), time.process_time()
    connection.execute(QUERY.format(files=folder / "*.parquet"))
    wall, cpu = time.monotonic() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pairs = connection.sql(
        "select distinct a.id, b.id from repeated a join repeated b on a.hash = b.hash and a.id < b.id"
    ).fetchall()
    found = set(pairs)
    hits = sum((min(pair), max(pair)) in found for pair in planted)
    others = len(found) - len({(min(pair), max(pair)) for pair in planted} & found)
    print(f"the query: {wall:.1f} s, {cpu:.1f} s of CPU, {max(own, peak) / 1e6:.2f} GB at most, {peak / 1e6:.2f} after it")
    print(f"{rows['blocks']} fingerprints of {rows['bytes'] / 1e6:.0f} MB: 24 bytes each, {24 * rows['blocks'] / 1e6:.0f} MB")
    print(f"{hits} of {len(planted)} repeats found ({hits / len(planted):.2%}), {others} other pairs")
    return int(hits < 0.99 * len(planted))


if __name__ == "__main__":
    sys.exit(main())
