import pytest

import journey
from journey.analysis.content.feelings import sources_text
from journey.ingest import add_touchpoints

HEAD = "account_id,occurred_at,touchpoint"
TEXTS = f"""{HEAD},sentiment,comment
a,2026-01-01,Survey,,The demo was great
a,2026-01-02,Survey,-0.5,The demo was great
a,2026-01-03,Survey,,Der Support ist sehr langsam
b,2026-01-04,Call,,Talked about the invoice
b,2026-01-05,Call,,
b,2026-01-06,Call,,n/a
"""


def sources(log):
    return journey.sentiment_sources(log)["n_touchpoints"].tolist()


def test_texts_fill_only_what_has_no_score(imported):
    log = imported({"survey.csv": TEXTS})
    # great alone is 3.1 / sqrt(3.1^2 + 15) = 0.6249; the own score stays.
    found = journey.feelings(log, by=["touchpoint"]).iloc[0]
    assert found["mean_sentiment"] == pytest.approx((0.6249 - 0.5) / 2)
    assert (found["n_scores"], found["n_from_text"]) == (2, 1)
    assert sources(log) == [1, 1, 1, 1]
    assert sources(log.where(account_id="b")) == [0, 0, 0, 1]


def test_the_report_says_what_texts_told_with_an_example(imported):
    notes = "\n".join(imported({"survey.csv": TEXTS}).report.notes)
    assert "1 touchpoint got a sentiment" in notes
    assert "'The demo was great' +0.62" in notes
    assert (
        "1 touchpoint stayed without a sentiment: the comment is probably not in English" in notes
    )
    assert "1 touchpoint stayed without a sentiment: the comment has no word" in notes


def test_the_text_itself_is_not_stored(imported):
    log = imported({"survey.csv": TEXTS})
    assert "comment" not in log.filter_columns
    assert "comment" not in log.store.dictionaries


def test_scores_of_another_unit_are_not_mixed_with_texts(imported):
    stars = f"{HEAD},sentiment,comment\na,2026-01-01,Survey,5,\na,2026-01-02,Survey,,It was great\n"
    log = imported({"stars.csv": stars})
    assert sources(log) == [1, 0, 0, 0]
    assert "the sentiment of stars.csv is from 5 to 5" in " ".join(log.report.notes)
    # Nor where the scores stand in another file.
    texts = f"{HEAD},comment\nb,2026-01-03,Call,It was great\n"
    assert sources(imported({"stars.csv": stars, "calls.csv": texts})) == [1, 0, 0, 0]


def test_scores_of_another_unit_added_later_are_told_in_the_data_set_and_of_its_feelings(tmp_path):
    texts, scores, data = tmp_path / "texts.csv", tmp_path / "nps.csv", tmp_path / "data"
    texts.write_text(f"{HEAD},comment\na,2026-01-01,Survey,It was great\n", encoding="utf-8")
    scores.write_text(f"{HEAD},sentiment\na,2026-02-01,NPS,9\nb,2026-02-02,NPS,3\n", "utf-8")
    assert "read word by word" in sources_text(journey.read_touchpoints(texts, into=data))
    add_touchpoints(data, scores)
    log = journey.open_log(data)
    (note,) = [one for one in log.report.notes if "Comments were not read" in one]
    assert "the sentiment of nps.csv is from 3 to 9" in note
    assert sources_text(log.where(account_id="a")) == note


def test_the_same_touch_told_twice_is_read_once_merged(imported):
    scored = f"{HEAD},sentiment\na,2026-01-01 10:00,Survey,0.2\na,2026-01-09,Ad,\n"
    told = f"{HEAD},comment,tool\na,2026-01-01 10:01,Survey,It was great,x\na,2026-01-08,Ad,,y\n"
    log = imported({"told.csv": told, "scored.csv": scored})
    assert journey.feelings(log, by=[])["mean_sentiment"].tolist() == [0.2]
    assert sources(log) == [1, 0, 0, 0]


def test_a_row_with_several_dates_says_its_comment_once(imported):
    wide = "account_id,Demo,Signed,remark\na,2026-01-01,2026-02-01,It was great\n"
    log = imported({"wide.csv": wide}, columns={"comment": ["remark"]})
    assert journey.feelings(log, by=["touchpoint"])["touchpoint"].tolist() == ["Signed"]


def proposed(tmp_path, header, values):
    rows = "".join(f"a{n % 9},2026-01-{n % 28 + 1:02},Call,{v}\n" for n, v in enumerate(values))
    path = tmp_path / "touches.csv"
    path.write_text(f"{HEAD},{header}\n{rows}", encoding="utf-8")
    return journey.suggest_columns(path).set_index("column")["role"][header]


@pytest.mark.parametrize("header", ["Comment", "Customer feedback", "verbatim", "Notes", "message"])
def test_prose_under_such_a_header_is_a_comment(tmp_path, header):
    values = [f"Call number {n} went quite well" for n in range(40)]
    assert proposed(tmp_path, header, values) == "comment"


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("message", [f"Welcome to our great newsletter {n % 3}" for n in range(40)]),
        ("comment", [f"https://example.com/{n}/a/b" for n in range(40)]),
        ("notes", [f"N-{n}" for n in range(40)]),
        ("subject", [f"Call number {n} went quite well" for n in range(40)]),
        ("feedback", ["good", "bad"] * 20),
        ("comment_id", [f"Call number {n} went quite well" for n in range(40)]),
    ],
)
def test_templates_links_and_ids_are_none(tmp_path, header, values):
    assert proposed(tmp_path, header, values) != "comment"


GERMAN = ["Das Gespräch war sehr gut", "Es ist leider zu teuer für uns", "Ich bin nicht zufrieden"]
ENGLISH = ["The call was fine", "It is too expensive for us", "We are not happy with it"]


def spoken(texts):
    rows = "".join(f"a,2026-01-{n + 1:02},Survey,{text}\n" for n, text in enumerate(texts))
    return f"{HEAD},comment\n{rows}"


def test_few_words_are_read_by_the_language_of_their_column(imported):
    short = ["Super", "Great Acme"]
    log = imported({"de.csv": spoken([*GERMAN, *short])})
    # Of five German texts none is read.
    assert sources(log) == [0, 0, 5, 0]
    # fine, happy, super and great tell a feeling; 'too expensive' has no word with a weight.
    log = imported({"en.csv": spoken([*ENGLISH, *short])})
    assert sources(log) == [0, 4, 0, 1]


def test_each_file_has_its_own_language_and_added_files_change_nothing(tmp_path, imported):
    german, english = spoken([*GERMAN, "Super"]), spoken([*ENGLISH, "Super"])
    english = english.replace(HEAD, f"{HEAD},tool").replace("Survey,", "Survey,x,")
    english = english.replace("2026-01", "2026-03")
    once = imported({"de.csv": german, "en.csv": english})
    assert sources(once) == [0, 3, 4, 1]
    for name, text in (("de", german), ("en", english)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    journey.read_touchpoints(tmp_path / "de.csv", into=tmp_path / "set")
    log = add_touchpoints(tmp_path / "set", tmp_path / "en.csv")
    assert log.fingerprint == once.fingerprint
