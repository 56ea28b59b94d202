"""Every page with the sample data can be read and worked by everybody, in light and dark."""

import shutil

import pytest

from tests.browser.accessibility import faults
from tests.browser.acts import settled
from tests.browser.conftest import REPOSITORY, _server

pytestmark = pytest.mark.browser

PAGES = sorted(path.stem for path in (REPOSITORY / "pages").rglob("*.py"))

IS_DARK = "getComputedStyle(document.querySelector('.stApp')).backgroundColor === 'rgb(13, 24, 34)'"

GOOD = """
<main data-testid="stMain"><h1>Title</h1><h2>Part</h2><h3>Detail</h3>
<button aria-label="Remove">x</button> <button><svg><title>Close</title></svg></button>
<label>Name <input></label> <img alt="" src="data:,"> <svg role="img" aria-label="Map"></svg>
<p style="color: #767676">Just dark enough</p>
<p style="color: #949494; font-size: 24px">Large</p>
<button disabled style="color: #eee">Not now</button>
<p style="color: #fff; background: rgba(0, 0, 0, 0.6)">On a veil</p></main>
"""
BAD = {
    "<button></button>": "no name",
    '<a href="x"> </a>': "no name",
    "<input>": "no name",
    '<span role="button"></span>': "no name",
    '<img src="data:," width="9" height="9">': "no alt text",
    '<svg role="img"></svg>': "no alt text",
    "<h5>Deep</h5>": "level 5 after 3",
    "<h1>Second</h1>": "one title",
    '<p style="color: #777">Too faint</p>': "4.48",
    '<p style="opacity: 0.5">Faded</p>': "faint text",
    '<p style="color: #fff; background: rgba(0, 0, 0, 0.5)">On a thin veil</p>': "faint text",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory, sample_dataset):
    root = tmp_path_factory.mktemp("workspace")
    shutil.copytree(sample_dataset, root / "datasets" / "Sample")
    with _server(REPOSITORY, root) as found:
        yield found


def shown(page, body):
    sized = "a, span { display: inline-block; width: 9px; height: 9px }"
    page.set_content(f'<html lang="en"><style>{sized}</style>{body}</html>')
    return faults(page)


def test_what_is_right_is_not_told(page):
    assert shown(page, GOOD) == []


@pytest.mark.parametrize(("body", "words"), BAD.items())
def test_what_is_wrong_is_told(page, body, words):
    (fault,) = shown(page, GOOD.replace("</main>", f"{body}</main>"))
    assert words in fault


@pytest.mark.parametrize("name", PAGES)
def test_pages_have_no_faults(address, page, name):
    page.goto(f"{address}/{name}?data=Sample")
    page.get_by_role("heading", level=1).wait_for()
    settled(page, quiet_ms=1000)
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(IS_DARK)
    settled(page, quiet_ms=1000)
    assert faults(page) == []


CUT = """
() => [...document.querySelectorAll('[data-testid=stMetric] *')]
  .filter(part => part.scrollWidth > part.clientWidth + 1 && part.clientWidth
    && getComputedStyle(part).overflowX !== 'visible')
  .map(part => part.innerText)
"""


@pytest.mark.parametrize("window", [(1024, 700), (390, 844)])
def test_no_figure_is_cut_in_a_narrow_window(address, page, window):
    page.set_viewport_size(dict(zip(("width", "height"), window, strict=True)))
    for name in ("overview", "lifecycle", "costs"):
        page.goto(f"{address}/{name}?data=Sample")
        settled(page)
        assert page.get_by_test_id("stMetric").count()
        assert page.evaluate(CUT) == []


def test_a_chart_is_as_wide_as_its_words_need(address, page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/stages?data=Sample")
    settled(page)
    chart = page.locator(".js-plotly-plot").first.bounding_box()
    assert chart["width"] >= 700
    # It is scrolled in its place; the page is as wide as the window.
    main = page.get_by_test_id("stMain")
    assert main.evaluate("page => page.scrollWidth <= page.clientWidth")
