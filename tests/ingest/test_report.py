import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.errors import UnreadableFileError

CELLS = {
    "account": st.sampled_from(["A", "B", " a ", "", "null"]),
    "time": st.sampled_from(["2024-01-01 10:00", "2024-01-01 10:03", "soon", "", "9999-12-31"]),
    "event": st.sampled_from(["Ad", "ad", "Demo", "", "n/a"]),
    "note": st.text(alphabet=string.ascii_letters + "', ;é", max_size=3).map(
        lambda text: '"' + text + '"'
    ),
}
rows = st.lists(st.tuples(*CELLS.values()), min_size=1, max_size=12)


def written(lines):
    return "\n".join([",".join(CELLS), *(",".join(line) for line in lines)]) + "\n"


@settings(
    max_examples=settings().max_examples // 2,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(first=rows, second=rows, dedupe=st.sampled_from(["none", "exact", "cross-source"]))
def test_every_row_is_kept_merged_or_set_aside(imported, first, second, dedupe):
    roles = {"account_id": ["account"], "occurred_at": ["time"], "touchpoint": ["event"]}
    files = {"a.csv": written(first), "b.csv": written(second)}
    n_usable = sum(
        account.strip() in ("A", "B", "a") and at.startswith("2024") and event not in ("", "n/a")
        for account, at, event, _ in first + second
    )
    try:
        log = imported(files, columns=roles, dedupe=dedupe)
    except UnreadableFileError:
        assert n_usable == 0
        return
    report = log.report
    assert report.n_read == len(first) + len(second)
    assert report.n_read == report.n_kept + report.n_merged + report.n_set_aside
    assert report.n_kept == log.n_touchpoints
    assert report.n_set_aside == len(first) + len(second) - n_usable
    assert report.frame()["n_rows"].sum() == report.n_read
    for file in report.files:
        assert file.n_read == file.n_kept + file.n_merged + file.n_set_aside
    if dedupe == "none":
        assert report.n_merged == 0


def test_reasons_come_with_the_rows_and_values_that_show_them(imported):
    log = imported(
        {
            "a.csv": "account_id,time,event\nA,2024-01-01,Ad\n,2024-01-01,Ad\nA,soon,Ad\n"
            "A,9999-12-31 23:59:59,Ad\nA,2024-01-02,\nA,,Ad\nA,1850-01-01,Ad\n"
        }
    )
    found = {entry.reason: entry for entry in log.report.reasons if entry.action == "set aside"}
    assert {reason: entry.n_rows for reason, entry in found.items()} == {
        "no case": 1,
        "time not understood": 1,
        "time out of range": 2,
        "no touchpoint type": 1,
        "no time": 1,
    }
    assert [str(example) for example in found["time out of range"].examples] == [
        "row 4: 9999-12-31 23:59:59",
        "row 7: 1850-01-01",
    ]
    assert str(found["time not understood"].examples[0]) == "row 3: soon"


def test_examples_are_few(imported):
    rows = "".join("A,soon,Ad\n" for _ in range(30))
    log = imported(
        {"a.csv": "account_id,time,event\nA,2024-01-01,Ad\n" + rows},
        columns={"occurred_at": ["time"]},
    )
    (entry,) = (e for e in log.report.reasons if e.action == "set aside")
    assert (entry.n_rows, len(entry.examples)) == (30, 5)


def test_a_number_without_end_is_told(imported):
    log = imported(
        {
            "a.csv": "account_id,time,event,value\nA,2024-01-01,Ad,10\nA,2024-01-02,Ad,nan\n"
            "A,2024-01-03,Ad,20\nA,2024-01-04,Ad,inf\n"
        }
    )
    # The word nan says that there is none.
    assert any("1 values of value are no numbers, for example 'inf'" in n for n in log.report.notes)


def test_numbers_that_cannot_be_read_are_counted_not_lost(imported):
    log = imported(
        {
            "a.csv": "account_id,time,event,value\nA,2024-01-01,Ad,10\nA,2024-01-02,Ad,\n"
            "A,2024-01-03,Ad,20\nA,2024-01-04,Ad,odd\n"
        }
    )
    assert log.n_touchpoints == 4
    assert any("1 values of value are no numbers, for example 'odd'" in n for n in log.report.notes)
