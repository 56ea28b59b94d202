"""Options that choose what is in view and say how files are read."""

import pytest

from journey import cli
from journey.workspace import list_datasets
from tests.cli.commands import DEFINITIONS, moves


class TestNarrowing:
    def test_where_keeps_the_rows_of_a_value(self, ask_json):
        # Web: Ad click twice in Acme, once in Bolt and Cove.
        assert moves(ask_json("map", "Demo", "--where", "channel=web")) == {
            ("Ad click", "Ad click"): 1
        }

    def test_one_column_repeated_keeps_either(self, ask_json):
        asked = ("--where", "channel=web", "--where", "channel=mail")
        assert moves(ask_json("map", "Demo", *asked)) == {
            ("Ad click", "Ad click"): 1,
            ("Newsletter", "Ad click"): 1,
        }

    def test_two_columns_keep_what_has_both(self, ask_json, tell_json):
        asked = ("--where", "industry=Software", "--where", "outcome=won")
        assert [row["account_id"] for row in ask_json("journeys", "Demo", *asked)] == ["Acme"]
        asked = ("--where", "industry=Retail", "--where", "outcome=won")
        assert tell_json("journeys", "Demo", *asked) == []

    def test_an_empty_value_is_null(self, ask_json):
        # No channel: Demo and Deal won of Acme, Deal lost of Bolt.
        assert moves(ask_json("map", "Demo", "--where", "channel=")) == {("Demo", "Deal won"): 1}
        rows = ask_json("journeys", "Demo", "--where", "industry=")
        assert [row["account_id"] for row in rows] == ["Cove"]

    def test_exclude_makes_neighbours(self, ask_json):
        rows = ask_json("map", "Demo", "--exclude", "Demo", "--exclude", "Newsletter")
        assert moves(rows) == {
            ("Ad click", "Ad click"): 1,
            ("Ad click", "Deal won"): 1,
            ("Ad click", "Deal lost"): 1,
        }

    def test_collapse_makes_neighbours_of_one_type_one(self, ask_json):
        assert ("Ad click", "Ad click") not in moves(ask_json("map", "Demo", "--collapse"))
        assert ask_json("summary", "Demo", "--collapse")["n_touchpoints"] == 8

    def test_from_and_to_keep_a_span_and_read_journeys_as_of_its_end(self, ask_json):
        # January 4 to 6, that day included: Ad click of Cove, Demo of Acme and of Bolt; nothing is
        # decided yet.
        figures = ask_json("summary", "Demo", "--from", "2026-01-04", "--to", "2026-01-06")
        assert figures["n_touchpoints"] == 3
        assert figures["last_at"] == "2026-01-06T09:00:00+00:00"
        assert figures["outcomes"]["in_progress"] == 3

    def test_from_and_to_the_same_day_are_that_day(self, ask_json):
        figures = ask_json("summary", "Demo", "--from", "2026-01-05", "--to", "2026-01-05")
        assert figures["first_at"][:10] == figures["last_at"][:10] == "2026-01-05"

    def test_from_is_in_the_span_and_a_time_of_day_as_to_is_not(self, ask_json):
        asked = ("--from", "2026-01-05T09:00", "--to", "2026-01-06T09:00")
        assert ask_json("summary", "Demo", *asked)["n_touchpoints"] == 1

    def test_people_as_cases(self, tell_json):
        # ann: two clicks; bob: Demo and Deal won; cyd: three touches. Cove knows nobody.
        figures = tell_json("summary", "Demo", "--case", "person")
        assert (figures["n_journeys"], figures["n_touchpoints"]) == (3, 7)
        assert (figures["outcomes"]["won"], figures["outcomes"]["lost"]) == (1, 1)

    def test_sessions_as_cases(self, tell_json):
        # Only ann's two clicks are less than 30 minutes apart: 1 + 2 + 3 sessions.
        figures = tell_json("summary", "Demo", "--case", "session", "--gap", "30min")
        assert (figures["n_journeys"], figures["n_touchpoints"], figures["n_moves"]) == (6, 7, 1)
        # With 5 minutes they are two.
        figures = tell_json("summary", "Demo", "--case", "session", "--gap", "5min")
        assert (figures["n_journeys"], figures["n_moves"]) == (7, 0)

    def test_definitions_given_are_used_in_place_of_the_data_sets_own(self, tell_json, tmp_path):
        model = tmp_path / "other.toml"
        text = DEFINITIONS.replace("Deal lost", "Nothing").replace(
            'won = ["Deal won"]', 'won = ["Deal lost"]'
        )
        model.write_text(text, encoding="utf-8")
        # Now Bolt is won; Acme, silent for 11 days where 9 are normal, is stalled like Cove.
        rows = tell_json("journeys", "Demo", "--definitions", model)
        assert [row["outcome"] for row in rows] == ["stalled", "won", "stalled"]


