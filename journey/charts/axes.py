"""Axes with marks written as the reader writes numbers: Plotly knows only English per cent."""

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from journey.charts.numbers import format_amount, format_share, format_signed

MARKS: Final = 6
"""About so many marks stand on an axis."""

_STEPS: Final = (1, 2, 2.5, 5, 10)


def share_axis(low: float, high: float) -> dict[str, Any]:
    """Where an axis of shares begins and ends, and its marks, none above all of 100 %.

    Examples
    --------
    >>> share_axis(0, 1.2)["ticktext"], share_axis(0, 0.02)["ticktext"]
    (['0%', '20%', '40%', '60%', '80%', '100%'], ['0.0%', '0.5%', '1.0%', '1.5%', '2.0%'])
    """
    marks = _marks(low, min(high, 1.0))
    decimals = _decimals(marks)
    return _axis(low, high, marks, lambda mark: format_share(mark, decimals=decimals))


def difference_axis(low: float, high: float) -> dict[str, Any]:
    """The same of differences of shares, in points and with their signs.

    Examples
    --------
    >>> difference_axis(-0.1, 0.2)["ticktext"]
    ['-10', '-5', '0', '+5', '+10', '+15', '+20']
    """
    marks = _marks(low, high)
    decimals = _decimals(marks)

    return _axis(low, high, marks, lambda mark: format_signed(100 * mark, decimals))


def amount_axis(high: float) -> dict[str, Any]:
    """The same of amounts from nothing up to one.

    Examples
    --------
    >>> amount_axis(1_200_000)["ticktext"]
    ['0', '200K', '400K', '600K', '800K', '1M', '1.2M']
    """
    return _axis(0, high, _marks(0, high), format_amount)


def _marks(low: float, high: float) -> list[float]:
    """Round numbers between two ends, nought among them where it lies there."""
    rough = (high - low) / MARKS
    if not rough > 0:
        return [low]
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(size * magnitude for size in _STEPS if size * magnitude >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(place * step, 12) for place in range(first, last + 1)]


def _decimals(marks: list[float]) -> int:
    """Decimals of a per cent that tell marks apart."""
    steps = 100 * np.diff(marks)
    return int(len(steps) > 0 and not math.isclose(steps[0], round(steps[0])))


def _axis(
    low: float, high: float, marks: list[float], write: Callable[[float], str]
) -> dict[str, Any]:
    return {
        "range": [low, high],
        "tickmode": "array",
        "tickvals": marks,
        "ticktext": [write(mark) for mark in marks],
    }
