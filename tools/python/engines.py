"""Repairs one Parquet file in several engines and by `recto repair --jsonl`, and demands the same bytes from all.

    python tools/python/engines.py RECTO [ENGINE …]

RECTO is the program. Prints a table of times, and the rate of one core beside that of ftfy in the same run. Engines that
are not installed are named and left out; with ENGINE, only these run, and one that is missing is a failure.
"""

import functools
import importlib.util
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet

import recto_py

ROWS = 200_000
GARBLED_SHARE = 0.01
NULL_SHARE = 0.001
LONG_ROW_BYTES = 1_000_000
#: Encodings as which UTF-8 was decoded, one after the other.
RECIPES = [["cp1252"], ["latin-1"], ["cp1251"], ["mac-roman"], ["cp1252", "cp1252"], ["latin-1", "latin-1", "latin-1"]]
SENTENCES = [
    "The ferry leaves at noon, and the harbour master doesn’t wait for anybody.",
    "At low tide the quay is dry – bring boots, a lamp and a rope.",
    "Le café du port est ouvert toute l’année, même à marée basse.",
    "Die Fähre fährt täglich außer sonntags, auch bei schönem Wetter.",
    "Паром уходит в полдень и возвращается вечером.",
    "渡轮中午离开，傍晚返回港口。",
    "The lamp is lit every evening. “Who pays for the oil?” asked the keeper.",
    "Plain words without any accents, as most rows of most corpora are.",
]
#: Most rows are plain, as in a corpus.
PLAIN = [SENTENCES[-1], "Nothing here needs more than seven bits, so it is only read.", "Row after row of numbers: 1, 2, 3."]


def garbled(text: str, recipe: list[str]) -> str | None:
    for encoding in recipe:
        try:
            text = text.encode().decode(encoding)
        except UnicodeDecodeError:
            return None
    return text


