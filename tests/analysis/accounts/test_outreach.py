from journey.analysis.accounts.outreach import brought_about_by_us
from tests.examples import small_log


def test_the_direction_decides_where_it_is_told_and_the_name_elsewhere():
    # Ad: shown twice, done once. Call: the name says it is ours, the log that it isn't.
    # Workshop and Page: nothing told, so by name.
    rows = [("a", day, name) for day, name in enumerate(("Ad", "Ad", "Ad", "Call"))]
    rows += [("a", 4, "Workshop"), ("a", 5, "Page")]
    direction = ["was shown", "was shown", "did", "did", None, None]
    log = small_log(rows, direction=direction)
    ours = dict(zip(log.store.touchpoint_types, brought_about_by_us(log).tolist(), strict=True))
    assert ours == {"Ad": True, "Call": False, "Page": False, "Workshop": True}


def test_without_directions_names_decide():
    log = small_log([("a", 0, "E-mail sent"), ("a", 1, "E-mail opened")])
    assert brought_about_by_us(log).tolist() == [False, True]
