"""The sample over and over, as other companies."""

import make_sample
import pandas as pd


def test_copies_have_ids_and_addresses_of_their_own(tmp_path):
    file = tmp_path / "crm.csv"
    file.write_text("account_id,email\nA1,a@x.example\n,b@gmail.com\n", encoding="utf-8")
    (tmp_path / "copies").mkdir()
    found = pd.read_csv(make_sample._copied(file, 2, tmp_path / "copies"), keep_default_na=False)
    assert found["account_id"].tolist() == ["A1", "", "c1-A1", ""]
    assert found["email"].tolist() == [
        *("a@x.example", "b@gmail.com"),
        *("a@c1-x.example", "c1-b@gmail.com"),
    ]
