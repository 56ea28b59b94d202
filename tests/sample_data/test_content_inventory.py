"""The content inventory beside the sample, against the files it lists content of."""

from tests.sample_data.conftest import read


def test_the_inventory_lists_more_and_less_than_was_used(raw, expect):
    listed = read("lists/content_inventory")
    used = {
        *raw["web"]["url"],
        *raw["email"]["content"],
        *raw["webinar"]["webinar"],
    } - {""}
    expect("content_listed", len(listed))
    expect("content_orphaned", (~listed["content"].isin(used)).sum())
    expect("content_unlisted", len(used - set(listed["content"])))
    expect("content_questions", listed["question"].nunique())
    assert listed["content"].is_unique
    assert set(listed["stage"]) == {"Attract", "Capture", "Nurture", "Convert", "Expand"}
