import pytest

from journey.errors import PresetError
from journey.ingest.presets import own_presets, parse_preset, remembered, save_preset

HEADERS = ["Wer", "Wann", "Was", "_fivetran_synced"]
ROLES = {"account_id": ["Wer"], "occurred_at": ["Wann"], "touchpoint": ["Was"]}


def test_a_saved_mapping_is_read_again(tmp_path):
    path = save_preset(tmp_path / "presets", "Unser CRM / Web", HEADERS, roles=ROLES)
    assert path.name == "unser_crm_web.toml"
    (preset,) = own_presets(tmp_path / "presets")
    assert (preset.title, preset.is_own) == ("Unser CRM / Web", True)
    assert preset.roles["touchpoint"] == ("Was",)
    assert preset.headers.exactly == ("wann", "was", "wer")


def test_answers_go_into_the_mapping_of_the_same_headers(tmp_path):
    first = save_preset(tmp_path, "CRM", HEADERS, roles=ROLES)
    second = save_preset(tmp_path, "CRM", HEADERS[::-1], dates={"order": "day-first"})
    save_preset(tmp_path, "CRM", HEADERS, dates={"zone": "Europe/Berlin"})
    assert first == second
    preset = remembered(tmp_path, HEADERS)
    assert preset is not None
    assert preset.roles["account_id"] == ("Wer",)
    assert (preset.dates.order, preset.dates.zone) == ("day-first", "Europe/Berlin")
    assert remembered(tmp_path, ["Wer"]) is None


def test_other_headers_make_another_file(tmp_path):
    first = save_preset(tmp_path, "CRM", HEADERS, roles=ROLES)
    second = save_preset(tmp_path, "CRM", [*HEADERS, "Wo"], roles=ROLES)
    assert (first.name, second.name) == ("crm.toml", "crm_2.toml")


def test_a_preset_of_ours_changed_keeps_the_rest(tmp_path):
    headers = ["id", "created", "type", "recipient", "email_campaign_id", "filtered_event"]
    save_preset(
        tmp_path,
        "Our mails",
        headers,
        roles={"campaign": []},
        dates={"zone": "Asia/Tokyo"},
        extends="hubspot_email_events",
    )
    (preset,) = own_presets(tmp_path)
    assert (preset.title, preset.roles["campaign"]) == ("Our mails", ())
    assert preset.roles["person_id"] == ("recipient",)
    assert preset.set_aside[0].reason == "machine traffic (filtered_event)"
    assert preset.dates.zone == "Asia/Tokyo"


def test_a_preset_that_can_not_be_used_is_named(tmp_path):
    (tmp_path / "a.toml").write_text('title = "A"\nextends = "nobody"\n[headers]\nexactly = ["x"]')
    with pytest.raises(PresetError, match="preset a extends 'nobody'"):
        own_presets(tmp_path)
    (tmp_path / "a.toml").write_bytes(b"\xff")
    with pytest.raises(PresetError, match=r"a\.toml can't be read"):
        own_presets(tmp_path)


def test_no_folder_holds_no_presets(tmp_path):
    assert own_presets(tmp_path / "none") == own_presets(None) == ()


def test_names_of_columns_can_hold_any_sign(tmp_path):
    roles = {"account_id": ['Kunde / [Nr] | "a"'], "occurred_at": ["t"], "touchpoint": ["e"]}
    save_preset(tmp_path, "Odd", ['Kunde / [Nr] | "a"', "t", "e"], roles=roles)
    (preset,) = own_presets(tmp_path)
    assert preset.roles["account_id"] == ('Kunde / [Nr] | "a"',)
    assert parse_preset(path_text(tmp_path), name="odd").title == "Odd"


def path_text(folder):
    (path,) = folder.glob("*.toml")
    return path.read_text(encoding="utf-8")
