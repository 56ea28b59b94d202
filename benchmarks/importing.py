"""Imports of one export as CSV and as Parquet, against parsing it alone and plain pandas.

python benchmarks/importing.py ENGINE FILE

Each turn is a process of its own, the engines by turns. Portolan's time is that of the whole
call: its child process (which stands by, as in the app), the report, the stored log; its memory is
that of both processes.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asking import ENVIRONMENT
from import_csv import ENGINES, KINDS, TURNS, wait_for_child, write_export
from sizes import bytes_on_disk
from worker import peak_bytes

KIBIBYTE = 1_024


def measure_imports(n_touchpoints: int, logs: Path, longest_seconds: float) -> dict[str, Any]:
    """By format and engine the seconds of each turn, the peak of memory, and what is stored."""
    found: dict[str, Any] = {}
    for kind in KINDS:
        path = write_export(n_touchpoints, kind, logs)
        found[kind] = {engine: {"seconds": [], "peak_bytes": 0} for engine in ENGINES}
        for _ in range(_n_rounds(n_touchpoints)):
            for engine, cell in found[kind].items():
                if "error" not in cell:
                    _add(cell, _turn(engine, path, longest_seconds))
        shown = ", ".join(f"{engine} {cell['seconds']}" for engine, cell in found[kind].items())
        print(f"{n_touchpoints:,} · import of {kind}: {shown}", file=sys.stderr, flush=True)
    return found


def _n_rounds(n_touchpoints: int) -> int:
    return 3 if n_touchpoints <= 100_000 else 2 if n_touchpoints <= 1_000_000 else 1


def _add(cell: dict[str, Any], turn: dict[str, Any]) -> None:
    if "error" in turn:
        cell["error"] = turn["error"]
        return
    cell["seconds"].append(turn["seconds"])
    cell["peak_bytes"] = max(cell["peak_bytes"], turn["peak_bytes"])
    cell |= {"n_rows": turn["n_rows"], "stored_bytes": turn["stored_bytes"]}


def _turn(engine: str, path: Path, longest_seconds: float) -> dict[str, Any]:
    command = [sys.executable, __file__, engine, path]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            env=ENVIRONMENT,
            timeout=longest_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"error": f"longer than {longest_seconds:.0f} s"}
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["no message"])[-1]}
    return json.loads(done.stdout.splitlines()[-1])


def into(path: Path, folder: Path) -> Callable[[], int]:
    """Portolan's whole import into a folder, where its size can be looked at."""
    import journey
    import journey.load

    wait_for_child()
    return lambda: journey.read_touchpoints(path, into=folder / "log").report.n_read


def main() -> None:
    """One turn of an engine, in this process."""
    engine, path = sys.argv[1], Path(sys.argv[2])
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        turn = into(path, Path(folder)) if engine == "portolan" else TURNS[engine](path)
        begin = time.perf_counter()
        n_rows = turn()
        seconds = time.perf_counter() - begin
        stored = bytes_on_disk(Path(folder))
    of_children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * KIBIBYTE
    took = {"seconds": seconds, "peak_bytes": peak_bytes() + of_children}
    print(json.dumps(took | {"n_rows": n_rows, "stored_bytes": stored}))


if __name__ == "__main__":
    main()