class TestFiles:
    """Files read for one question, nothing being stored."""

    @pytest.fixture
    def diary(self, tmp_path):
        path = tmp_path / "diary.csv"
        path.write_text(
            "who,day,clock,did\nAda,01/02/2026,09:30,Call\nAda,03/02/2026,10:00,Visit\n"
        )
        return (
            *("timeline", path, "--account", "Ada", "--column", "account_id=who"),
            *("--column", "occurred_at=day+clock", "--column", "touchpoint=did"),
        )

    @pytest.mark.parametrize(
        ("dates", "first", "gap_days"),
        [
            ("day-first", "2026-02-01T09:30:00+00:00", 2 + 0.5 / 24),
            # February 1 and 3 become January 2 and March 2: 29 + 28 + 2 days.
            ("month-first", "2026-01-02T09:30:00+00:00", 59 + 0.5 / 24),
        ],
    )
    def test_columns_said_date_and_time_joined(self, ask_json, diary, dates, first, gap_days):
        rows = ask_json(*diary, "--dates", dates)
        assert rows[0]["occurred_at"] == first
        assert rows[1]["gap_days"] == pytest.approx(gap_days)
        assert [row["touchpoint"] for row in rows] == ["Call", "Visit"]

    def test_times_without_a_zone_are_in_the_one_said(self, ask_json, diary):
        rows = ask_json(*diary, "--dates", "day-first", "--zone", "Europe/Berlin")
        assert rows[0]["occurred_at"] == "2026-02-01T08:30:00+00:00"

    def test_dates_that_can_be_read_both_ways_are_asked_about(self, demo, capsys, diary):
        assert demo
        assert cli.main([str(argument) for argument in diary]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert "--dates day-first or --dates month-first" in err
        assert err.count("\n") == 1

    def test_no_rows_are_merged_where_none_should_be(self, ask_json, files):
        figures = ask_json("summary", files / "touchpoints.csv", "--dedupe", "none")
        assert figures["n_touchpoints"] == 10

    def test_nothing_is_stored(self, ask, files, workspace):
        before = list_datasets(workspace)
        ask("outcomes", files / "touchpoints.csv")
        assert list_datasets(workspace) == before


@pytest.mark.parametrize(
    "text", ["10:30", "5pm", "2026", "2026-03", "202603", "2026-3-1", "2026-03-31 14", "1e3"]
)
def test_a_date_that_leaves_out_a_part_is_refused(capsys, text):
    assert cli.main(["summary", "Demo", "--to", text]) == 2
    assert f"The date is {text!r}; one like 2026-03-31" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    ["2026-01-05T11:00", "2026-01-05 11:00:00.0", "2026-01-05T11:00Z", "2026-01-05 12:00+01:00"],
)
def test_a_time_of_day_may_tell_seconds_and_its_zone(ask_json, text):
    # On 5 January: the Demo of Acme at 9:00 and nothing else.
    first = ask_json("summary", "Demo", "--from", "2026-01-05", "--to", text)
    assert first == ask_json("summary", "Demo", "--from", "2026-01-05", "--to", "2026-01-05T11:00")


def test_a_folder_of_the_name_of_a_data_set_does_not_hide_it(tell_json, tmp_path, monkeypatch):
    before = tell_json("summary", "Demo")
    (tmp_path / "here" / "Demo").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    assert tell_json("summary", "Demo") == before