def corpus() -> tuple[pa.Table, list[str | None], int]:
    """Returns the table, the texts before they were garbled, and the number of garbled ones."""
    rng = random.Random(20)
    texts, intended, count = [], [], 0
    for row in range(ROWS):
        kinds = SENTENCES if rng.random() < 0.1 else PLAIN
        text = f"{row}. " + " ".join(rng.choice(kinds) for _ in range(rng.randint(1, 6)))
        if row == ROWS // 2:
            text = " ".join(SENTENCES) * (LONG_ROW_BYTES // len(" ".join(SENTENCES).encode()))
        chance = rng.random()
        if chance < NULL_SHARE:
            text = None
        intended.append(text)
        if text and chance > 1 - GARBLED_SHARE:
            text = text + " " + rng.choice(SENTENCES[:5])
            intended[-1] = text
            bad = garbled(text, rng.choice(RECIPES))
            count += bad is not None
            text = bad or text
        texts.append(text)
    return pa.table({"id": pa.array(range(ROWS), pa.int64()), "text": pa.array(texts, pa.string())}), intended, count


def by_duckdb(path: Path) -> pa.Table:
    import duckdb

    connection = duckdb.connect()

    def repair(column):
        return recto_py.repair_batch(column, threads=1)

    connection.create_function("repair", repair, ["VARCHAR"], "VARCHAR", type="arrow", null_handling="special")
    result = connection.sql(f"select id, repair(text) as text from '{path}'")
    return result.to_arrow_table() if hasattr(result, "to_arrow_table") else result.arrow()


def by_polars(path: Path) -> pa.Table:
    import polars

    frame = polars.scan_parquet(path)
    repaired = polars.col("text").map_batches(recto_py.repair_batch, return_dtype=polars.String)
    return frame.with_columns(repaired).collect(engine="streaming").to_arrow()


def by_datafusion(path: Path) -> pa.Table:
    import datafusion

    def repair(column):
        return recto_py.repair_batch(column, threads=1)

    context = datafusion.SessionContext()
    context.register_parquet("corpus", str(path))
    kind = context.sql("select text from corpus limit 1").schema().field("text").type
    context.register_udf(datafusion.udf(repair, [kind], kind, "immutable", name="repair"))
    return context.sql("select id, repair(text) as text from corpus").to_arrow_table()


def by_datasets(path: Path) -> pa.Table:
    import datasets

    dataset = datasets.Dataset.from_parquet(str(path), cache_dir=str(path.parent / "datasets"))
    dataset = dataset.map(lambda batch: {"text": recto_py.repair_batch(batch["text"], threads=1)}, batched=True)
    return dataset.data.table


def by_datatrove(path: Path) -> pa.Table:
    from datatrove.data import Document
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.formatters.base import BaseFormatter

    table = pa.parquet.read_table(path)
    done = []

    class RepairFormatter(BaseFormatter):
        name = "recto repair"

        def format(self, text: str) -> str:
            return recto_py.repair(text)

    def read(data, rank: int = 0, world_size: int = 1):
        for row in table.to_pylist():
            if row["text"] is not None:
                yield Document(text=row["text"], id=str(row["id"]))

    def keep(data, rank: int = 0, world_size: int = 1):
        for document in data:
            done.append((int(document.id), document.text))
            yield document

    logs = tempfile.mkdtemp()
    LocalPipelineExecutor([read, RepairFormatter(), keep], logging_dir=logs, tasks=1).run()
    texts = dict(done)
    rows = range(table.num_rows)
    return pa.table({"id": pa.array(rows, pa.int64()), "text": pa.array([texts.get(row) for row in rows], pa.string())})


def by_ray(path: Path, is_killed: bool = False) -> pa.Table:
    import ray

    marker = Path(tempfile.mkdtemp()) / "killed"

    def repaired(table):
        if is_killed and not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        column = recto_py.repair_batch(table["text"], threads=1)
        return table.set_column(table.schema.get_field_index("text"), "text", column)

    if not ray.is_initialized():
        ray.init(num_cpus=2, object_store_memory=500_000_000, include_dashboard=False, log_to_driver=False)
        ray.data.DataContext.get_current().enable_progress_bars = False
    dataset = ray.data.read_parquet(str(path)).map_batches(repaired, batch_format="pyarrow", batch_size=20_000)
    result = pa.concat_tables(ray.get(dataset.to_arrow_refs()))
    assert marker.exists() == is_killed
    return result


def by_pyspark(path: Path) -> pa.Table:
    from pyspark.sql import SparkSession

    # Its workers are another interpreter otherwise, which has not the package.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)

    def repaired(batches):
        for batch in batches:
            column = recto_py.repair_batch(batch["text"], threads=1)
            yield batch.set_column(batch.schema.get_field_index("text"), "text", column)

    session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    frame = session.read.parquet(str(path))
    return frame.mapInArrow(repaired, frame.schema).toArrow()


def by_program(recto: str, table: pa.Table, folder: Path, compression: str = "") -> pa.Table:
    rows = folder / f"rows.jsonl{compression}"
    if not compression:
        with rows.open("w") as file:
            for at, row in enumerate(table.to_pylist()):
                # Some writers escape whatever is not ASCII.
                file.write(json.dumps(row, ensure_ascii=at % 2 == 0) + "\n")
    output = subprocess.run([recto, "repair", "--jsonl", str(rows)], capture_output=True, check=True).stdout
    rows = [json.loads(line) for line in output.splitlines()]
    return pa.Table.from_pylist(rows, schema=table.schema)


ENGINES = {
    "duckdb": by_duckdb,
    "polars": by_polars,
    "datafusion": by_datafusion,
    "datasets": by_datasets,
    "datatrove": by_datatrove,
    "ray": by_ray,
    "ray, a worker killed": functools.partial(by_ray, is_killed=True),
    "pyspark": by_pyspark,
}


def plain(table: pa.Table) -> pa.Table:
    """Returns the rows in order, in one chunk of one type."""
    table = table.select(["id", "text"]).cast(pa.schema([("id", pa.int64()), ("text", pa.string())]))
    return table.sort_by("id").combine_chunks()


def rates(table: pa.Table) -> None:
    """Prints the rate of one core, and that of ftfy, over the same rows."""
    column = table["text"].combine_chunks()
    start = time.process_time()
    recto_py.repair_batch(column, threads=1)
    ours = column.nbytes / 1e6 / (time.process_time() - start)
    print(f"one core: recto {ours:.0f} MB/s", end="")
    if importlib.util.find_spec("ftfy"):
        import ftfy

        some = [text for text in column.slice(0, 10_000).to_pylist() if text]
        size = sum(len(text.encode()) for text in some) / 1e6
        start = time.process_time()
        for text in some:
            ftfy.fix_text(text)
        theirs = size / (time.process_time() - start)
        start = time.process_time()
        for text in some:
            recto_py.repair(text)
        row_by_row = size / (time.process_time() - start)
        print(f", row by row {row_by_row:.0f} MB/s, ftfy {theirs:.1f} MB/s ({ours / theirs:.0f} times)", end="")
    print()


def main() -> int:
    recto, *wanted = sys.argv[1:]
    folder = Path(tempfile.mkdtemp())
    table, intended, count = corpus()
    path = folder / "corpus.parquet"
    pa.parquet.write_table(table, path, row_group_size=20_000)
    metrics = recto_py.Metrics()
    expected = table.set_column(1, "text", recto_py.repair_batch(table["text"], metrics=metrics))
    expected = plain(expected)
    texts = expected["text"].to_pylist()
    right = sum(old != new == want for old, new, want in zip(table["text"].to_pylist(), texts, intended))
    wrong = sum(old == want != new for old, new, want in zip(table["text"].to_pylist(), texts, intended))
    print(f"{ROWS} rows, {table.nbytes / 1e6:.0f} MB, {count} garbled: {right} restored, {wrong} intact ones changed")
    failed = wrong > 0 or right < 0.95 * count

    parts = [recto_py.metrics(table["text"].slice(at, 33_333)) for at in range(0, ROWS, 33_333)]
    is_sum = sum(parts, recto_py.Metrics()) == metrics
    print(f"metrics of {len(parts)} parts add up: {is_sum}; {metrics.changed} rows changed, {metrics.kept} kept")
    failed |= not is_sum
    rates(table)

    runs = {f"recto repair --jsonl": functools.partial(by_program, recto, table, folder)}
    for name, engine in ENGINES.items():
        module = name.partition(",")[0]
        if wanted and module not in wanted:
            continue
        if importlib.util.find_spec(module) is None:
            print(f"{name}: not installed")
            failed |= bool(wanted)
        else:
            runs[name] = functools.partial(engine, path)
    for name, run in runs.items():
        start = time.monotonic()
        result = plain(run())
        is_equal = result.equals(expected)
        print(f"{name}: {time.monotonic() - start:.1f} s, {'the same bytes' if is_equal else 'OTHER BYTES'}", flush=True)
        failed |= not is_equal
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
