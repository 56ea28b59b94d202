"""What each round of an import on a cluster costs: its tasks done here, one after another.

PYTHONPATH=. python benchmarks/import_rounds.py [--rows 100000 300000 1000000] [--parts 4]

Processor time, so that other work on the machine counts for little. What a cluster adds to a round,
and what it saves by doing tasks side by side, is not in it. The rows are those of make_log.py, as
Parquet, and as CSV of the same columns.
"""

import argparse
import os
import pickle
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import duckdb
from make_log import make_log

import journey
from journey.ingest import Presets
from journey.ingest.cluster import Wanted, import_on_cluster

Answer = TypeVar("Answer")
COLUMNS = {
    "account_id": ["account_id"],
    "occurred_at": ["occurred_at"],
    "touchpoint": ["touchpoint"],
    "channel": ["channel"],
    "value": ["value"],
}


@dataclass
class Here:
    """Does all tasks in this process, and notes the seconds of each function."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    dealt_bytes: int = 0

    def first(self, task: Callable[[int], Answer]) -> Answer:
        """One task."""
        return self.each(1, task)[0]

    def each(self, n_tasks: int, task: Callable[[int], Answer]) -> list[Answer]:
        """All tasks, in turn."""
        return [self._timed(task, number) for number in range(n_tasks)]

    def deal(
        self,
        n_tasks: int,
        n_buckets: int,
        give: Callable[[int, int], Any],
        take: Callable[[int, Sequence[Any]], Answer],
    ) -> list[Answer]:
        """All tasks and then all buckets, in turn."""
        given: dict[int, list[Any]] = defaultdict(list)
        for number in range(n_tasks):
            for bucket, part in self._timed(
                lambda one: list(give(one, n_buckets)), number, of=give
            ):
                given[bucket].append(part)
                self.dealt_bytes += len(part)
        return [self._timed(take, bucket, given.pop(bucket)) for bucket in sorted(given)]

    def _timed(self, task: Any, *arguments: Any, of: Any = None) -> Any:
        name = _name(of or task)
        begin = time.process_time()
        answer = task(*arguments)
        self.seconds[name] += time.process_time() - begin
        pickle.dumps(answer)  # as it would travel
        return answer


def _name(task: Any) -> str:
    while hasattr(task, "func"):
        task = task.func
    return f"{task.__module__.rpartition('.')[2]}.{task.__name__}"


def measured(n_rows: int, n_parts: int, kind: str, folder: Path) -> None:
    """Import so many rows, and print what each round took a row."""
    folder.mkdir()
    make_log(n_rows, folder / "made")
    source = folder / "made" / "log.parquet"
    files = [folder / f"part-{part}.{kind}" for part in range(n_parts)]
    form = "FORMAT parquet" if kind == "parquet" else "FORMAT csv, HEADER"
    with duckdb.connect() as connection:
        for part, file in enumerate(files):
            connection.execute(
                f"COPY (FROM '{source}' WHERE hash(account_id) % {n_parts} = {part}) "
                f"TO '{file}' ({form})"
            )
    options = {"columns": COLUMNS, "columns_by_file": {}, "dates": None, "zone": None}
    wanted = Wanted(
        str(folder / "far"),
        [str(file) for file in files],
        {**options, "dedupe": "cross-source"},
        None,
        768 * 2**20,
        max(n_rows // n_parts, 1),
    )
    here = Here()
    import_on_cluster(here, wanted, progress=lambda _: None, cancelled=lambda: False)
    total = sum(here.seconds.values())
    print(
        f"{n_rows:,} rows, {kind}, {n_parts} parts: {1e6 * total / n_rows:.2f} µs of a core a row"
    )
    for name, seconds in sorted(here.seconds.items(), key=lambda one: -one[1]):
        print(f"  {name:32} {1e6 * seconds / n_rows:8.3f} µs a row {seconds:8.2f} s")
    print(f"  dealt {here.dealt_bytes / n_rows:.1f} bytes a row (two rounds)")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"  peak memory so far {peak:.2f} GB", flush=True)
    if n_rows <= 1_000_000:
        alone = journey.read_touchpoints(
            *files, columns=COLUMNS, presets=Presets(named="none"), into=folder / "here"
        )
        print(
            "  same as one machine:",
            alone.fingerprint == journey.open_log(folder / "far").fingerprint,
        )


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 300_000, 1_000_000])
    parser.add_argument("--parts", type=int, default=4)
    parser.add_argument("--kind", choices=["csv", "parquet"], default="csv")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        for n_rows in options.rows:
            measured(n_rows, options.parts, options.kind, Path(folder) / str(n_rows))


if __name__ == "__main__":
    main()
