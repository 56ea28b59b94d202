"""Words where an id is missing."""


def log_of(ids):
    rows = "".join(
        f"s{n // 2},{one},2024-01-{n % 28 + 1:02} 10:{n % 60:02},{('view', 'cart')[n % 2]}\n"
        for n, one in enumerate(ids)
    )
    return "session_id,user_id,time,event\n" + rows


def test_a_word_on_far_more_rows_than_ids_is_nobody(imported):
    # 40 users of two rows each; 80 rows of 40 sessions in which nobody is known.
    ids = [f"u{n // 2}" for n in range(80)] + ["NA"] * 80
    log = imported({"views.csv": log_of(ids)})
    assert (log.n_touchpoints, log.n_journeys) == (160, 80)
    assert "views.csv, column 'user_id': 'NA' on 80 rows is read as no id." in log.report.notes


def test_an_id_that_is_such_a_word_stays_one(imported):
    ids = [f"u{n // 2}" for n in range(80)] + ["NA", "NA"]
    log = imported({"views.csv": log_of(ids)})
    assert (log.n_journeys, log.report.n_set_aside) == (41, 0)
    assert "no id" not in " ".join(log.report.notes)
