"""Bad input: exit code 2, one clear line, nothing on stdout, nothing stored."""

import pytest

from journey import cli
from journey.workspace import ROOT_VARIABLE, list_datasets


class TestBadInput:
    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("summary", "Demoo"), "Did you mean 'Demo'?"),
            (("summary", "../Demo"), "'../Demo'"),
            (("summary", "Demo", "more.csv"), "There is no file 'Demo'"),
            (("segments", "Demo", "--by", "industri"), "Did you mean 'industry'?"),
            (("map", "Demo", "--where", "chanel=web"), "Did you mean 'channel'?"),
            (("map", "Demo", "--where", "channel"), "COLUMN=VALUE"),
            (("map", "Demo", "--where", "=web"), "COLUMN=VALUE"),
            (("map", "Demo", "--exclude", "Demos"), "Did you mean 'Demo'?"),
            (("flows", "Demo", "--around", "Demos"), "Did you mean 'Demo'?"),
            (
                ("flows", "Demo", "--around", "Demo", "--start", "Demo"),
                "--around and --start or --end exclude each other",
            ),
            (("timeline", "Demo", "--account", "Nobody"), "'Nobody'"),
            (("summary", "Demo", "--from", "soon"), "2026-03-31"),
            (("summary", "Demo", "--to", "2026-02-30"), "2026-03-31"),
            (("summary", "Demo", "--from", ""), "2026-03-31"),
            (("summary", "Demo", "--from", "now"), "2026-03-31"),
            (("summary", "Demo", "--case", "session"), "as in --gap 30min."),
            (("summary", "Demo", "--gap", "30min"), "Add --case session, or leave --gap out."),
            (("map", "Demo", "--case", "person", "--gap", "1h"), "Add --case session"),
            (("summary", "Demo", "--column", "account_id=a"), "--column says how files are read"),
            (("summary", "Demo", "--dates", "day-first"), "Leave it out, or give it to import."),
            (("summary", "Demo", "--zone", "UTC"), "--zone says how files are read"),
            (("summary", "Demo", "--dedupe", "cross-source"), "--dedupe says how files are read"),
            (("map", "Demo", "--zone", "UTC", "--dates", "day-first"), "Leave them out"),
            (("summary", "Demo", "--case", "session", "--gap", "soon"), "30min"),
            (("summary", "Demo", "--case", "session", "--gap", "30"), "30min"),
            (("summary", "Demo", "--case", "session", "--gap=-30min"), "30min"),
            (("summary", "Demo", "--case", "opportunity"), "'opportunity_id'"),
            (("summary", "Demo", "--definitions", "nowhere.toml"), "nowhere.toml"),
            (("import", "nowhere.csv", "--into", "New"), "'nowhere.csv'"),
            (("import", "nowhere.csv", "--into", "Demo", "--add"), "'nowhere.csv'"),
            (("import", "a.csv", "--into", "Demoo", "--add"), "Did you mean 'Demo'?"),
            (("import", "a.csv", "--into", "Demo", "--add", "--dedupe", "exact"), "--dedupe is"),
            (
                ("import", "a.csv", "--into", "Demo", "--add", "--definitions", "d.toml"),
                "Leave --definitions out",
            ),
            (("import", "nowhere.csv", "--into", "../New"), "'../New'"),
        ],
    )
    def test_exits_with_2_and_one_clear_line(self, demo, capsys, workspace, arguments, words):
        assert demo
        before = list_datasets(workspace)
        assert cli.main(arguments) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert words in err
        assert err.count("\n") == 1
        assert err.endswith("\n")
        assert list_datasets(workspace) == before

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (("--column", "touchpoint"), "ROLE=HEADER"),
            (("--column", "touch=touchpoint"), "'touch'"),
            (("--column", "touchpoint=Touch"), "Did you mean 'touchpoint'?"),
            (("--zone", "Mars/Base"), "'Mars/Base'"),
        ],
    )
    def test_so_do_options_of_reading(self, capsys, files, options, words):
        assert cli.main(["summary", str(files / "touchpoints.csv"), *options]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert words in err
        assert err.count("\n") == 1

    def test_a_workspace_that_can_not_be_written_is_told(
        self, capsys, files, tmp_path, monkeypatch
    ):
        (tmp_path / "file").write_text("")
        monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path / "file"))
        assert cli.main(["import", str(files / "touchpoints.csv"), "--into", "New"]) == 2
        err = capsys.readouterr().err
        assert str(tmp_path / "file") in err
        assert err.count("\n") == 1

    def test_a_failed_import_leaves_nothing(self, capsys, workspace, tmp_path):
        path = tmp_path / "prices.csv"
        path.write_text("product,price\nPump,9.50\nValve,3.20\n")
        before = sorted(workspace.rglob("*"))
        assert cli.main(["import", str(path), "--into", "Prices"]) == 2
        assert capsys.readouterr().err.count("\n") == 1
        assert sorted(workspace.rglob("*")) == before

    @pytest.mark.parametrize(
        "arguments",
        [
            (),
            ("summery", "Demo"),
            ("summary",),
            ("segments", "Demo"),
            ("timeline", "Demo"),
            ("import", "a.csv"),
            ("summary", "Demo", "--format", "xml"),
            ("summary", "Demo", "--case", "team"),
            ("summary", "Demo", "--dates", "year-first"),
            ("flows", "Demo", "--steps", "0"),
            ("paths", "Demo", "--top", "many"),
        ],
    )
    def test_commands_that_are_none_are_refused(self, capsys, arguments):
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        assert ended.value.code == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert "usage: python -m journey" in err
