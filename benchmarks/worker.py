"""Hold a log in one engine and answer what is asked on standard input, a line of JSON each.

python benchmarks/worker.py ENGINE DIRECTORY
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from hashlib import blake2b
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

LONG_SECONDS = 60
MOST_VALUES = 50
PEAK, RESET_PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def serve(name: str, directory: Path) -> None:
    """Load the log, say what that took, then answer request by request."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what an engine prints must not come between the answers
    begin = time.perf_counter()
    engine = import_module(f"engines.{name}")
    log = engine.load(directory)
    loaded = {
        "seconds": time.perf_counter() - begin,
        "peak_bytes": peak_bytes(),
        "versions": {package: version(package) for package in engine.PACKAGES},
        "about": engine.about(log) if hasattr(engine, "about") else {},
        "tasks": [task for task in vars(engine) if callable(getattr(engine, task))],
    }
    print(json.dumps(loaded), file=answers)
    for line in sys.stdin:
        print(json.dumps(answered(engine, log, json.loads(line))), file=answers)


def answered(engine: ModuleType, log: Any, request: dict[str, Any]) -> dict[str, Any]:
    """What the request took, or why it failed: an engine may raise anything."""
    try:
        return measure(engine, log, **request)
    except Exception as error:  # noqa: BLE001 - the reason goes into the table
        return {
            "error": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        }


def measure(
    engine: ModuleType, log: Any, task: str, *, is_first: bool, seconds: float, most_runs: int
) -> dict[str, Any]:
    """Times of several runs, the peak of memory, and in the first round digests of the counts.

    The first round warms up once more; a run that long can't be warming up, and stands for all.
    """
    question, fresh = getattr(engine, task), getattr(engine, "fresh", _as_it_is)
    begin = time.perf_counter()
    reset_peak()
    took: list[float] = []
    if is_first:
        first, answer = _timed(question, fresh(log, task))
        counts = engine.comparable(task, log, answer)
        digests = {name: digest(values) for name, values in counts.items()}
        del answer, counts
        took = [first] if first > LONG_SECONDS else []
    while not took or (time.perf_counter() - begin < seconds and len(took) < most_runs):
        took.append(_timed(question, fresh(log, task))[0])
    found: dict[str, Any] = {"seconds": took, "peak_bytes": peak_bytes()}
    return found | ({"counts": digests} if is_first else {})


def _timed(question: Callable[[Any], Any], log: Any) -> tuple[float, Any]:
    begin = time.perf_counter()
    answer = question(log)
    return time.perf_counter() - begin, answer


def _as_it_is(log: Any, task: str) -> Any:  # noqa: ARG001 - as the engines' own
    return log


def reset_peak() -> None:
    """Forget the most memory held so far, where the system can."""
    if RESET_PEAK.exists():
        RESET_PEAK.write_text("5", encoding="ascii")


def peak_bytes() -> int:
    """The most memory this process has held since it was last forgotten."""
    if PEAK.exists():
        lines = PEAK.read_text(encoding="ascii").splitlines()
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def digest(counts: dict[Any, float]) -> dict[str, Any]:
    """How many counts there are, what they add up to, a hash of them all, and a few themselves."""
    lines = sorted(f"{_plain(key)}\t{float(count):.1f}" for key, count in counts.items())
    few = {_plain(key): float(count) for key, count in counts.items()}
    return {
        "values": few if len(few) <= MOST_VALUES else {},
        "n": len(lines),
        "sum": float(sum(counts.values())),
        "hash": blake2b("\n".join(lines).encode(), digest_size=12).hexdigest(),
    }


def _plain(key: Any) -> str:
    """A key as text, the same for every engine's kind of number and text."""
    parts = key if isinstance(key, tuple) else (key,)
    return "\x1f".join(str(part) for part in parts)


if __name__ == "__main__":
    serve(sys.argv[1], Path(sys.argv[2]))
