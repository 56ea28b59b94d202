"""Portolan on its stored log, with no view and no answer kept from one question to the next."""

from pathlib import Path
from typing import Any

from tasks import (
    END,
    EXCLUDED,
    N_TYPES,
    N_VARIANTS,
    SEGMENT,
    STAGES,
    START,
    STEPS,
    surely_top,
)

import journey
from journey.store.cache import memory

PACKAGES = ("numpy", "numba", "pyarrow", "pandas")
Counts = dict[Any, float]


def load(directory: Path) -> journey.TouchpointLog:
    """The log, opened by memory map."""
    return journey.open_log(directory / "store")


def fresh(log: journey.TouchpointLog) -> journey.TouchpointLog:
    """The same log with the facts of its journeys, but no view and no answer at hand."""
    memory.clear()
    again = journey.TouchpointLog(log.origin, log.definitions)
    facts(again)
    return again


def moves(log: journey.TouchpointLog) -> Any:
    """Moves with counts."""
    return journey.move_counts(log)


def moves_timed(log: journey.TouchpointLog) -> Any:
    """Moves with counts, journeys, shares, mean and exact median times."""
    return journey.directly_follows(log)


def segment_dates(log: journey.TouchpointLog) -> Any:
    """Moves in one industry between two dates."""
    return moves(log.where(industry=SEGMENT).between(START, END))


def exclude(log: journey.TouchpointLog) -> Any:
    """Moves without the most frequent type."""
    return moves(log.exclude(EXCLUDED))


def collapse(log: journey.TouchpointLog) -> Any:
    """Moves with repeats made one."""
    return moves(log.collapse())


def funnel(log: journey.TouchpointLog) -> Any:
    """Journeys that reach each stage, and that go on."""
    return journey.stage_funnel(log)


def flow(log: journey.TouchpointLog) -> Any:
    """Journeys by step, type and next type."""
    return journey.step_flows(log, steps=STEPS, n_types=N_TYPES)


def variants(log: journey.TouchpointLog) -> Any:
    """The most frequent sequences with journeys, win rate and median duration."""
    return journey.variants(log, top=N_VARIANTS)


def facts(log: journey.TouchpointLog) -> Any:
    """Stage at every touch and outcome of every journey, once for a log and its ``as_of``."""
    memory.clear()
    return journey.TouchpointLog(log.origin, log.definitions).facts


def comparable(task: str, log: journey.TouchpointLog, answer: Any) -> dict[str, Counts]:
    """Counts by name of what is counted."""
    match task:
        case "funnel":
            return {
                "reached": dict(zip(answer["stage"], answer["n_journeys"], strict=True)),
                "advanced": dict(zip(answer["stage"][:-1], answer["n_advanced"], strict=False)),
                "in order": _in_order(log),
            }
        case "flow":
            return _flow_counts(answer)
        case "variants":
            counted = dict(zip(answer["sequence"], answer["n_journeys"], strict=True))
            return {"variants": surely_top(counted)}
        case "facts":
            return {}
    pairs = list(zip(answer["source"], answer["target"], strict=True))
    counts = {"moves": dict(zip(pairs, answer["n_moves"], strict=True))}
    if task == "moves_timed":
        seconds = (answer["median_days"] * 86_400).round(1)
        counts["median seconds"] = dict(zip(pairs, seconds, strict=True))
    return counts


def _in_order(log: journey.TouchpointLog) -> Counts:
    """Journeys that have the types of all stages up to each, in order."""
    counts: Counts = {}
    for stage, touchpoint in STAGES.items():
        log = log.starting_at(touchpoint)
        counts[stage] = log.n_journeys
    return counts


def _flow_counts(answer: Any) -> dict[str, Counts]:
    at = answer[answer["box_kind"] == "touchpoint"]
    on = at[at["next_kind"] == "touchpoint"]
    return {
        "at step": at.groupby(["step", "box"])["n_journeys"].sum().to_dict(),
        "step to step": on.groupby(["step", "box", "next_box"])["n_journeys"].sum().to_dict(),
    }
