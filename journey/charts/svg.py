"""The few SVG parts that both pictures are built of; names in data become harmless here."""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from journey.charts.theme import Theme, fixed

ELLIPSIS: Final = "…"
NO_NAME: Final = "(no name)"
KEPT: Final = 16_384
"""Names come again and again: so many texts are measured and cut once."""

_RARE = re.compile("[&<>\"'\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DIRECTION_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ENTITIES: Final = {
    "&": "&amp;",  # first: all others begin with it
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}

# Advance widths in em, a little above those of common semi-bold system fonts: labels that are
# measured too wide still fit their box, those measured too narrow would not.
_MEASURED: Final = {
    **dict.fromkeys(" ijl.,:;'|!()[]/\\`I", 0.36),
    **dict.fromkeys('frt-"*{}J', 0.46),
    **dict.fromkeys("mwMW@%&—…→←↩▸", 0.98),
}


@dataclass(frozen=True)
class Picture:
    """A finished drawing: one SVG, its size in pixels, its message and its alternative text."""

    svg: str
    width: int
    height: int
    title: str
    alt: str

    def save(self, path: str | Path, *, theme: Theme = "light") -> Path:
        """Write the drawing as an ``.svg`` file that any program draws, and return its path."""
        target = Path(path)
        target.write_bytes(to_svg(self, theme=theme))
        return target


def to_svg(picture: Picture, *, theme: Theme = "light") -> bytes:
    """Write a picture as an SVG file that any program draws: sized, its colours fixed.

    Parameters
    ----------
    picture
        The picture.
    theme
        The palette to write into it.

    Returns
    -------
    bytes
        UTF-8 text of the file.

    Examples
    --------
    >>> picture = Picture('<svg xmlns="http://www.w3.org/2000/svg"/>', 4, 2, "None", "None")
    >>> to_svg(picture)[:4]
    b'<svg'
    """
    sized = picture.svg.replace(
        'width="100%"', f'width="{picture.width}" height="{picture.height}"', 1
    )
    return fixed(sized, theme).encode("utf-8")


def escape(text: str) -> str:
    """Make text safe inside XML text and attributes; what XML can't hold is dropped.

    Examples
    --------
    >>> escape('</text><script>"')
    '&lt;/text&gt;&lt;script&gt;&quot;'
    """
    if not _RARE.search(text):
        return text
    for sign, entity in _ENTITIES.items():
        text = text.replace(sign, entity)
    return text if text.isprintable() else _NOT_XML.sub("", text)


@lru_cache(maxsize=KEPT)
def printable(text: str) -> str:
    r"""Return a name as it is shown: one line, no control or direction marks, never empty.

    Examples
    --------
    >>> printable("  Demo\n call\u202e ")
    'Demo call'
    >>> printable("")
    '(no name)'
    """
    kept = _DIRECTION_MARKS.sub("", _NOT_XML.sub("", text.replace("\n", " ").replace("\t", " ")))
    return " ".join(kept.split()) or NO_NAME


def isolated(name: str) -> str:
    """Return a name that may stand in a sentence: right-to-left script stays inside it.

    Examples
    --------
    >>> isolated("Demo"), isolated("عرض") == "\u2068عرض\u2069"
    ('Demo', True)
    """
    if any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in name):
        return f"\u2068{name}\u2069"
    return name


@lru_cache(maxsize=KEPT)
def text_width(text: str, size: float) -> float:
    """Estimate the width in pixels of text set semi-bold in a system font of that size.

    Examples
    --------
    >>> text_width("定", 10), text_width("", 10)
    (10.4, 0)
    """
    return round(sum(map(_em, text)) * size, 3)


@lru_cache(maxsize=KEPT)
def clip(text: str, width: float, size: float) -> str:
    """Cut one line of text to a width; what is cut ends in an ellipsis.

    Examples
    --------
    >>> clip("Trade-show booth visit", 70, 12)
    'Trade-sh…'
    """
    shown = printable(text)
    if text_width(shown, size) <= width:
        return shown
    kept = ""
    for cluster in _clusters(shown):
        if text_width(kept + cluster + ELLIPSIS, size) > width:
            break
        kept += cluster
    return kept.rstrip() + ELLIPSIS


def wrap(text: str, width: float, size: float, lines: int = 2) -> list[str]:
    """Break a name into at most so many lines of a width, evenly, at spaces where it can.

    Examples
    --------
    >>> wrap("Webinar: reduce onboarding cost", 120, 12)
    ['Webinar: reduce', 'onboarding cost']
    >>> wrap("Google search ad", 100, 12)
    ['Google', 'search ad']
    """
    return [*_wrapped(text, width, size, lines)]


