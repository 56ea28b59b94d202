"""Rows that hold a list of what was done in them."""

import json

import pytest


def visit(number, *actions, **more):
    return {"visitorId": f"v{number}", "country": "DE", "actions": [*actions], **more}


def action(kind, second, **more):
    return {"type": kind, "timestamp": 1711843200 + second, **more}


@pytest.fixture
def log(imported):
    return lambda *visits, **options: imported({"visits.json": json.dumps(visits)}, **options)


def test_each_action_of_a_visit_is_a_touchpoint(log):
    found = log(
        visit(1, action("search", 0), action("page", 5, url="/a")), visit(2, action("page", 9))
    )
    assert (found.n_touchpoints, found.n_journeys) == (3, 2)
    assert found.touchpoint_types == ["page", "search"]
    (file,) = found.report.files
    assert (file.n_rows, file.n_read, file.n_kept, file.n_set_aside) == (2, 3, 3, 0)
    assert "each of the 'actions' of a row is a row of its own" in " ".join(found.report.notes)


def test_a_visit_without_actions_stays_a_row_and_is_told(log):
    many = [visit(n, action("page", n)) for n in range(9)]
    report = log(*many, visit(9)).report
    assert (report.n_read, report.n_kept, report.n_set_aside) == (10, 9, 1)


def test_a_list_without_times_of_its_own_stays_a_cell(log):
    visits = [
        {"visitorId": "v", "event": kind, "time": f"2024-01-0{n} 10:00", "items": [{"id": n}] * 2}
        for n, kind in ((1, "look"), (2, "buy"))
    ]
    assert log(*visits).n_touchpoints == 2


def test_seconds_since_the_visit_began_are_no_times(log):
    visits = [
        visit(n, {"type": "page", "time": "0"}, {"type": "page", "time": "41"}, start="2024-01-02")
        for n in range(3)
    ]
    assert log(*visits).n_touchpoints == 3
