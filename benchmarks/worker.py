"""Run one engine on one task in a process of its own and print what it took as JSON.

python benchmarks/worker.py ENGINE TASK DIRECTORY [--seconds 6]
"""

import argparse
import hashlib
import json
import resource
import statistics
import sys
import time
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

LEAST_RUNS, MOST_RUNS = 3, 31


def measure(engine: ModuleType, task: str, directory: Path, *, seconds: float) -> dict[str, Any]:
    """Median time over several runs after a warm-up, peak memory, and digests of the counts."""
    log = engine.load(directory)
    question = getattr(engine, task)
    answer = question(engine.fresh(log))
    took: list[float] = []
    while len(took) < LEAST_RUNS or (sum(took) < seconds and len(took) < MOST_RUNS):
        asked = engine.fresh(log)
        begin = time.perf_counter()
        answer = question(asked)
        took.append(time.perf_counter() - begin)
    peak = peak_bytes()
    return {
        "seconds": statistics.median(took),
        "best_seconds": min(took),
        "n_runs": len(took),
        "peak_bytes": peak,
        "counts": {
            name: digest(counts) for name, counts in engine.comparable(task, log, answer).items()
        },
        "versions": {package: version(package) for package in engine.PACKAGES},
    }


def peak_bytes() -> int:
    """The most memory this process has had so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def digest(counts: dict[Any, float]) -> dict[str, Any]:
    """How many counts there are, what they add up to, and a hash of them all."""
    lines = sorted(f"{_plain(key)}\t{float(count):.1f}" for key, count in counts.items())
    return {
        "n": len(lines),
        "sum": sum(map(float, counts.values())),
        "hash": hashlib.blake2b("\n".join(lines).encode(), digest_size=12).hexdigest(),
    }


def _plain(key: Any) -> str:
    """A key as text, the same for every engine's kind of number and text."""
    parts = key if isinstance(key, tuple) else (key,)
    return "\x1f".join(str(part) for part in parts)


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine")
    parser.add_argument("task")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--seconds", type=float, default=6)
    options = parser.parse_args()
    engine = import_module(f"engines.{options.engine}")
    result = None
    if hasattr(engine, options.task):
        result = measure(engine, options.task, options.directory, seconds=options.seconds)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
