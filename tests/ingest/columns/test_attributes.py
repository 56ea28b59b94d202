def columns(log):
    return (
        log.origin.accounts.column_names,
        log.origin.people.column_names,
        [c for c in log.origin.text_columns if c not in ("account_id", "person_id", "touchpoint")],
    )


def test_a_column_describes_the_widest_thing_it_is_constant_in(imported):
    log = imported(
        {
            "a.csv": "account,person_id,time,event,industry,seniority,device\n"
            "A,p,2024-01-01,Ad,Retail,Head,phone\nA,p,2024-01-02,Ad,Retail,Head,tablet\n"
            "A,q,2024-01-03,Ad,,Junior,phone\nB,r,2024-01-01,Ad,Energy,Head,phone\n"
        },
        columns={"anonymous_id": []},
    )
    assert columns(log) == (["industry"], ["seniority"], ["device"])
    assert log.origin.accounts["industry"].to_pylist() == ["Retail", "Energy"]
    assert log.origin.people["seniority"].to_pylist()[:3] == ["Head", "Junior", "Head"]


def test_columns_that_differ_on_every_row_say_nothing_and_are_named_in_the_report(imported):
    rows = "".join(
        f"A,2024-01-01 {n:02}:00,Ad,u{n}\nA,2024-01-02 {n:02}:00,Ad,w{n}\n" for n in range(20)
    )
    log = imported({"a.csv": "account,time,event,uuid\n" + rows})
    assert columns(log) == ([], [], [])
    assert "Column 'uuid' is left out: nearly every value is different." in log.report.notes


def test_empty_columns_and_columns_that_say_the_same_are_left_out(imported):
    log = imported(
        {
            "a.csv": "account,time,event_name,Activity,city,town,gap\n"
            "A,2024-01-01,Ad,Ad,Bonn,Bonn,\nB,2024-01-02,Demo,Demo,Rome,Rome,\n"
            "B,2024-01-03,Ad,Ad,Rome,Rome,\nB,2024-01-04,Ad,Ad,Rome,Rome,\n"
        }
    )
    assert columns(log) == (["city"], [], [])
    notes = "\n".join(log.report.notes)
    assert "'Activity' is left out: it says the same as 'touchpoint'" in notes
    assert "'town' is left out: it says the same as 'city'" in notes
    assert "'gap' is left out: it is empty" in notes


def test_two_constant_columns_are_not_the_same(imported):
    # An even number of rows: digests that merely cancel out would make them equal.
    log = imported({"a.csv": "account,time,event,x,y\nA,2024-01-01,Ad,1,2\nA,2024-01-02,Ad,1,2\n"})
    assert columns(log)[0] == ["x", "y"]


def test_a_channel_that_never_changes_within_an_account_describes_it_too(imported):
    log = imported(
        {
            "a.csv": "case:concept:name,time,event,case:channel\n"
            "A,2024-01-01,Ad,Web\nA,2024-01-02,Ad,Web\nB,2024-01-02,Ad,Desk\n"
        }
    )
    assert columns(log) == (["case:channel"], [], ["channel"])
    assert log.origin.accounts["case:channel"].to_pylist() == ["Web", "Desk"]


def test_what_a_file_says_of_accounts_goes_before_what_rows_say(imported):
    log = imported(
        {
            "a.csv": "account_id,time,event,size\nA,2024-01-01,Ad,1\nA,2024-01-02,Ad,2\n"
            "B,2024-01-02,Ad,3\n",
            "accounts.csv": "account_id,size\nA,small\n,odd\nA,large\nZ,none here\n",
        }
    )
    assert columns(log) == (["size"], [], ["source_system"][:0])
    # The first filled row of A counts; B is not described.
    assert log.origin.accounts["size"].to_pylist() == ["small", None]
    assert log.report.n_attributes == 3
    assert log.report.n_set_aside == 1
