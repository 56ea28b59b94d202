"""What every engine is asked, with the values asked for; imported in both environments."""

from collections.abc import Mapping

TITLES = {
    "moves": "moves with counts",
    "moves_timed": "moves with counts and exact median times",
    "segment_dates": "moves after a segment and dates",
    "exclude": "moves after exclude",
    "collapse": "moves after collapse",
    "funnel": "funnel of five ordered stages",
    "flow": "ten-step flow",
    "variants": "top 1,000 variants",
    "facts": "stages and outcomes of all journeys",
}

N_TYPES = 40
TYPES = tuple(f"Touchpoint {number:02d}" for number in range(N_TYPES))
SEGMENT = "Software"
START, END = "2024-06-01", "2025-03-01"
EXCLUDED = "Touchpoint 00"
STAGES = {
    "Attract": "Touchpoint 02",
    "Capture": "Touchpoint 05",
    "Nurture": "Touchpoint 09",
    "Convert": "Touchpoint 14",
    "Expand": "Touchpoint 20",
}
STEPS = 10
N_VARIANTS = 1_000


def surely_top(variants: Mapping[tuple[str, ...], int]) -> dict[tuple[str, ...], int]:
    """The variants more frequent than the last of the top ones, which may be one of many alike."""
    counts = sorted(variants.values(), reverse=True)
    least = counts[:N_VARIANTS][-1] if counts else 0
    return {sequence: n for sequence, n in variants.items() if n > least}
