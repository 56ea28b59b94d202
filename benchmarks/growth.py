"""How the time of each task grows when the log is ten times as long."""

from itertools import pairwise

from results import Result, seconds_of
from tasks import FLOORS, TITLES
from words import MISSING, amount, number, table

MOST = 12


def growths(results: list[Result]) -> dict[str, list[float | None]]:
    """For each task of Portolan t(10N)/t(N), by medians, from each size to the next."""
    return {
        task: [_growth(small, large, task) for small, large in pairwise(results)]
        for task in TITLES
        if task not in FLOORS
    }


def growth_table(results: list[Result]) -> str:
    """The growths as a table; those above the aim are in bold."""
    sizes = [number(result["n_touchpoints"]) for result in results]
    heading = ["task", *(f"{small} → {large}" for small, large in pairwise(sizes))]
    rows = [
        [TITLES[task], *map(_shown, found)]
        for task, found in growths(results).items()
        if any(found)
    ]
    note = (
        f"Portolan, t(10N) / t(N); the aim is at most {MOST}, what misses it is bold. What takes "
        "less than a millisecond or two has a fixed part, so that it grows by less than ten."
    )
    return f"{note}\n\n{table(heading, rows)}" if len(results) > 1 else ""


def _growth(small: Result, large: Result, task: str) -> float | None:
    times = [seconds_of(result, "portolan", task) for result in (small, large)]
    return times[1] / times[0] if times[0] and times[1] else None


def _shown(growth: float | None) -> str:
    if growth is None:
        return MISSING
    return f"**{amount(growth)}**" if growth > MOST else amount(growth)
