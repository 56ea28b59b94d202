"""Colours and type of every picture, light and dark, with 4.5:1 or more under all text."""

import re
from typing import Final, Literal

from journey.schema import Outcome

Theme = Literal["light", "dark"]

BACK: Final = "#C14400"
"""Moves back to an earlier stage, on a light ground."""

STAGE_INKS: Final = ("#00518a", "#00694e", "#8a5a00", "#93386b", "#1d6d99")
"""Fill of a stage's boxes on a light ground; white text on each reaches 5.7:1."""

OUTCOME_NAMES: Final[dict[Outcome, str]] = {
    "won": "Won",
    "lost": "Lost",
    "no_decision": "No decision",
    "stalled": "Stalled",
    "in_progress": "In progress",
}

OUTCOME_INKS: Final[dict[Outcome, str]] = {
    "won": "#00694e",
    "lost": "#a3123f",
    "no_decision": "#6a4c9c",
    "stalled": "#8a5a00",
    "in_progress": "#1f5fa8",
}

LEANS: Final = ("lean-a", "lean-b", "lean-even")
"""Colours of what the one of two groups has more often, the other, or neither."""

FONT: Final = (
    'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue",Arial,'
    '"Noto Sans CJK SC","Noto Sans Thai",sans-serif'
)

_LIGHT: Final = {
    "paper": "#ffffff",
    "ink": "#16202e",
    "muted": "#4d5868",
    "line": "#c9d0da",
    "bar": "#ffffff",
    "bar-ground": "#ffffff",
    "on-stage": "#ffffff",
    "on-stage-faint": "#ececec",
    "ribbon": "#5d6b82",
    "back": BACK,
    "lean-a": "#00518a",
    "lean-b": BACK,
    "lean-even": "#4d5868",
    "start": "#16202e",
    "on-start": "#ffffff",
    "focus": "#d6006c",
    "stage-unassigned": "#4d5868",
    **{f"stage-{index}": ink for index, ink in enumerate(STAGE_INKS)},
    **{f"outcome-{outcome}": ink for outcome, ink in OUTCOME_INKS.items()},
}

_DARK: Final = {
    "paper": "#0d1822",
    "ink": "#f1f4f8",
    "muted": "#aeb8c6",
    "line": "#3a4553",
    "bar": "#0b1017",
    "bar-ground": "#0b1017",
    "on-stage": "#0b1017",
    "on-stage-faint": "#1c232d",
    "ribbon": "#8c9bb1",
    "back": "#ff9a57",
    "lean-a": "#6db3ee",
    "lean-b": "#ff9a57",
    "lean-even": "#a3adbb",
    "start": "#f1f4f8",
    "on-start": "#11161d",
    "focus": "#ff7ac0",
    "stage-unassigned": "#a3adbb",
    "stage-0": "#6db3ee",
    "stage-1": "#4fc4a1",
    "stage-2": "#e0ae4d",
    "stage-3": "#e08fbd",
    "stage-4": "#86c5e6",
    "outcome-won": "#4fc4a1",
    "outcome-lost": "#ff8098",
    "outcome-no_decision": "#b9a3ec",
    "outcome-stalled": "#e0ae4d",
    "outcome-in_progress": "#7db4f5",
}

TOKENS: Final[dict[Theme, dict[str, str]]] = {"light": _LIGHT, "dark": _DARK}
"""Value of every colour variable in each theme, by its name without the leading dashes."""

_VARIABLE = re.compile(r"var\(--([a-z0-9_-]+)\)")
_DECLARED = re.compile(r"--[a-z0-9_-]+:[^;}]*;?")
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def stage_token(stage: str | None, stages: list[str]) -> str:
    """Name the colour variable of a stage; the inks repeat after the fifth stage.

    Examples
    --------
    >>> stage_token("Nurture", ["Attract", "Capture", "Nurture"])
    'stage-2'
    >>> stage_token("Unassigned", ["Attract", "Unassigned"])
    'stage-unassigned'
    """
    if stage is None or stage == "Unassigned" or stage not in stages:
        return "stage-unassigned"
    return f"stage-{stages.index(stage) % len(STAGE_INKS)}"


def style_sheet(rules: str) -> str:
    """Return the style of a picture: both palettes as variables, what pictures share, its rules."""
    return (
        f".portolan{{{_variables('light')};font-family:{FONT};fill:var(--ink)}}"
        f".portolan.dark{{{_variables('dark')}}}"
        ".portolan .paper{fill:var(--paper)}"
        ".portolan .hit{cursor:pointer;outline:none}"
        ".portolan .message{font-size:24px;font-weight:700;fill:var(--ink)}"
        ".portolan .muted{fill:var(--muted)}"
        ".portolan .small{font-size:12px}"
        ".portolan .halo{stroke:var(--paper);stroke-width:4px;stroke-linejoin:round;"
        "paint-order:stroke}"
        f"{rules}"
    )


def fixed(svg: str, theme: Theme) -> str:
    """Write the colours of one theme into a picture's style, for readers without CSS variables."""
    tokens = TOKENS[theme]

    def values(style: re.Match[str]) -> str:
        """Replace every variable of the style by its value, and drop what declares it."""
        used = _VARIABLE.sub(lambda found: tokens[found[1]], style[0])
        return _DECLARED.sub("", used)

    return _STYLE.sub(values, svg, count=1)


def _variables(theme: Theme) -> str:
    """Declare a theme's colours as CSS variables."""
    return ";".join(f"--{name}:{value}" for name, value in TOKENS[theme].items())
