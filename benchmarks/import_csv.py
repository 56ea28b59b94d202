"""Import a CSV and a Parquet, against DuckDB merely parsing them and against plain pandas.

python benchmarks/import_csv.py [--touchpoints 100000 1000000] [--large] [--rounds 3] [--cold]

DuckDB reads all columns as text into a table in memory; pandas reads, turns times into datetimes
and sorts by account and time. Each turn is a process of its own, the engines by turns, so that
what else the machine does falls on all alike. Libraries are loaded before the clock starts, those
of Portolan's child process too: one stands by, as in the app; with --cold none does. Portolan's
time is that of the whole call, with the report and the stored log; its memory is that of both
processes, its processor time also that of the child's start.
"""

import argparse
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parent.parent
SIZES, LARGE = (100_000, 1_000_000), 10_000_000
ROUNDS, ROUNDS_LARGE = 3, 1
MOST_TIMES, MOST_MEMORY, MOST_GROWTH = 3.5, 0.4, 12
ENGINES = ("duckdb", "pandas", "portolan")
COLD = "portolan cold"
KINDS = ("csv", "parquet")
# Ten columns as a warehouse exports them: ids, addresses, pages, amounts, a key of its own a row.
COLUMNS = """
    account_id,
    strftime(occurred_at, '%Y-%m-%d %H:%M:%S') AS occurred_at,
    touchpoint,
    printf('person%d@company%s.com', hash(account_id, occurred_at) % 3, account_id[2:]) AS email,
    ['Paid Search', 'Organic Search', 'Email', 'Paid Social', 'Direct', 'Referral', 'Events']
        [(1 + hash(touchpoint, occurred_at) % 7)::BIGINT] AS channel,
    'Campaign ' || hash(occurred_at, 1) % 300 AS campaign,
    printf('https://example.com/pages/%d', hash(occurred_at, 2) % 100000) AS content,
    industry,
    CASE WHEN hash(occurred_at, 3) % 10 = 0 THEN hash(occurred_at, 4) % 100000 / 100 END AS value,
    printf('%016x', hash(occurred_at, account_id)) AS event_key
"""


def write_export(n_touchpoints: int, kind: str, directory: Path) -> Path:
    """The log that the other benchmarks use too, as an export with more columns."""
    log = directory / str(n_touchpoints) / "log.parquet"
    path = directory / f"{n_touchpoints}.{kind}"
    if not log.exists():
        script = ROOT / "benchmarks" / "make_log.py"
        options = ["--touchpoints", str(n_touchpoints), "--into", log.parent]
        command = [sys.executable, script, *options]
        subprocess.run(command, check=True, stdout=sys.stderr, env={"PYTHONPATH": str(ROOT)})
    if not path.exists():
        unfinished = path.with_suffix(".unfinished")
        form = "FORMAT parquet" if kind == "parquet" else "FORMAT csv, HEADER"
        duckdb.execute(f"COPY (SELECT {COLUMNS} FROM '{log}') TO '{unfinished}' ({form})")
        unfinished.rename(path)
    return path


def parsed(path: Path) -> Callable[[], int]:
    """DuckDB: all columns as text into a table in memory."""
    if path.suffix == ".parquet":
        source = f"(SELECT COLUMNS(*)::VARCHAR FROM read_parquet('{path}'))"
    else:
        source = f"read_csv('{path}', all_varchar=true)"

    def turn() -> int:
        duckdb.execute(f"CREATE TABLE parsed AS SELECT * FROM {source}")
        return duckdb.execute("SELECT count(*) FROM parsed").fetchall()[0][0]

    return turn


def sorted_frame(path: Path) -> Callable[[], int]:
    """Plain pandas: read, times, sort."""
    import pandas as pd

    def turn() -> int:
        read = pd.read_parquet if path.suffix == ".parquet" else pd.read_csv
        frame = read(path)
        frame["occurred_at"] = pd.to_datetime(frame["occurred_at"])
        return len(frame.sort_values(["account_id", "occurred_at"], kind="stable"))

    return turn


def imported(path: Path) -> Callable[[], int]:
    """Portolan: an export to a stored log, by a child process that is ready."""
    wait_for_child()
    return imported_cold(path)


def wait_for_child() -> None:
    """Have a child process of Portolan's stand by, its libraries loaded."""
    from journey.ingest.processes.ready import is_ready, stand_by

    stand_by()
    while not is_ready():
        time.sleep(0.05)


def imported_cold(path: Path) -> Callable[[], int]:
    """Portolan: an export to a stored log, by a child process yet to be started."""
    import journey
    import journey.load

    def turn() -> int:
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            return journey.read_touchpoints(path, into=Path(folder) / "log").report.n_read

    return turn


def write_csv(n_touchpoints: int, directory: Path) -> Path:
    """The same log as a CSV."""
    return write_export(n_touchpoints, "csv", directory)


TURNS = {
    **dict(zip(ENGINES, (parsed, sorted_frame, imported), strict=True)),
    COLD: imported_cold,
}


