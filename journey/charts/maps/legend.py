"""The legend of the journey map."""

from typing import Final

from journey.charts.compared import Names
from journey.charts.maps.layout import MARGIN, WIDTH, Layout
from journey.charts.maps.parts import REGULAR, SMALL
from journey.charts.numbers import format_days, format_share
from journey.charts.svg import coordinate as at
from journey.charts.svg import element, label, text_width

LEGEND_HEIGHT: Final = 56
_WIDEST_GAP: Final = 44.0


def legend(placed: Layout, top: float, *, drawn_kinds: frozenset[str]) -> str:
    """Explain every mark that is drawn, in one row at the foot.

    Parameters
    ----------
    placed
        Where the boxes stand.
    top
        Where the row begins.
    drawn_kinds
        The looks of the moves drawn.
    """
    y = top + 28
    entries = [
        (sample, width, text)
        for kind, sample, width, text in _legend_entries(y)
        if kind is None or kind in drawn_kinds
    ]
    return _row(entries, placed.width, y)


def lean_legend(names: Names, top: float, width: int = WIDTH) -> str:
    """Explain the colours and numbers of a map of two groups."""
    y = top + 28
    entries = [(_line(lean, f"M0,{at(y)}h28", 8), 28.0, text) for lean, text in names.legend]
    sample = f"{format_share(0.34)} · {format_share(0.08)}"
    shares = label(sample, {"class": "move-label left", "x": 0, "y": y + 4})
    back = _line("back", f"M0,{at(y)}h28", 2.2)
    entries += [
        (shares, text_width(sample, SMALL) + 3, "Share of journeys: A · B"),
        (back, 28.0, "Dashed: back to an earlier stage"),
    ]
    return _row(entries, width, y)


def _row(entries: list[tuple[str, float, str]], width: int, y: float) -> str:
    """Draw samples with their wording side by side."""
    taken = sum(each + 7 + text_width(text, SMALL * REGULAR) for _, each, text in entries)
    space = min(_WIDEST_GAP, (width - 2 * MARGIN - taken) / (len(entries) - 1))
    x = float(MARGIN)
    drawn: list[str] = []
    for sample, wide, text in entries:
        drawn.append(element("g", {"transform": f"translate({at(x)},0)"}, sample))
        drawn.append(label(text, {"class": "muted", "x": x + wide + 7, "y": y + 4}))
        x += wide + 7 + text_width(text, SMALL * REGULAR) + space
    return element("g", {"class": "legend"}, *drawn)


def _legend_entries(y: float) -> list[tuple[str | None, str, float, str]]:
    """List the look, if it is one of moves, the sample, its width and its wording."""
    mark = element(
        "g", {"class": "start"}, element("path", {"d": f"M0,{at(y - 8)}h17l6,8l-6,8h-17z"})
    )
    place = {"x": 0, "y": y - 2, "height": 4, "rx": 2}
    bar = element("rect", {"class": "volume-ground", **place, "width": 30}) + element(
        "rect", {"class": "volume", **place, "width": 18}
    )
    level = f"M0,{at(y)}h28"
    sample = f"{format_share(0.62)} · {format_days(4)}"
    return [
        (None, mark, 23, "Share of journeys that begin here"),
        (None, bar, 30, "Touchpoints"),
        ("ribbon", _line("ribbon", level, 8), 28, "Move on: width is how many"),
        ("arc", _line("arc", f"M2,{at(y - 8)}c14,0 14,16 0,16", 2), 13, "Within a stage"),
        ("loop", _line("loop", f"M2,{at(y + 6)}c-3,-19 19,-19 16,0", 2), 19, "Repeat"),
        ("back", _line("back", level, 2.2), 28, "Back to an earlier stage"),
        ("aside", _line("aside", level, 2.2), 28, "Stage stays the same"),
        (
            "ribbon",
            label(sample, {"class": "move-label left", "x": 0, "y": y + 4}),
            text_width(sample, SMALL) + 3,
            "Share of moves that leave · median time",
        ),
    ]


def _line(kind: str, path: str, thickness: float) -> str:
    """Draw a sample line."""
    way = element("path", {"class": "way", "d": path, "stroke-width": thickness})
    return element("g", {"class": kind}, way)