@lru_cache(maxsize=KEPT)
def _wrapped(text: str, width: float, size: float, lines: int) -> tuple[str, ...]:
    wrapped = _filled(text, width, size, lines)
    for share in (0.9, 0.8, 0.7, 0.6):
        # A narrower setting with no more lines and nothing more cut off is the more even one.
        narrower = _filled(text, width * share, size, lines)
        if len(narrower) != len(wrapped) or "".join(narrower).endswith(ELLIPSIS):
            break
        if _n_broken(narrower, text) > _n_broken(wrapped, text):
            break
        wrapped = narrower
    return tuple(wrapped)


def element(name: str, attributes: Mapping[str, str | float], *children: str) -> str:
    """Write one element; attributes are escaped here, children are finished SVG."""
    written = "".join([f' {key}="{_attribute(value)}"' for key, value in attributes.items()])
    inside = "".join(children)
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def _attribute(value: str | float) -> str:
    if isinstance(value, str):
        return escape(value)
    return str(value) if isinstance(value, int) else coordinate(value)


def label(text: str, attributes: Mapping[str, str | float]) -> str:
    """Write one line of text."""
    return element("text", attributes, escape(text))


def tooltip(text: str) -> str:
    """Write the full wording of a part, shown by the browser when the pointer rests on it."""
    return element("title", {}, escape(text))


def hit(kind: str, identifier: str, name: str) -> dict[str, str]:
    """Return the attributes of a part that can be clicked, focused and named by a screen reader."""
    return {
        "class": f"hit {kind}",
        "tabindex": "0",
        "role": "button",
        "aria-label": printable(name),
        "data-kind": kind,
        "data-id": identifier,
    }


def coordinate(value: float) -> str:
    """Write a number of pixels to a tenth, without trailing zeros.

    Examples
    --------
    >>> coordinate(12.04), coordinate(3.25)
    ('12', '3.2')
    """
    if not math.isfinite(value):
        raise ValueError(f"Coordinate is {value!r}; a finite number of pixels is needed.")
    written = f"{value:.1f}".removesuffix(".0")
    return "0" if written == "-0" else written


def pressed(picture: Picture, kind: str, identifier: str) -> Picture:
    """Mark the part of a picture that is chosen; nothing changes where there is none such.

    Examples
    --------
    >>> drawn = Picture(element("g", hit("node", "Demo", "Demo")), 1, 1, "", "")
    >>> 'aria-pressed="true"' in pressed(drawn, "node", "Demo").svg
    True
    """
    part = f'data-kind="{escape(kind)}" data-id="{escape(identifier)}"'
    marked = f'{part} aria-pressed="true"'
    if marked in picture.svg:
        return picture
    return replace(picture, svg=picture.svg.replace(part, marked))


def document(
    body: str, *, size: tuple[int, int], classes: str, style: str, title: str, alt: str
) -> Picture:
    """Close the drawing into one SVG that scales to the width it is given."""
    width, height = size
    svg = element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width} {height}",
            "width": "100%",
            "class": f"portolan {classes}",
            "style": f"max-width:{width}px;height:auto",
            "role": "group",
            "aria-label": f"{title} {alt}",
        },
        element("style", {}, style),
        element("rect", {"class": "paper", "width": width, "height": height}),
        body,
    )
    return Picture(svg, width, height, title, alt)


def _em(character: str) -> float:
    """Width of one character in em."""
    if character in _MEASURED:
        return _MEASURED[character]
    if "a" <= character <= "z" or character.isdecimal():
        return 0.63
    if "A" <= character <= "Z":
        return 0.76
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    return 1.04 if unicodedata.east_asian_width(character) in "WF" else 0.8


def _clusters(text: str) -> list[str]:
    """Split text where it may be cut: marks and joiners stay with the letter they belong to."""
    parts: list[str] = []
    for character in text:
        joined = parts and (
            unicodedata.category(character).startswith("M")
            or character == "\u200d"
            or parts[-1].endswith("\u200d")
        )
        if joined:
            parts[-1] += character
        else:
            parts.append(character)
    return parts


def _filled(text: str, width: float, size: float, lines: int) -> list[str]:
    """Fill one line after the other; what the last can't hold ends in an ellipsis."""
    rest = printable(text)
    filled: list[str] = []
    while rest and len(filled) < lines - 1 and text_width(rest, size) > width:
        head = _head(rest, width, size)
        filled.append(head.strip())
        rest = rest[len(head) :].strip()
    if rest:
        filled.append(clip(rest, width, size))
    return filled


def _n_broken(wrapped: list[str], text: str) -> int:
    """Count the words that a line break cuts in two."""
    words = set(printable(text).split())
    return sum(word not in words for line in wrapped for word in line.split())


def _head(text: str, width: float, size: float) -> str:
    """Return the start of a text that fills one line, cut after a space, hyphen or wide letter."""
    line, cut = "", 0
    for cluster in _clusters(text):
        if text_width((line + cluster).rstrip(), size) > width:
            break
        line += cluster
        if cluster in " -/_" or unicodedata.east_asian_width(cluster[0]) in "WF":
            cut = len(line)
    # One word wider than the line is cut where the line ends; one letter always goes through.
    return line[:cut] or line or _clusters(text)[0]
