"""What every engine is asked, with the values asked for; imported in both environments."""

from collections.abc import Mapping
from math import floor

TITLES = {
    "moves": "moves with counts",
    "moves_mean": "moves with journeys and mean times",
    "moves_median": "moves with exact median times",
    "segment": "moves after a segment",
    "window": "moves after a date window",
    "channel": "moves after a channel filter",
    "exclude": "moves after exclude",
    "collapse": "moves after collapse",
    "funnel": "stage funnel",
    "flow": "ten-step flow",
    "variants": "top 1,000 variants",
    "stalled": "stalled list, first 100",
    "removal": "all Markov removal effects",
    "facts": "stages and outcomes of all journeys",
    "map_page": "all questions of the journey map, filtered",
    "overview_page": "all questions of the overview, filtered",
    "histogram": "floor: histogram of the codes",
    "histogram_2": "floor: the same on two threads",
    "sort_gaps": "floor: sort of all gaps",
    "sort_gaps_2": "floor: the same on two threads, halves not merged",
    "sort_keys": "floor: sort of packed keys (move and gap)",
}
FLOORS = ("histogram", "histogram_2", "sort_gaps", "sort_gaps_2", "sort_keys")
MANY_TYPES_TASKS = ("moves", "moves_mean", "moves_median", "exclude", "map_page")

N_TYPES = 40
MANY_TYPES = 5_000
SEGMENT = "Software"
CHANNEL = "Email"
START, END = "2024-06-01", "2025-03-01"
STAGES = {
    "Attract": "Touchpoint 02",
    "Capture": "Touchpoint 05",
    "Nurture": "Touchpoint 09",
    "Convert": "Touchpoint 14",
    "Expand": "Touchpoint 32",
}
WON = STAGES["Expand"]
LOST = "Touchpoint 37"
EXCLUDED = "Touchpoint 00"
STEPS = 10
N_VARIANTS = 1_000
N_STALLED = 100


def type_names(n_types: int) -> list[str]:
    """The names of touchpoint types in binary order, which is that of their codes."""
    return sorted(f"Touchpoint {number:02d}" for number in range(n_types))


def surely_top(variants: Mapping[tuple[str, ...], int]) -> dict[tuple[str, ...], int]:
    """The variants more frequent than the last of the top ones, which may be one of many alike."""
    counts = sorted(variants.values(), reverse=True)
    least = counts[:N_VARIANTS][-1] if counts else 0
    return {sequence: n for sequence, n in variants.items() if n > least}


def whole_seconds(means: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Means cut to seconds at an odd place, where no rounding of a mean can tell engines apart."""
    return {move: floor(seconds + 0.3719) for move, seconds in means.items()}
