"""Tasks of children, run in this process: each child would load everything again."""

import importlib
import json

import journey.ingest
import journey.ingest.warehouses


def run_tasks_here(monkeypatch):
    for package in (journey.ingest, journey.ingest.warehouses):
        monkeypatch.setattr(package, "run_in_child", run_here)


def run_here(task, argument, *, limits, progress, cancelled):
    """What a child would do, with an argument that went through the same pipe."""
    assert limits.wall_seconds
    assert not cancelled()
    module, _, function = task.partition(":")
    told = json.loads(json.dumps(argument))
    return getattr(importlib.import_module(module), function)(told, progress)
