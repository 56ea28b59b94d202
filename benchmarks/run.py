"""Compare Portolan with its peers on one log in one run; print the table and write docs.

python benchmarks/run.py [--touchpoints 1000000] [--seconds 4] [--docs docs/benchmarks.md]

Each engine answers each task in a process of its own, one after the other, task by task, so that
what else the machine does falls on all alike. Peers live in ``.venv-peers``, made by
``python -m venv .venv-peers && .venv-peers/bin/pip install -r benchmarks/requirements-peers.txt``.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from report import document

ROOT = Path(__file__).resolve().parent.parent
OURS = Path(sys.executable)
PEERS = ROOT / ".venv-peers" / "bin" / "python"
ENGINES = {
    "portolan": OURS,
    "pm4py_engine": PEERS,
    "pm4py_polars_engine": PEERS,
    "retentioneering_engine": PEERS,
    "pandas_engine": PEERS,
}
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(ROOT),
    "PYTHONWARNINGS": "ignore",
    "RETENTIONEERING_NO_TRACK": "1",
}
LONGEST_SECONDS = 1_800

Result = dict[str, Any]


def measure_all(directory: Path, *, seconds: float) -> dict[tuple[str, str], Result]:
    """Results by engine and task; an engine that can't answer a task has none."""
    from tasks import TITLES

    results: dict[tuple[str, str], Result] = {}
    for task in TITLES:
        for engine, python in ENGINES.items():
            result = measure(python, engine, task, directory, seconds=seconds)
            if result is not None:
                results[engine, task] = result
                took = result.get("seconds")
                shown = result["error"] if took is None else f"{1e3 * took:,.1f} ms"
                print(f"{task} · {engine}: {shown}", file=sys.stderr, flush=True)
    floor = measure(OURS, "floor", "moves", directory, seconds=seconds)
    return results | ({} if floor is None else {("floor", "moves"): floor})


def measure(
    python: Path, engine: str, task: str, directory: Path, *, seconds: float
) -> Result | None:
    """What the worker reports (none: the engine can't answer), or its last words if it failed."""
    worker = [python, ROOT / "benchmarks" / "worker.py", engine, task, directory]
    done = subprocess.run(
        [*worker, "--seconds", str(seconds)],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["no message"])[-1]}
    return json.loads(done.stdout.splitlines()[-1])


def make_log(n_touchpoints: int) -> Path:
    """The directory of the log, made if it isn't there."""
    directory = ROOT / "build" / "benchmarks" / str(n_touchpoints)
    if not (directory / "store" / "definitions.toml").exists():
        script = ROOT / "benchmarks" / "make_log.py"
        options = ["--touchpoints", str(n_touchpoints), "--into", directory]
        subprocess.run([OURS, script, *options], check=True, env=ENVIRONMENT, stdout=sys.stderr)
    return directory


def main() -> None:
    """Compare from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--touchpoints", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=4, help="at most so long a task")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs" / "benchmarks.md")
    options = parser.parse_args()
    if not PEERS.exists():
        sys.exit("The peers are not installed: run make bench, or see benchmarks/run.py.")
    directory = make_log(options.touchpoints)
    results = measure_all(directory, seconds=options.seconds)
    text, disagreements = document(results, n_touchpoints=options.touchpoints)
    print(text)
    options.docs.write_text(text, encoding="utf-8")
    if disagreements:
        sys.exit("Engines disagree:\n" + "\n".join(disagreements))


if __name__ == "__main__":
    main()
