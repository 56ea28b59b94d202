"""The step flow of two groups: one layout, differences in colour."""

from collections.abc import Iterator, Sequence
from itertools import filterfalse
from math import isnan
from typing import Any, Final

import pandas as pd

from journey.charts.compared import (
    Names,
    difference_words,
    largest,
    lean_of,
    note_of,
    rows_of,
    samples_words,
)
from journey.charts.flows.layout import lay_out
from journey.charts.flows.step_sankey import AREA, Tint, Tints, draw, identity
from journey.charts.svg import Picture
from journey.charts.theme import Theme
from journey.schema import DEFAULT_STAGES

_BOX: Final = ("step", "box_kind", "box")
_ALIKE: Final = "The two groups take the same steps, as far as their numbers tell"


def compare_flow(
    frame: pd.DataFrame,
    *,
    stages: Sequence[str] = DEFAULT_STAGES,
    names: tuple[str, str] = ("A", "B"),
    theme: Theme = "light",
) -> Picture:
    """Draw the step flows of two groups as one: colour says in which a way is more often.

    Parameters
    ----------
    frame
        The frame of ``compare_steps``. Heights are those of both groups together.
    stages
        The stages in order: they order the boxes.
    names
        What the groups are called.
    theme
        The palette shown where no page decides.

    Returns
    -------
    Picture
        As :func:`step_sankey`; every box and ribbon says the share of journeys of A and of B.

    Raises
    ------
    ColumnNotFoundError
        If a column of ``compare_steps`` is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "step": [1, 2], "box": ["Ad", "won"], "box_kind": ["touchpoint", "outcome"],
    ...     "box_stage": ["Attract", None], "next_box": ["won", None],
    ...     "next_kind": ["outcome", None], "next_stage": [None, None], "n_journeys": [3, 3],
    ...     "n_back": [0, 0], "n_a": [2, 2], "n_b": [1, 1], "n_all_a": [2, 2], "n_all_b": [1, 1],
    ...     "a_share": [1.0, 1.0], "b_share": [1.0, 1.0], "difference": [0.0, 0.0],
    ...     "chance": [1.0, 1.0]})
    >>> compare_flow(frame).title
    'The two groups take the same steps, as far as their numbers tell'
    """
    called = Names(*names)
    layout = lay_out(frame, stages=stages, area=AREA)
    tints = None if frame.empty else _tints(frame, called)
    return draw(layout, (), f"step-sankey {theme}", tints)


def _tints(frame: pd.DataFrame, names: Names) -> Tints:
    n_a, n_b = int(frame["n_all_a"].iloc[0]), int(frame["n_all_b"].iloc[0])
    goes_on = frame["next_box"].notna() & (frame["box_kind"] != "outcome")
    # What is in Other is another lot of types at every step: it tells only where nothing else does.
    is_named = (frame["box_kind"] != "other") & (frame["next_kind"] != "other")
    found = largest(rows_of(frame[goes_on & is_named])) or largest(rows_of(frame[goes_on]))
    title = _ALIKE
    if found is not None:
        what = f"{found['box']} → {found['next_box']} at step {found['step']}"
        title = difference_words(what.replace("_", " "), found, names)
    return Tints(
        title=title,
        facts=samples_words(n_a, n_b, names),
        legend=names.legend,
        parts=dict(_parts(frame, names)),
    )


def _parts(frame: pd.DataFrame, names: Names) -> Iterator[tuple[str, Tint]]:
    """The colour and words of every box and ribbon."""
    for row in rows_of(frame[frame["next_box"].notna()]):
        key = identity(row["step"], *(row[name] for name in _FLOW))
        yield key, Tint(lean_of(row), f"{row['box']} → {row['next_box']}\n{note_of(row, names)}")
    for (step, kind, box), facts in _boxes(frame).items():
        yield identity(step, kind, box), Tint(lean_of(facts), f"{box}\n{note_of(facts, names)}")


_FLOW: Final = ("box_kind", "box", "next_kind", "next_box")


def _boxes(frame: pd.DataFrame) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Journeys of both groups in every box; a box leans as the surest of its ribbons do."""
    boxes: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows_of(frame):
        boxes.setdefault(tuple(row[name] for name in _BOX), []).append(row)
    return {box: _of_box(rows) for box, rows in boxes.items()}


def _of_box(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    sums: dict[str, Any] = {name: rows[0][name] for name in ("n_all_a", "n_all_b")}
    for group in ("a", "b"):
        sums[f"n_{group}"] = sum(row[f"n_{group}"] for row in rows)
        sums[f"{group}_share"] = sums[f"n_{group}"] / max(sums[f"n_all_{group}"], 1)
    sums["difference"] = sums["a_share"] - sums["b_share"]
    agreeing = (row["chance"] for row in rows if row["difference"] * sums["difference"] > 0)
    return sums | {"chance": min(filterfalse(isnan, agreeing), default=1.0)}
