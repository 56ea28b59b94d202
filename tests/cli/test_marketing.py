"""Handoffs, ownership, content and feelings on the command line."""

import pytest

from journey import cli

LOG = """\
account_id,occurred_at,touchpoint,owner,content,sentiment,reason
A,2026-01-01,MQL,Ann,Guide,0.5,
A,2026-01-02,SQL accepted,Ann,,,
A,2026-01-04,Sent back to marketing,Ann,,,Budget
B,2026-01-01,MQL,Bob,Guide,-0.5,
C,2026-01-09,Ad,Bob,,,
"""
MODEL = """\
[[stages]]
name = "Nurture"
touchpoints = ["MQL", "Sent back to marketing"]
[[stages]]
name = "Convert"
touchpoints = ["SQL accepted"]
[ownership]
mql_hours = 48
[[ownership.stages]]
stage = "Convert"
leads = ["Sales"]
"""


@pytest.fixture
def asked(tmp_path, tell_json):
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    (tmp_path / "model.toml").write_text(MODEL, encoding="utf-8")
    (tmp_path / "list.csv").write_text("content,stage\nGuide,Nurture\nFilm,Convert\n", "utf-8")

    def ask(command, *more):
        rest = ("--definitions", tmp_path / "model.toml", *more)
        return tell_json(command, tmp_path / "log.csv", *rest)

    return ask


def test_handoffs(asked):
    (whole,) = asked("handoffs")
    # A is taken on after a day, in time, and sent back later; B has waited 8 days to the ninth.
    names = ("n_taken", "n_sent_back", "n_in_time", "n_past_due")
    assert [whole[name] for name in names] == [0, 1, 1, 1]
    by_owner = {row["value"]: row["n_past_due"] for row in asked("handoffs", "--by", "owner")}
    assert by_owner == {"Ann": 0, "Bob": 1}
    assert [row["value"] for row in asked("handoffs", "--by", "month")] == ["2026-01"]
    assert [(row["reason"], row["n_sent_back"]) for row in asked("returned")] == [("Budget", 1)]


def test_ownership_and_promises(asked):
    leads = [row for row in asked("ownership") if row["role"] == "lead"]
    assert [(row["stage"], row["department"], row["n_touchpoints"]) for row in leads] == [
        ("Convert", "Sales", 1)
    ]
    (promise,) = asked("promises")
    assert (promise["promise"], promise["target"]) == ("MQL to accepted", "Sales")
    assert len(asked("promises", "--by", "owner")) == 2


def test_content_and_feelings(asked, tmp_path):
    content = asked("content", "--inventory", tmp_path / "list.csv")
    assert {row["content"]: row["status"] for row in content} == {
        "Guide": "in use",
        "Film": "orphaned",
    }
    (mean,) = asked("feelings")
    assert (mean["stage"], mean["n_scores"], mean["mean_sentiment"]) == ("Nurture", 2, 0.0)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("handoffs", "Name the touchpoint types of each under [meanings]"),
        ("promises", "Say mql_hours = 48 under [ownership]"),
        ("feelings", "--column sentiment=HEADER"),
    ],
)
def test_what_a_log_has_nothing_for_is_said_with_the_next_step(tell, command, words):
    out, err = tell(command, "Demo")
    assert out == "no rows\n"
    assert words in " ".join(err.split())


def test_an_inventory_that_is_not_there_is_one_clear_line(demo, capsys):
    assert demo
    assert cli.main(["content", "Demo", "--inventory", "nowhere.csv"]) == 2
    assert capsys.readouterr().err == "There is no file 'nowhere.csv'. Check the path.\n"


def test_an_inventory_among_the_files_is_kept_and_found_again(
    tmp_path, monkeypatch, tell_json, capsys
):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(tmp_path / "workspace"))
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    (tmp_path / "list.csv").write_text("content,stage\nGuide,Nurture\nFilm,Convert\n", "utf-8")
    assert (
        cli.main(["import", str(tmp_path / "log.csv"), str(tmp_path / "list.csv"), "--into", "X"])
        == 0
    )
    assert "X: 2 contents listed." in capsys.readouterr().err
    assert [row["content"] for row in tell_json("content", "X")] == ["Guide", "Film"]
    (tmp_path / "list.csv").write_text("content,stage\nPoster,Convert\n", "utf-8")
    assert cli.main(["import", str(tmp_path / "list.csv"), "--into", "X", "--add"]) == 0
    assert [row["content"] for row in tell_json("content", "X")] == ["Guide", "Poster"]


def test_a_list_of_content_alone_makes_no_data_set(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(tmp_path / "workspace"))
    (tmp_path / "list.csv").write_text("content,stage\nGuide,Nurture\n", "utf-8")
    assert cli.main(["import", str(tmp_path / "list.csv"), "--into", "X"]) == 2
    assert "list.csv lists content; a data set needs touchpoints" in capsys.readouterr().err
