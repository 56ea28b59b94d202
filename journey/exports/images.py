"""Pictures as PNG files."""

from functools import cache
from pathlib import Path
from typing import Final

from journey.charts.svg import Picture, to_svg
from journey.charts.theme import TOKENS, Theme
from journey.errors import ValueNotAllowedError

MAX_SIDE: Final = 16_000
"""Pixels of the longer side of a PNG; more would not fit the memory of a laptop."""

FONTS: Final = {
    "Noto Sans": "NotoSans-Regular",
    "DejaVu Sans": "DejaVuSans",
    "Liberation Sans": "LiberationSans-Regular",
}
"""Families used where the system has none of those the picture asks for, and their files."""

FONT_FOLDERS: Final = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts")


def to_png(picture: Picture, *, theme: Theme = "light", scale: float = 2.0) -> bytes:
    """Draw a picture as a PNG file, with the fonts of the system.

    Parameters
    ----------
    picture
        The picture.
    theme
        The palette to draw it in.
    scale
        Pixels of the file per pixel of the picture.

    Returns
    -------
    bytes
        The file, ``scale`` times as wide and high as the picture.

    Raises
    ------
    ValueNotAllowedError
        If the scale is not above 0 or makes a side of more than 16,000 pixels.

    Examples
    --------
    >>> svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"/>'
    >>> picture = Picture(svg, 4, 2, "None", "None")
    >>> to_png(picture)[1:4]
    b'PNG'
    """
    side = max(picture.width, picture.height)
    if not 0 < scale * side <= MAX_SIDE:
        raise ValueNotAllowedError(
            f"Scale is {scale!r}; above 0 and at most {MAX_SIDE / side:g} is allowed for a picture "
            f"of {picture.width} by {picture.height}, so that no side passes {MAX_SIDE:,} pixels."
        )
    import resvg_py

    fonts, family = _sans_fonts(), _sans_family()
    return resvg_py.svg_to_bytes(
        svg_string=to_svg(picture, theme=theme).decode("utf-8"),
        width=round(picture.width * scale),
        background=TOKENS[theme]["paper"],
        font_family=family,
        sans_serif_family=family,
        font_files=list(fonts),
        skip_system_fonts=bool(fonts),
    )


@cache
def _sans_family() -> str:
    """Find the first of the families that the system has; the renderer would take a serif one."""
    there = {path.stem for folder in _folders() for path in folder.rglob("*.?t?")}
    return next((family for family, stem in FONTS.items() if stem in there), next(iter(FONTS)))


def _folders() -> list[Path]:
    return [Path(folder).expanduser() for folder in FONT_FOLDERS]


@cache
def _sans_fonts() -> tuple[str, ...]:
    """Find the Noto Sans fonts of the system, Latin and Chinese, Japanese, Korean first.

    The renderer takes letters that a font lacks from the first font that has them, of whatever
    design: among all fonts of a system that may be a serif one. Where there is no Noto Sans, the
    system's fonts are used as they come.
    """
    found = [path for folder in _folders() for path in folder.rglob("NotoSans*") if _is_text(path)]
    if not any(path.stem == "NotoSans-Regular" for path in found):
        return ()
    order = sorted(found, key=lambda path: (_rank(path), "Bold" in path.stem, path.name))
    return tuple(str(path) for path in order)


def _is_text(path: Path) -> bool:
    """Whether a font is an upright one for running text."""
    return path.stem.endswith(("-Regular", "-Bold")) and "Mono" not in path.stem


def _rank(path: Path) -> int:
    """Place of a font among those asked for a letter."""
    family = path.stem.split("-", 1)[0]
    return {"NotoSans": 0, "NotoSansCJK": 1}.get(family, 2)
