import pandas as pd
import pytest

import journey
from journey.errors import ValueNotAllowedError
from tests.analysis.scores.test_lead_scores import ACCOUNTS, COLUMNS, MODEL, PEOPLE, ROWS
from tests.examples import BEGIN, small_log

LOG = small_log(ROWS, MODEL, accounts=ACCOUNTS, people=PEOPLE, **COLUMNS)


@pytest.mark.parametrize("account_id", ["a", "b", "c"])
def test_the_last_row_is_the_score_of_the_list(account_id):
    scores = ["fit", "engagement", "relationship", "grade", "stage"]
    listed = journey.score_leads(LOG).set_index("account_id").loc[account_id, scores]
    last = journey.score_history(LOG, account_id).iloc[-1]
    assert last[scores[:3]].tolist() == pytest.approx(listed[scores[:3]].tolist())
    assert last["grade"] == listed["grade"]


def test_each_row_is_what_was_known_then():
    history = journey.score_history(LOG, "a").set_index("occurred_at")
    assert len(history) == 21  # day 0 to 20, touches at midnight
    then = history.loc[BEGIN + pd.Timedelta(days=10)]
    # Ad 4 x 0.5 halved, first demo 10; the director is met; now in Buy, known for 10 days.
    scores = then[["fit", "engagement", "relationship"]].tolist()
    assert scores == pytest.approx([60, 11, 25])
    assert history.iloc[0][["fit", "engagement", "relationship"]].tolist() == [40, 2, 0]


def test_an_account_that_is_not_there_or_began_later_is_refused():
    for log, name in ((LOG, "nobody"), (LOG.between(end="2026-01-05"), "c")):
        with pytest.raises(ValueNotAllowedError, match="no journey of"):
            journey.score_history(log, name)
