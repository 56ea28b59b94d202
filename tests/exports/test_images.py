import io

import pytest
from PIL import Image, ImageColor

from journey.charts.flows.step_sankey import step_sankey
from journey.charts.svg import Picture
from journey.charts.theme import TOKENS
from journey.errors import ValueNotAllowedError
from journey.exports import images
from journey.exports.images import to_png
from tests.charts.sample_frames import STAGES, sequences, step_flows


@pytest.fixture(scope="module")
def picture():
    return step_sankey(step_flows(sequences(60), steps=3), stages=STAGES)


def pixels(data):
    return Image.open(io.BytesIO(data)).convert("RGB")


def text_picture(text):
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 40" width="100%">'
        f'<text x="4" y="28" font-size="20" font-family="system-ui,sans-serif">{text}</text></svg>'
    )
    return Picture(svg, 200, 40, "text", "text")


@pytest.mark.parametrize("scale", [0.5, 1, 2])
def test_png_has_the_size_asked_for(picture, scale):
    image = pixels(to_png(picture, scale=scale))
    assert image.size == (picture.width * scale, picture.height * scale)


def test_png_is_drawn_in_its_theme(picture):
    corner = {
        theme: pixels(to_png(picture, theme=theme, scale=0.5)).getpixel((1, 1))
        for theme in ("light", "dark")
    }
    assert corner == {theme: ImageColor.getrgb(TOKENS[theme]["paper"]) for theme in corner}
    assert corner["light"] != corner["dark"]


def test_dark_text_is_bright(picture):
    # The title lies in the top left corner: some of its pixels are nearly white on the dark ground.
    title = pixels(to_png(picture, theme="dark", scale=1)).crop((20, 15, 400, 45))
    assert max(title.convert("L").tobytes()) > 200


@pytest.mark.parametrize("text", ["Journey", "公司网站", "ส่งอีเมล"])
def test_letters_of_any_script_leave_ink(text):
    image = pixels(to_png(text_picture(text), scale=1)).convert("L")
    assert min(image.tobytes()) < 100


@pytest.mark.parametrize("scale", [0, -1, 100, float("nan")])
def test_impossible_scale_is_refused(picture, scale):
    with pytest.raises(ValueNotAllowedError, match="Scale is"):
        to_png(picture, scale=scale)


@pytest.mark.parametrize(
    ("files", "family"),
    [
        (["LiberationSerif-Regular.ttf", "DejaVuSans.ttf"], "DejaVu Sans"),
        (["DejaVuSans.ttf", "NotoSans-Regular.otf"], "Noto Sans"),
        ([], "Noto Sans"),
    ],
)
def test_a_family_without_serifs_is_chosen_that_the_system_has(
    tmp_path, monkeypatch, files, family
):
    for file in files:
        (tmp_path / file).touch()
    monkeypatch.setattr(images, "FONT_FOLDERS", (str(tmp_path),))
    assert images._sans_family.__wrapped__() == family
