import pandas as pd
import pytest

from journey import Segment, ideal_customer_profile
from journey.errors import ColumnNotFoundError
from tests.analysis.profiles.test_profile_traits import CELLS, planted
from tests.examples import small_log


def roles(frame):
    return frame.set_index("role")


def test_neighbouring_cells_become_one_profile():
    cells = {
        ("Maker", "big"): (60, 30),
        ("Mover", "big"): (50, 25),
        ("Maker", "small"): (90, 4),
        ("Mover", "small"): (90, 4),
        ("Shop", "big"): (90, 4),
        ("Shop", "small"): (90, 4),
    }
    found = roles(ideal_customer_profile(planted(cells))).loc["ideal"]
    assert found["segment"] == Segment(
        profile=(("industry", ("Maker", "Mover")), ("employees", ("big",)))
    )
    assert (found["n_journeys"], found["n_won"], found["n_rest"]) == (110, 55, 360)
    assert found["lift"] == pytest.approx((55 / 110) / (16 / 360))


def test_one_column_is_enough_where_the_other_adds_nothing():
    cells = {("Maker", "big"): (60, 30), ("Maker", "small"): (60, 30)}
    cells |= {("Shop", "big"): (60, 3), ("Shop", "small"): (60, 3)}
    found = roles(ideal_customer_profile(planted(cells))).loc["ideal"]
    assert found["profile"] == "Industry Maker"


def lost_log(cells):
    rows, accounts = [], []
    for industry, (n, n_won, n_lost) in cells.items():
        for number in range(n):
            name = f"{industry} {number}"
            accounts.append((name, industry))
            end = "Won" if number < n_won else "Lost" if number < n_won + n_lost else "Mail"
            rows += [(name, 0, "Ad"), (name, 1, end)]
    return small_log(rows, accounts=pd.DataFrame(accounts, columns=["account_id", "industry"]))


def test_the_anti_profile_is_lost_more_and_wins_no_more():
    # Bars are lost most, but win most too; Inns are lost and never won.
    cells = {"Bar": (60, 20, 40), "Inn": (60, 0, 40), "Shop": (200, 20, 20)}
    found = roles(ideal_customer_profile(lost_log(cells)))
    assert found.loc["anti", "profile"] == "Industry Inn"
    assert found.loc["ideal", "profile"] == "Industry Bar"


@pytest.mark.parametrize("cells", [{}, {("Maker", "big"): (40, 10), ("Shop", "big"): (40, 11)}])
def test_where_nothing_stands_out_there_is_no_profile(cells):
    log = planted(cells) if cells else small_log([("a", 0, "Ad")])
    found = ideal_customer_profile(log)
    assert found.empty
    assert "segment" in found.columns


def test_each_product_line_has_its_own_profile():
    # Big ones are won among Makers, 30 of 60 against 3 of 60 Shops; small ones by nobody.
    log = planted(CELLS)
    found = ideal_customer_profile(log, by="employees")
    big = found[(found["line"] == "big") & (found["role"] == "ideal")]
    assert big["profile"].tolist() == ["Industry Maker"]
    assert big[["n_journeys", "n_won", "n_rest"]].to_numpy().tolist() == [[60, 30, 60]]
    assert "small" not in set(found["line"])
    assert found["line"].isna().any()


def test_an_unknown_column_is_refused():
    with pytest.raises(ColumnNotFoundError):
        ideal_customer_profile(planted(CELLS), by="produkt")
