"""The legend of the journey map."""

from typing import Final

from journey.charts.map_layout import MARGIN, Layout
from journey.charts.map_parts import REGULAR, SMALL
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
    taken = sum(width + 7 + text_width(text, SMALL * REGULAR) for _, width, text in entries)
    space = min(_WIDEST_GAP, (placed.width - 2 * MARGIN - taken) / (len(entries) - 1))
    x = float(MARGIN)
    drawn: list[str] = []
    for sample, width, text in entries:
        drawn.append(element("g", {"transform": f"translate({at(x)},0)"}, sample))
        drawn.append(label(text, {"class": "muted", "x": x + width + 7, "y": y + 4}))
        x += width + 7 + text_width(text, SMALL * REGULAR) + space
    return element("g", {"class": "legend"}, *drawn)


def _legend_entries(y: float) -> list[tuple[str | None, str, float, str]]:
    """List the look, if it is one of moves, the sample, its width and its wording."""

    def line(kind: str, path: str, thickness: float) -> str:
        """Draw a sample line."""
        way = element("path", {"class": "way", "d": path, "stroke-width": thickness})
        return element("g", {"class": kind}, way)

    mark = element(
        "g", {"class": "start"}, element("path", {"d": f"M0,{at(y - 8)}h17l6,8l-6,8h-17z"})
    )
    place = {"x": 0, "y": y - 2, "height": 4, "rx": 2}
    bar = element("rect", {"class": "volume-ground", **place, "width": 30}) + element(
        "rect", {"class": "volume", **place, "width": 18}
    )
    level = f"M0,{at(y)}h28"
    return [
        (None, mark, 23, "Share of journeys that begin here"),
        (None, bar, 30, "Touchpoints"),
        ("ribbon", line("ribbon", level, 8), 28, "Move on: width is how many"),
        ("arc", line("arc", f"M2,{at(y - 8)}c14,0 14,16 0,16", 2), 13, "Within a stage"),
        ("loop", line("loop", f"M2,{at(y + 6)}c-3,-19 19,-19 16,0", 2), 19, "Repeat"),
        ("back", line("back", level, 2.2), 28, "Back to an earlier stage"),
        ("aside", line("aside", level, 2.2), 28, "Stage stays the same"),
        (
            "ribbon",
            label("62% · 4 days", {"class": "move-label left", "x": 0, "y": y + 4}),
            80,
            "Share of moves that leave · median time",
        ),
    ]