def run(engine: str, path: Path) -> dict[str, Any]:
    """One turn of an engine, in this process."""
    turn = TURNS[engine](path)
    begin, used = time.perf_counter(), _processor_seconds()
    n_rows = turn()
    return {
        "seconds": time.perf_counter() - begin,
        "processor": _processor_seconds() - used,
        "peak_bytes": _own_peak_bytes() + resource.getrusage(_PROCESSES[1]).ru_maxrss * 1024,
        "n_rows": n_rows,
    }


_PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _own_peak_bytes() -> int:
    """The most memory of this process; what it was started by may have had more."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) * 1024


def _processor_seconds() -> float:
    """What this process and its children took of the processors so far."""
    used = [resource.getrusage(who) for who in _PROCESSES]
    return sum(one.ru_utime + one.ru_stime for one in used)


def measure(path: Path, rounds: int, portolan: str) -> dict[str, dict[str, Any]]:
    """Medians by engine, of turns one after the other; ``portolan`` says how that one starts."""
    found: dict[str, list[dict[str, Any]]] = {engine: [] for engine in ENGINES}
    for _ in range(rounds):
        for engine in ENGINES:
            way = portolan if engine == "portolan" else engine
            command = [sys.executable, __file__, "--turn", way, "--file", str(path)]
            done = subprocess.run(
                command, check=True, stdout=subprocess.PIPE, env={"PYTHONPATH": str(ROOT)}
            )
            found[engine].append(json.loads(done.stdout))
    return {
        engine: {
            "seconds": statistics.median(turn["seconds"] for turn in turns),
            "processor": statistics.median(turn["processor"] for turn in turns),
            "peak_bytes": max(turn["peak_bytes"] for turn in turns),
            "n_rows": turns[0]["n_rows"],
        }
        for engine, turns in found.items()
    }


def as_row(path: Path, rounds: int, found: Mapping[str, Mapping[str, Any]]) -> str:
    """A line of the table of results."""
    seconds, processor, peaks = (
        [found[engine][name] for engine in ENGINES]
        for name in ("seconds", "processor", "peak_bytes")
    )
    n_rows, megabytes = found["duckdb"]["n_rows"], path.stat().st_size / 1e6
    cells = [
        f"{n_rows:,} rows {path.suffix[1:]}, {megabytes:,.0f} MB",
        str(rounds),
        *(f"{value:.1f} ({used:.1f})" for value, used in zip(seconds, processor, strict=True)),
        f"{seconds[2] / seconds[0]:.1f} ({processor[2] / processor[0]:.1f})",
        f"{seconds[2] / seconds[1]:.1f}",
        *(f"{value / 1e6:,.0f}" for value in peaks),
        f"{peaks[2] / peaks[1]:.2f}",
    ]
    return f"| {' | '.join(cells)} |"


HEADER = """\
In brackets: seconds of processor time, of all threads and processes.

| file | turns | DuckDB parses, s | pandas, s | Portolan, s | / DuckDB | / pandas |\
 DuckDB, MB | pandas, MB | Portolan, MB | memory / pandas |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""


def compare(paths: list[Path], rounds: int | None, portolan: str) -> None:
    """Print a line for each file, then how time grows from size to size."""
    print(HEADER)
    times: dict[str, list[tuple[int, float]]] = {kind: [] for kind in KINDS}
    for path in paths:
        large = path.stat().st_size > 1_000_000_000 or path.stem == str(LARGE)
        turns = rounds or (ROUNDS_LARGE if large else ROUNDS)
        found = measure(path, turns, portolan)
        print(as_row(path, turns, found), flush=True)
        n_rows = found["duckdb"]["n_rows"]
        if found["portolan"]["n_rows"] != n_rows:
            sys.exit(f"Portolan accounts for {found['portolan']['n_rows']:,} of {n_rows:,} rows.")
        times.setdefault(path.suffix[1:], []).append((n_rows, found["portolan"]["seconds"]))
    print(
        f"\nAims: / DuckDB at most {MOST_TIMES} (CSV), memory / pandas at most {MOST_MEMORY}, "
        f"ten times the rows in at most {MOST_GROWTH} times the time."
    )
    for kind, points in times.items():
        for (few, short), (many, long) in pairwise(points):
            print(f"{kind}: {many / few:g} times the rows take {long / short:.1f} times as long.")


def main() -> None:
    """Compare from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--touchpoints", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--large", action="store_true", help=f"{LARGE:,} touchpoints too")
    parser.add_argument("--rounds", type=int, help="turns of each engine; by default 3, large 1")
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "benchmarks")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--file", type=Path, help="a file of one's own instead")
    parser.add_argument("--cold", action="store_true", help="no child process stands by")
    parser.add_argument("--turn", choices=list(TURNS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.turn:
        print(json.dumps(run(options.turn, options.file)))
        return
    sizes = [*options.touchpoints, *([LARGE] if options.large else [])]
    paths = (
        [options.file]
        if options.file
        else [write_export(size, kind, options.into) for kind in options.kinds for size in sizes]
    )
    compare(paths, options.rounds, COLD if options.cold else "portolan")


if __name__ == "__main__":
    main()
