"""Tables of deals, a row each, with how they stand and when they closed."""

DEALS = (
    "opportunity_id,account,deal_stage,engage_date,close_date,close_value\n"
    "o1,Acme,Won,2017-01-02,2017-02-03,100\n"
    "o2,Acme,Lost,2017-01-05,2017-03-04,0\n"
    "o3,Bolt,Engaging,2017-01-06,2017-12-31,\n"
)


def test_the_close_is_the_win_or_the_loss_and_of_an_open_deal_a_plan(imported):
    log = imported({"pipeline.csv": DEALS})
    assert log.touchpoint_types == ["Lost", "Won", "engage_date"]
    # Three deals begin, one is won, one lost; the plan of the third is none.
    assert log.n_touchpoints == 5
    assert (log.definitions.won, log.definitions.lost) == (("Won",), ("Lost",))


def test_a_history_of_stages_is_no_table_of_deals(imported):
    history = DEALS.replace("o2,Acme", "o1,Acme")
    assert imported({"history.csv": history}).touchpoint_types == ["Engaging", "Lost", "Won"]


def test_a_deal_without_an_id_goes_by_its_name(imported):
    log = imported(
        {
            "deals.csv": "Deal Name,Company,Amount,Create Date,Close Date,Stage\n"
            "Acme 2026,Acme,100,2026-01-02,2026-02-03,Closed Won\n"
            "Bolt 2026,Bolt,50,2026-01-05,2026-12-31,Negotiation\n"
            "Core 2026,Core,70,2026-01-06,2026-03-04,Closed Lost\n"
        }
    )
    assert log.touchpoint_types == ["Create Date", "Lost", "Won"]
    # Three deals begin, one is won, one lost; the plan of the open one is no touchpoint.
    assert log.n_touchpoints == 5
