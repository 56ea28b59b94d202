import re

import pytest

from journey.charts.theme import (
    OUTCOME_INKS,
    OUTCOME_NAMES,
    STAGE_INKS,
    TOKENS,
    fixed,
    stage_token,
    style_sheet,
)
from journey.schema import OUTCOMES


def luminance(colour):
    """Relative luminance of WCAG 2."""
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(ink, paper, opacity):
    """The colour of a translucent ink on paper."""
    pairs = [(int(ink[i : i + 2], 16), int(paper[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a * opacity + b * (1 - opacity)):02x}" for a, b in pairs)


def test_the_measure_of_contrast_is_right():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", TOKENS)
def test_text_reaches_4_5_to_1_on_paper_and_on_the_ground_of_every_stage(theme):
    tokens = TOKENS[theme]
    stages = [value for name, value in tokens.items() if name.startswith("stage-")]
    grounds = [tokens["paper"], *(mixed(ink, tokens["paper"], 0.08) for ink in stages)]
    for text in ("ink", "muted", "back"):
        assert min(contrast(tokens[text], ground) for ground in grounds) >= 4.5


@pytest.mark.parametrize("theme", TOKENS)
def test_text_in_boxes_and_marks_reaches_4_5_to_1(theme):
    tokens = TOKENS[theme]
    for name, ink in tokens.items():
        if name.startswith("stage-"):
            assert contrast(tokens["on-stage"], ink) >= 4.5
            assert contrast(tokens["on-stage-faint"], ink) >= 4.5
    assert contrast(tokens["on-start"], tokens["start"]) >= 4.5


@pytest.mark.parametrize("theme", TOKENS)
def test_lines_and_bars_reach_3_to_1_on_paper(theme):
    tokens = TOKENS[theme]
    for outcome in OUTCOMES:
        assert contrast(tokens[f"outcome-{outcome}"], tokens["paper"]) >= 3
    assert contrast(tokens["focus"], tokens["paper"]) >= 3


def test_both_themes_have_the_same_variables_and_every_outcome_its_own_ink():
    assert TOKENS["light"].keys() == TOKENS["dark"].keys()
    assert tuple(OUTCOME_INKS) == tuple(OUTCOME_NAMES) == OUTCOMES
    assert len(set(OUTCOME_INKS.values())) == len(OUTCOMES)


def test_inks_repeat_after_the_fifth_stage():
    stages = [str(index) for index in range(7)]
    assert [stage_token(stage, stages) for stage in ("0", "5", "6")] == [
        "stage-0",
        "stage-0",
        "stage-1",
    ]
    assert len(STAGE_INKS) == 5
    assert stage_token(None, stages) == stage_token("elsewhere", stages) == "stage-unassigned"


@pytest.mark.parametrize("theme", TOKENS)
def test_fixed_colours_replace_variables_in_the_style_only(theme):
    svg = f"<svg><style>{style_sheet('.x{fill:var(--back)}')}</style><text>var(--ink)</text></svg>"
    written = fixed(svg, theme)
    style, text = written.split("</style>")
    assert "var(" not in style
    # A declaration of a variable makes some readers drop the rule it stands in.
    assert "--" not in style
    assert ".portolan{font-family:" in style
    assert f".x{{fill:{TOKENS[theme]['back']}}}" in style
    assert text == "<text>var(--ink)</text></svg>"


def test_every_variable_used_is_declared():
    sheet = style_sheet("")
    assert set(re.findall(r"var\(--([a-z0-9_-]+)\)", sheet)) <= TOKENS["light"].keys()
