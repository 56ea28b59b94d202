"""Two groups in one picture: which part is more often in which, in colour and in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import pandas as pd

from journey.charts.numbers import format_count, format_counted, format_share
from journey.charts.svg import printable
from journey.schema import LEAST_CERTAIN, SMALL_SAMPLE

Lean = Literal["lean-a", "lean-b", "lean-even"]

_NAME_SIGNS: Final = 40
_TITLE_SIGNS: Final = 90
"""So many fit on one line of every picture of two groups."""


@dataclass(frozen=True)
class Names:
    """What two groups are called, cut to what a picture holds."""

    a: str = "A"
    b: str = "B"

    @property
    def legend(self) -> tuple[tuple[Lean, str], ...]:
        """What each colour says."""
        return (
            ("lean-a", f"More often in {_short(self.a)}"),
            ("lean-b", f"More often in {_short(self.b)}"),
            ("lean-even", "No clear difference"),
        )


def lean_of(facts: Mapping[str, Any]) -> Lean:
    """Which group has it more often, where chance would hardly give that."""
    chance = facts.get("chance", 1.0)
    if not chance <= LEAST_CERTAIN:  # a missing chance too
        return "lean-even"
    return "lean-a" if facts["difference"] > 0 else "lean-b"


def note_of(facts: Mapping[str, Any], names: Names) -> str:
    """Say how often each group has it, a line each."""
    lines = [
        _line(names.a, facts["a_share"], facts["n_a"], facts["n_all_a"]),
        _line(names.b, facts["b_share"], facts["n_b"], facts["n_all_b"]),
    ]
    return "\n".join([*lines, "No clear difference"] if lean_of(facts) == "lean-even" else lines)


def _line(name: str, share: float, n: int, n_all: int) -> str:
    return f"{_short(name)}: {format_share(share)} ({format_count(n)} of {format_count(n_all)})"


def both_shares(facts: Mapping[str, Any]) -> str:
    """Write the two shares, that of A first."""
    return f"{format_share(facts['a_share'])} · {format_share(facts['b_share'])}"


def samples_words(n_a: int, n_b: int, names: Names) -> str:
    """Say how big both groups are, and that the smaller one is small where it is."""
    said = (
        f"A: {_short(names.a)}, {format_counted(n_a, 'journey')} · "
        f"B: {_short(names.b)}, {format_counted(n_b, 'journey')} · "
        f"smallest sample {format_count(min(n_a, n_b))}"
    )
    return f"{said}, too small to rely on" if min(n_a, n_b) < SMALL_SAMPLE else said


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame, each by column."""
    names = [str(name) for name in frame.columns]
    columns = (frame[name].tolist() for name in frame.columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def largest(rows: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """The largest difference that is hardly chance, and that tells more than what parts the groups.

    What all of one have and none of the other is such a part, as a stage that only a win enters is
    of those won and those not; it is the largest only where nothing else differs.
    """
    sure = [row for row in rows if row["chance"] <= LEAST_CERTAIN]
    told = [row for row in sure if abs(row["difference"]) != 1] or sure
    return max(told, key=lambda row: abs(row["difference"]), default=None)


def difference_words(what: str, facts: Mapping[str, Any], names: Names) -> str:
    """Say where two groups differ most; names that leave no room are told below as A and B."""
    a, b = (format_share(facts[share]) for share in ("a_share", "b_share"))
    said = f"{what}: {a} in {_short(names.a)}, {b} in {_short(names.b)}"
    return said if len(said) <= _TITLE_SIGNS else f"{what}: {a} in A, {b} in B"


def _short(name: str) -> str:
    shown = printable(name)
    return shown if len(shown) <= _NAME_SIGNS else f"{shown[: _NAME_SIGNS - 1]}…"
