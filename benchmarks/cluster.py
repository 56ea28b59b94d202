"""What a Spark cluster adds to a question: asked there and on threads, by turns.

PYTHONPATH=. python benchmarks/cluster.py spark://127.0.0.1:7077

The cluster is one that sees this machine's disk, as docs/cluster.md starts it. The logs are those
that ``run.py`` has made; at least two, that differ in shards.
"""

import argparse
import json
import statistics
import time
from pathlib import Path
from typing import Any

import journey

ROOT = Path(__file__).resolve().parent.parent
RESULT = Path(__file__).with_name("results") / "cluster.json"
ROUNDS = 15


def overheads(address: str, stores: list[Path]) -> list[dict[str, Any]]:
    """For each store its shards, the first question's seconds, and what a warm one takes more."""
    found: list[dict[str, Any]] = []
    for store in stores:
        begin = time.perf_counter()
        there, here = journey.open_log(f"{address}{store}"), journey.open_log(store)
        answers = journey.move_counts(there), journey.move_counts(here)
        first = time.perf_counter() - begin
        assert answers[0].equals(answers[1])
        more = statistics.median(_seconds(there) - _seconds(here) for _ in range(ROUNDS))
        found.append({"n_shards": len(here.store.shards), "first": first, "more": more})
        print(found[-1], flush=True)
    return sorted(found, key=lambda one: one["n_shards"])


def _seconds(log: journey.TouchpointLog) -> float:
    begin = time.perf_counter()
    journey.move_counts(log)
    return time.perf_counter() - begin


def main() -> None:
    """Measure from the command line, and keep it for the page 'Scale on paper'."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", help="of the cluster, without a path")
    parser.add_argument("--logs", type=Path, default=ROOT / "build" / "benchmarks")
    options = parser.parse_args()
    logs = (path for path in options.logs.resolve().iterdir() if path.name.isdigit())
    stores = [path / "store" for path in logs if (path / "store").is_dir()]
    RESULT.write_text(json.dumps(overheads(options.address, stores)), encoding="utf-8")


if __name__ == "__main__":
    main()
