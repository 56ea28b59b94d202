"""Import a CSV, against DuckDB merely parsing the same file into a table of text.

python benchmarks/import_csv.py [--touchpoints 1000000] [--rounds 3] [--into build/benchmarks]

Each turn is a process of its own, Portolan and the peer by turns, so that what else the machine
does falls on both alike. Portolan's time is that of the whole call, with the start of its child
process, the report and the stored log; its memory is that of both processes.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parent.parent
AIM = 3.5
ENGINES = ("duckdb", "portolan")
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


def write_csv(n_touchpoints: int, directory: Path) -> Path:
    """The log that the other benchmarks use too, as a CSV with more columns."""
    log, path = directory / str(n_touchpoints) / "log.parquet", directory / f"{n_touchpoints}.csv"
    if not log.exists():
        script = ROOT / "benchmarks" / "make_log.py"
        options = ["--touchpoints", str(n_touchpoints), "--into", log.parent]
        subprocess.run([sys.executable, script, *options], check=True, stdout=sys.stderr)
    if not path.exists():
        unfinished = path.with_suffix(".unfinished")
        duckdb.execute(f"COPY (SELECT {COLUMNS} FROM '{log}') TO '{unfinished}' (HEADER)")
        unfinished.rename(path)
    return path


def run(engine: str, path: Path) -> dict[str, Any]:
    """One turn of an engine, in this process."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        begin = time.perf_counter()
        if engine == "duckdb":
            n_rows = parse(path)
        else:
            import journey

            n_rows = journey.read_touchpoints(path, into=Path(folder) / "log").report.n_read
        seconds = time.perf_counter() - begin
    peak = [resource.getrusage(who).ru_maxrss for who in (_OWN, _CHILDREN)]
    return {"seconds": seconds, "peak_bytes": sum(peak) * 1024, "n_rows": n_rows}


def parse(path: Path) -> int:
    """Parse all columns as text into a table in memory."""
    duckdb.execute(f"CREATE TABLE parsed AS SELECT * FROM read_csv('{path}', all_varchar=true)")
    return duckdb.execute("SELECT count(*) FROM parsed").fetchall()[0][0]


_OWN, _CHILDREN = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN


def measure(path: Path, rounds: int) -> dict[str, dict[str, Any]]:
    """Medians by engine, of turns one after the other."""
    found: dict[str, list[dict[str, Any]]] = {engine: [] for engine in ENGINES}
    for _ in range(rounds):
        for engine in ENGINES:
            command = [sys.executable, __file__, "--turn", engine, "--csv", str(path)]
            done = subprocess.run(
                command, check=True, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)}
            )
            found[engine].append(json.loads(done.stdout))
    return {
        engine: {
            "seconds": statistics.median(turn["seconds"] for turn in turns),
            "peak_bytes": max(turn["peak_bytes"] for turn in turns),
            "n_rows": turns[0]["n_rows"],
        }
        for engine, turns in found.items()
    }


def main() -> None:
    """Compare from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--touchpoints", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "benchmarks")
    parser.add_argument("--csv", type=Path, help="a file of one's own instead")
    parser.add_argument("--turn", choices=ENGINES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.turn:
        print(json.dumps(run(options.turn, options.csv)))
        return
    path = options.csv or write_csv(options.touchpoints, options.into)
    found = measure(path, options.rounds)
    rows, size = found["duckdb"]["n_rows"], path.stat().st_size
    print(f"{rows:,} rows, {size / 1e6:,.0f} MB; median of {options.rounds} turns\n")
    print("| engine | seconds | peak memory, MB |\n|---|---:|---:|")
    for engine, took in found.items():
        print(f"| {engine} | {took['seconds']:.1f} | {took['peak_bytes'] / 1e6:,.0f} |")
    ratio = found["portolan"]["seconds"] / found["duckdb"]["seconds"]
    print(f"\nPortolan takes {ratio:.1f} times as long as DuckDB's parse; the aim is {AIM}.")
    if found["portolan"]["n_rows"] != rows:
        sys.exit(f"Portolan accounts for {found['portolan']['n_rows']:,} of {rows:,} rows.")


if __name__ == "__main__":
    main()
