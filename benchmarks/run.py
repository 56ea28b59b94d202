"""Compare Portolan with its peers and the floors, by turns in one run; print and write the table.

python benchmarks/run.py                                the sizes 10⁵, 10⁶ and 10⁷
python benchmarks/run.py --touchpoints 100000000        one size
python benchmarks/run.py --touchpoints 10000000 --slow-peers --imports
python benchmarks/run.py --touchpoints 10000000 --types 5000
python benchmarks/run.py --report-only                  the tables again, nothing measured

What is measured is kept in ``benchmarks/results``, a file a size, after each cell; the report
reads all of them. Peers live in ``.venv-peers``, as ``make bench`` makes it.
"""

import argparse
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asking import ENVIRONMENT, Worker
from importing import measure_imports
from machine import machine
from plan import ENGINES, IMPORT_MOST, NAMES, OURS, PEERS, ROOT, SIZES, skipped
from report import document
from results import read_all, read_cluster, write
from scale import overhead_of, scale_document
from sizes import bytes_on_disk
from tasks import FLOORS, MANY_TYPES_TASKS, N_TYPES, TITLES

ROUNDS = 3
MOST_RUNS = 9


def measure(n_touchpoints: int, n_types: int, options: argparse.Namespace) -> None:
    """Ask all engines all questions at one size, and keep what it took."""
    logs = options.logs / (str(n_touchpoints) + (f"-{n_types}" if n_types != N_TYPES else ""))
    make_log(logs, n_touchpoints, n_types)
    result: dict[str, Any] = {
        "n_touchpoints": n_touchpoints,
        "n_types": n_types,
        "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "load_before": os.getloadavg()[0],
        "machine": machine(),
        "bytes": {"disk": bytes_on_disk(logs / "store")},
        "loads": {},
        "cells": {},
        "imports": {},
    }
    workers = _workers(logs, n_touchpoints, n_types, result, options)
    result["bytes"] |= result["loads"].get("portolan", {}).get("about", {})
    for task in options.tasks or (MANY_TYPES_TASKS + FLOORS if n_types != N_TYPES else TITLES):
        able = {e: w for e, w in workers.items() if task in w.loaded.get("tasks", ())}
        result["cells"][task] = ask_by_turns(able, task, options.seconds)
        write(result)
        print(f"{n_touchpoints:,} · {_in_words(task, result)}", file=sys.stderr, flush=True)
    for worker in workers.values():
        worker.stop()
    if n_types == N_TYPES and (n_touchpoints <= IMPORT_MOST or options.imports):
        result["imports"] = measure_imports(n_touchpoints, options.logs, options.longest)
        write(result)


def _workers(
    logs: Path,
    n_touchpoints: int,
    n_types: int,
    result: dict[str, Any],
    options: argparse.Namespace,
) -> dict[str, Worker]:
    """The engines asked at this size, each with its log at hand; one after the other."""
    workers: dict[str, Worker] = {}
    for engine in options.engines or ENGINES:
        many = n_types != N_TYPES
        why = skipped(engine, n_touchpoints, has_many_types=many, with_slow=options.slow_peers)
        if why is not None:
            result["loads"][engine] = {"skipped": why}
            continue
        workers[engine] = Worker(engine, logs, options.longest)
        result["loads"][engine] = workers[engine].start()
    return workers


def ask_by_turns(workers: dict[str, Worker], task: str, seconds: float) -> dict[str, Any]:
    """Several rounds over all engines, so that what else the machine does falls on all alike."""
    cells: dict[str, Any] = {engine: {"seconds": [], "peak_bytes": 0} for engine in workers}
    share = seconds / ROUNDS
    for turn in range(ROUNDS):
        for engine, worker in workers.items():
            cell = cells[engine]
            if "error" in cell or sum(cell["seconds"]) >= seconds - share / 2:
                continue
            runs = {"seconds": share, "most_runs": MOST_RUNS}
            answer = worker.ask(task=task, is_first=turn == 0, **runs)
            if "error" in answer:
                cells[engine] = answer
                continue
            cell["seconds"] += answer["seconds"]
            cell["peak_bytes"] = max(cell["peak_bytes"], answer["peak_bytes"])
            cell |= {"counts": answer["counts"]} if turn == 0 else {}
    return cells


def make_log(directory: Path, n_touchpoints: int, n_types: int) -> None:
    """The log in this directory, made anew if the recipe has changed."""
    recipe = Path(__file__).with_name("make_log.py")
    mark, text = directory / "recipe", recipe.read_text(encoding="utf-8")
    if mark.exists() and mark.read_text(encoding="utf-8") == text:
        return
    shutil.rmtree(directory, ignore_errors=True)
    for export in (".csv", ".parquet"):
        directory.with_suffix(export).unlink(missing_ok=True)
    command = [OURS, recipe, "--touchpoints", str(n_touchpoints), "--types", str(n_types)]
    has_peers = any(
        ENGINES[engine] == PEERS
        and not skipped(engine, n_touchpoints, has_many_types=n_types != N_TYPES, with_slow=True)
        for engine in ENGINES
    )
    command += [] if has_peers else ["--store-only"]
    subprocess.run([*command, "--into", directory], check=True, env=ENVIRONMENT, stdout=sys.stderr)
    mark.write_text(text, encoding="utf-8")


def _in_words(task: str, result: dict[str, Any]) -> str:
    cells = result["cells"][task]
    shown = (
        f"{NAMES[engine]} {1e3 * min(cell['seconds']):,.1f} ms"
        if "seconds" in cell
        else f"{NAMES[engine]} fails"
        for engine, cell in cells.items()
    )
    return f"{TITLES[task]}: " + ", ".join(shown)


def main() -> None:
    """Compare from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--touchpoints", type=int, nargs="*", default=SIZES)
    parser.add_argument("--types", type=int, default=N_TYPES)
    parser.add_argument("--slow-peers", action="store_true", help="pm4py … above 10⁶ too")
    parser.add_argument("--imports", action="store_true", help="imports above 10⁶ too")
    parser.add_argument("--report-only", action="store_true")
    parser.add_argument("--seconds", type=float, default=1.5, help="for each task of each engine")
    parser.add_argument("--longest", type=float, default=600, help="the most a single answer takes")
    parser.add_argument("--tasks", nargs="*", choices=TITLES)
    parser.add_argument("--engines", nargs="*", choices=ENGINES)
    parser.add_argument("--logs", type=Path, default=ROOT / "build" / "benchmarks")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    if not PEERS.exists() and not options.report_only:
        sys.exit("The peers are not installed: run make bench.")
    for n_touchpoints in () if options.report_only else options.touchpoints:
        measure(n_touchpoints, options.types, options)
    results = read_all()
    text, disagreements = document(results)
    print(text)
    (options.docs / "benchmarks.md").write_text(text, encoding="utf-8")
    scale = scale_document(results, overhead_of(read_cluster()))
    (options.docs / "scale.md").write_text(scale, encoding="utf-8")
    if disagreements:
        sys.exit("Engines disagree:\n" + "\n".join(disagreements))


if __name__ == "__main__":
    main()
