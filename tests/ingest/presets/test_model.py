import pytest

from journey.errors import PresetError
from journey.ingest.presets import built_in, parse_preset, recognise

SHOP = 'title = "Shop"\nshape = "attributes"\n[headers]\nrequired = ["shop_id"]\n'


def test_a_preset_is_what_its_file_says():
    preset = parse_preset(
        SHOP + '[roles]\naccount_id = "shop_id"\n[dates]\nunit = "ms"\n'
        '[[set_aside]]\nreason = "a test"\nwhen = { kind = ["test"] }\n',
        name="shop",
    )
    assert (preset.name, preset.title, preset.is_own) == ("shop", "Shop", False)
    assert preset.roles == {"account_id": ("shop_id",)}
    assert preset.dates.unit == "ms"
    assert preset.set_aside[0].when == {"kind": ("test",)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", "not valid TOML"),
        (SHOP + "[rolls]\n", "rolls is not known.*Did you mean 'roles'"),
        (SHOP + '[roles]\nacount_id = "x"\n', "roles.acount_id.*Did you mean 'account_id'"),
        (SHOP + "[roles]\naccount_id = 3\n", "roles.account_id is 3"),
        ('title = "Shop"\nshape = "round"\n[headers]\nrequired = ["a"]', "shape is 'round'"),
        ('title = "Shop"\n', "names no header"),
        ('title = ""\n', "title is ''"),
        (SHOP + '[dates]\nunit = "weeks"\n', "dates.unit is 'weeks'"),
        (SHOP + '[dates]\nepoch = "some day"\n', "dates.epoch: 'some day' does not say"),
        (SHOP + "[columns.a]\n", "either first = .* or words"),
        (SHOP + '[columns.a]\nfirst = ["b"]\nmatches = "("\n', "no regular expression"),
        (SHOP + '[[moments]]\ntouchpoint = "A"\n', "either header or like"),
        (SHOP + '[[set_aside]]\nreason = "A"\n', "needs a reason and when"),
        (SHOP + 'moments = "x"\n'.replace("\n", "", 0), "headers.moments"),
        (SHOP + '[links]\nperson = "a"\n', "person, same_as and column"),
        (SHOP + '[describes]\npreset = "a"\n', "needs preset and by"),
        ("set_aside = 3\n" + SHOP, "a list of .*set_aside.* is needed"),
        ("roles = 3\n" + SHOP, "a table of keys is needed"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(text, message):
    with pytest.raises(PresetError, match=message):
        parse_preset(text, name="shop")


@pytest.mark.parametrize("preset", built_in(), ids=lambda preset: preset.name)
def test_each_preset_recognises_its_own_headers_best(preset):
    headers = [name.split(" | ")[0] for name in (*preset.headers.required, *preset.headers.any)]
    found = recognise(built_in(), headers)
    assert found is not None
    assert found[0].name == preset.name
    assert found[1] == pytest.approx(0.99)


@pytest.mark.parametrize("preset", built_in(), ids=lambda preset: preset.name)
def test_each_preset_says_who_and_when(preset):
    if preset.shape == "details":
        assert preset.describes.preset in {other.name for other in built_in()}
        return
    if preset.shape == "costs":
        told = {*preset.costs, *preset.columns}
        assert told & {"day", "month"}
        assert "campaign" in told
        assert told & {"cost", "cost_micros"}
        return
    if preset.shape is None:
        # Roles are found as for any file; it only says which rows are no touchpoints.
        assert preset.set_aside
        return
    roles = {*preset.roles, *preset.columns}
    assert roles & {"account_id", "person_id", "anonymous_id", "opportunity_id"}
    if preset.shape == "events":
        assert {"touchpoint", "occurred_at"} <= roles
    if preset.shape == "wide":
        assert preset.moments
