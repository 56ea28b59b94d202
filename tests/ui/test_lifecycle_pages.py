"""The pages of the lifecycle, of nurture and of costs."""

import pytest

from journey import Definitions, Stage
from journey.charts.numbers import READER
from journey.costs import ENTERED_FILE
from journey.ui.explore import lifecycle_cards
from journey.ui.explore.lifecycle_cards import figure
from tests.analysis.lifecycle.test_scorecards import MODEL_OF_ROWS, ROWS, VALUE_OF
from tests.examples import small_log
from tests.stores import save
from tests.ui import pages
from tests.ui.pages import choose, metrics, said
from tests.ui.pages import flawless as checked

LIFECYCLE = "pages/explore/lifecycle.py"
NURTURE = "pages/act/nurture.py"
COSTS = "pages/decide/costs.py"
PAID = "month,kind,channel,campaign,cost,currency\n2026-03,labour,,Team,310,EUR\n"
FIGURES = [(1208.0, "people"), (0.123, "share"), (0.043, "share"), (2.5, "number"), (1.0, "days")]
HOSTILE = "<b>One</b> $x$"


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    root = tmp_path_factory.mktemp("workspace")
    values = [VALUE_OF.get((account, name)) for account, _, name in ROWS]
    mail = [HOSTILE if name.startswith("E-mail") else None for _, _, name in ROWS]
    log = small_log(ROWS, MODEL_OF_ROWS, value=values, campaign=mail, content=mail)
    for name in ("Full", "Paid"):
        save(log, root / "datasets" / name)
    (root / "datasets" / "Paid" / ENTERED_FILE).write_text(PAID)
    plain = small_log([("a", 0, "Ad"), ("a", 1, "Ad")], Definitions(stages=(Stage("Zebra"),)))
    save(plain, root / "datasets" / "Plain")
    return root


@pytest.fixture(autouse=True)
def workspace(stored, monkeypatch):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(stored))
    return stored


def press(app, label):
    return checked(next(one for one in app.button if one.label == label).click().run())


def opened(page, data="Full"):
    return checked(pages.opened(page.removeprefix("pages/").removesuffix(".py"), data))


def test_the_lifecycle_answers_for_each_stage_and_its_counts_open():
    app = opened(LIFECYCLE)
    assert app.title[0].value.endswith("2 won in 90 days")
    assert metrics(app)["Won"] == "2"
    assert "No stage of this model plays this part." in said(app)
    app = choose(app, "Convert")
    pressed = next(one for one in app.button if one.key == "lifecycle:convert:won")
    assert "**2 journeys**" in said(checked(pressed.click().run()))


def test_the_title_has_the_figures_of_the_cards_whatever_other_stages_call_the_same(monkeypatch):
    values = {"capture": 1.0, "nurture": 2.0, "convert": float("nan")}
    rows = [
        {"role": role, "metric": metric, "value": value}
        for role, value in values.items()
        for metric in ("new_leads", "mqls", "won")
    ]
    monkeypatch.setattr(lifecycle_cards, "_totals", lambda *_: rows)
    assert lifecycle_cards.headline(None, 90) == "1 new lead, 2 MQLs in 90 days"


def test_figures_of_the_lifecycle_are_written_as_the_reader_does():
    token = READER.set("de")
    try:
        written = [figure(value, unit) for value, unit in FIGURES]
    finally:
        READER.reset(token)
    assert written == ["1.208", "12\N{NO-BREAK SPACE}%", "4,3\N{NO-BREAK SPACE}%", "2,5", "1 day"]


@pytest.mark.parametrize("data", ["Full", "Plain"])
def test_every_view_of_the_lifecycle_stands_without_data_too(data):
    app = opened(LIFECYCLE, data)
    assert ("Not known which part these stages play: Zebra" in said(app)) == (data == "Plain")
    for view in ("Moves between stages", "Reach", "After the sale", "All figures"):
        app = choose(app, view)


VIEWS = {
    "Scores of new leads": ("Leads of each month by their grade", "No journey became a lead"),
    "Programmes": ("One", "so there are no steps"),
    "Triggers": ("triggers had no answer", "No trigger can be told"),
    "Content": ("need not follow", "No touchpoint names its content"),
    "Nurtured or not": ("not a controlled comparison", "nothing to compare"),
}


@pytest.mark.parametrize(("place", "data"), [(0, "Full"), (1, "Plain")])
def test_views_of_nurture_say_what_they_have_or_lack(place, data):
    app = opened(NURTURE, data)
    for view, words in VIEWS.items():
        app = choose(app, view)
        assert words[place] in said(app) or (view, data) == ("Programmes", "Full")
        assert "<b>One" not in said(app).replace(r"\<b\>", "")


def test_costs_entered_by_hand_count_and_are_saved(workspace):
    app = opened(COSTS, "Paid")
    # 310 for the two customers won.
    assert metrics(app)["Per customer EUR"] == "155"
    assert metrics(app)["Spent EUR"] == "310"
    assert "are journeys, each counted once" in said(app)
    for view in ("By channel", "Campaigns", "Enter costs"):
        app = choose(app, view)
    press(app, "Save costs")
    path = workspace / "datasets" / "Paid" / ENTERED_FILE
    assert path.read_text() == PAID.replace(",310,", ",310.0,")


@pytest.mark.parametrize(
    ("cost", "words", "each"),
    [
        ("0", "Nothing was spent in view, so each cost 0.", "0"),
        ("-5", "No cost for each: costs add up to less than 0.", "—"),
        ("310", "A customer cost 155 EUR", "155"),
    ],
)
def test_a_cost_of_nothing_or_less_gives_a_figure_or_a_sentence(workspace, cost, words, each):
    path = workspace / "datasets" / "Paid" / ENTERED_FILE
    path.write_text(PAID.replace(",310,", f",{cost},"))
    app = opened(COSTS, "Paid")
    path.write_text(PAID)
    assert words in said(app)
    assert metrics(app)["Per customer EUR"] == each


def test_a_period_without_leads_says_that_nobody_passed(workspace):
    (workspace / "datasets" / "Paid" / ENTERED_FILE).write_text(PAID.replace("2026-03", "2026-01"))
    app = checked(pages.opened("decide/costs", "Paid", to="2026-01-08"))
    (workspace / "datasets" / "Paid" / ENTERED_FILE).write_text(PAID)
    assert "No cost for each: no lead, MQL, SQL or customer." in said(app)
    # The first lead is of 11 January; 8 of its 31 days are in view.
    assert metrics(app)["Spent EUR"] == "80"


def test_what_costs_lack_is_said():
    assert "No cost for each: no cost known" in said(opened(COSTS))
    plain = said(opened(COSTS, "Plain"))
    assert "No cost is known" in plain
    assert "counted once" not in plain
