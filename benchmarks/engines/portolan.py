"""Portolan on its stored log, with no view and no answer kept from one question to the next."""

import pickle
from functools import partial
from pathlib import Path
from typing import Any

from tasks import (
    CHANNEL,
    END,
    EXCLUDED,
    N_STALLED,
    N_TYPES,
    N_VARIANTS,
    SEGMENT,
    STAGES,
    START,
    STEPS,
    surely_top,
    whole_seconds,
)

import journey
from journey.analysis.attribution.attribute import removal_effects
from journey.analysis.maps import graph
from journey.analysis.maps.moves import partial_counts
from journey.store.cache import keep_freed_pages, memory
from journey.ui.cache import answers
from journey.ui.explore import headlines

PACKAGES = ("numpy", "numba", "pyarrow", "pandas", "networkx")
NEED_NO_FACTS = ("moves", "segment", "window", "channel", "exclude", "collapse", "facts")
SECONDS_PER_DAY = 86_400
Counts = dict[Any, float]


def load(directory: Path) -> journey.TouchpointLog:
    """The log, opened by memory map; freed memory is kept as in the app."""
    keep_freed_pages()
    return journey.open_log(directory / "store")


def about(log: journey.TouchpointLog) -> dict[str, int]:
    """Counts of the log, bytes of what kernels read, and of one shard's answer about moves.

    Kernels read types, times, and where journeys begin.
    """
    shards = log.store.shards
    answers = log.ask(partial(partial_counts, n_types=len(log.type_names)))
    return {
        "answer_bytes": max(len(pickle.dumps(answer)) for answer in answers),
        "n_journeys": log.store.n_journeys,
        "n_shards": len(shards),
        "kernels": sum(
            shard.codes["touchpoint"].nbytes + shard.ticks.nbytes + shard.offsets.nbytes
            for shard in shards
        ),
    }


def fresh(log: journey.TouchpointLog, task: str) -> journey.TouchpointLog:
    """The same log with the facts of its journeys, but no view and no answer at hand."""
    memory.clear()
    answers.clear()
    again = journey.TouchpointLog(log.origin, log.definitions)
    if task not in NEED_NO_FACTS:
        facts(again)
    return again


def moves(log: journey.TouchpointLog) -> Any:
    """Moves with counts."""
    return journey.move_counts(log)


def moves_mean(log: journey.TouchpointLog) -> Any:
    """Moves with counts, journeys, wins and mean times."""
    return graph.move_means(log)


def moves_median(log: journey.TouchpointLog) -> Any:
    """Moves with counts, journeys, shares, directions, mean and exact median times."""
    return journey.directly_follows(log)


def segment(log: journey.TouchpointLog) -> Any:
    """Moves in one industry."""
    return moves(log.where(industry=SEGMENT))


def window(log: journey.TouchpointLog) -> Any:
    """Moves between two dates."""
    return moves(log.between(START, END))


def channel(log: journey.TouchpointLog) -> Any:
    """Moves between touchpoints of one channel."""
    return moves(log.where(channel=CHANNEL))


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


def stalled(log: journey.TouchpointLog) -> Any:
    """The open journeys silent for too long that risk most value, each with its next touch."""
    return journey.stalled_accounts(log, limit=N_STALLED)


def removal(log: journey.TouchpointLog) -> Any:
    """Exact removal effects of all touchpoint types."""
    return removal_effects(log, by="touchpoint")


def facts(log: journey.TouchpointLog) -> Any:
    """Stage at every touch and outcome of every journey, once for a log and its ``as_of``."""
    return journey.outcomes(log)


def map_page(log: journey.TouchpointLog) -> Any:
    """What the journey map asks after a filter: sizes, types, the graph and its backbone."""
    view = log.exclude(EXCLUDED)
    backbone = journey.simplify(journey.journey_graph(view))
    return view.n_journeys, view.touchpoint_types, backbone


def overview_page(log: journey.TouchpointLog) -> Any:
    """What the overview asks after a filter: outcomes, figures, pointers, drop-offs, months."""
    view = log.where(industry=SEGMENT)
    known = headlines.figures(view)
    return known, headlines.pointers(view), journey.drop_offs(view), journey.months(view)


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
        case "removal":
            return {"removal effects": answer.set_index("channel")["removal_effect"].to_dict()}
        case "stalled" | "facts" | "map_page" | "overview_page":
            return {}
    return _move_counts(task, answer)


def _move_counts(task: str, answer: Any) -> dict[str, Counts]:
    pairs = list(zip(answer["source"], answer["target"], strict=True))
    counts = {"moves": dict(zip(pairs, answer["n_moves"], strict=True))}
    if task in ("moves_mean", "moves_median"):
        means = dict(zip(pairs, answer["mean_days"] * SECONDS_PER_DAY, strict=True))
        counts["journeys"] = dict(zip(pairs, answer["n_journeys"], strict=True))
        counts["mean seconds"] = whole_seconds(means)
    if task == "moves_median":
        seconds = (answer["median_days"] * SECONDS_PER_DAY).round(1)
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
