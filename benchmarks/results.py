"""What was measured, a file a size, so that a report needs no new measurement."""

import json
import statistics
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results")
Result = dict[str, Any]


def write(result: Result) -> None:
    """Keep what is measured so far at one size."""
    path = RESULTS / f"{result['n_touchpoints']}-{result['n_types']}.json"
    RESULTS.mkdir(exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(result, indent=1), encoding="utf-8")
    unfinished.replace(path)


def read_all() -> list[Result]:
    """What is kept, smallest log first."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in RESULTS.glob("[0-9]*.json")]
    return sorted(found, key=lambda result: (result["n_types"], result["n_touchpoints"]))


def instant(result: Result) -> str:
    """When something was measured, in words."""
    return result["measured_at"].partition("+")[0].replace("T", " ") + " UTC"


def seconds_of(result: Result, engine: str, task: str) -> float | None:
    """The median time of an engine at a task; none where there is none."""
    cell = result["cells"].get(task, {}).get(engine, {})
    return statistics.median(cell["seconds"]) if cell.get("seconds") else None


def peak_of(result: Result, engine: str, task: str) -> float | None:
    """The most memory of an engine at a task; none where there is none."""
    return result["cells"].get(task, {}).get(engine, {}).get("peak_bytes") or None


def read_cluster() -> list[dict[str, float]]:
    """What a cluster adds to a question, by number of shards; empty where it was not measured."""
    path = RESULTS / "cluster.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
