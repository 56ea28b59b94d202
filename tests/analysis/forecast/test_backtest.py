import pandas as pd

from journey import Definitions, Stage, forecast_backtest, forecast_wins
from journey.analysis.forecast.backtest import BACKTEST_COLUMNS
from tests.examples import BEGIN, small_log

MODEL = Definitions((Stage("Convert", ("Demo",)),), won=("Won",), lost=("Lost",))


def steady(n_weeks):
    """Each week two journeys begin; one is won after ten days with 100, the other lost."""
    rows = []
    for week in range(n_weeks):
        rows += [(f"w{week}", 7 * week, "Demo"), (f"w{week}", 7 * week + 10, "Won")]
        rows += [(f"l{week}", 7 * week, "Demo"), (f"l{week}", 7 * week + 10, "Lost")]
    values = [100.0 if name == "Won" else None for _, _, name in rows]
    return small_log(rows, MODEL, value=values)


def test_windows_lie_end_to_end_and_count_the_wins_in_them():
    log = steady(40)
    found = forecast_backtest(log, weeks=4)
    assert found["made_at"].tolist()[1:] == found["until_at"].tolist()[:-1]
    assert found["until_at"].iloc[-1] == log.as_of + pd.Timedelta(seconds=1)
    # A win a week: four in each window of four weeks, worth 100 each.
    assert set(found["n_won"]) == {4}
    assert set(found["value_won"]) == {400.0}
    # Ten wins are known from the tenth week on: of 40 weeks seven windows follow.
    assert len(found) == 7


def test_each_forecast_is_what_would_have_been_made_then():
    log = steady(40)
    row = forecast_backtest(log, weeks=4, seed=3).iloc[0]
    then = forecast_wins(log.between(end=row["made_at"]), weeks=4, seed=3).iloc[-1]
    assert row["expected_wins"] == then["total_wins"]
    assert row["high"] == then["total_high"]


def test_what_is_steady_is_foretold():
    found = forecast_backtest(steady(60), weeks=4)
    assert found["is_inside"].mean() >= 0.8
    assert abs(found["expected_wins"].mean() - 4) < 1


def test_too_few_wins_or_too_short_a_log_try_nothing():
    for log in (steady(6), small_log([("a", 0, "Demo")], MODEL)):
        found = forecast_backtest(log, weeks=13)
        assert found.empty
        assert found.columns.tolist() == list(BACKTEST_COLUMNS)


def test_a_log_read_as_of_a_past_day_tries_nothing_later():
    cut = BEGIN + pd.Timedelta(weeks=30)
    early = forecast_backtest(steady(40).between(end=cut), weeks=4)
    assert early["until_at"].max() == cut + pd.Timedelta(seconds=1)
    assert early["n_won"].tolist() == [4] * 4
