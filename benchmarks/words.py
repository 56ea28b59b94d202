"""Numbers and tables as Markdown."""

from collections.abc import Iterable, Sequence

TIMES = "\N{MULTIPLICATION SIGN}"
MISSING = "—"


def number(value: float) -> str:
    """To the figures a measurement carries.

    >>> number(12345.6), number(12.34), number(0.1234)
    ('12,346', '12.3', '0.123')
    """
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.3g}"


def milliseconds(seconds: float) -> str:
    """A time in milliseconds."""
    return number(1e3 * seconds)


def amount(ratio: float) -> str:
    """A ratio to two figures or whole."""
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}" if ratio >= 1 else f"{ratio:.2f}"


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, its first column to the left."""
    lines = [_line(heading), "|---|" + "---:|" * (len(heading) - 1)]
    return "\n".join([*lines, *map(_line, rows)])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
