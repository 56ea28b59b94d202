import pytest

from journey.errors import ColumnNotFoundError, ColumnsUnclearError, ValueNotAllowedError
from journey.ingest import read_touchpoints
from journey.ingest.columns.checks import check_complete, check_dated
from journey.ingest.columns.roles import assign_roles


@pytest.fixture
def roles(reader, written):
    """Roles of small files, given as text by name."""

    def find(*files, **given):
        tables = [
            table
            for number, text in enumerate(files)
            for table in reader.read(written(f"{number}.csv", text.encode()))
        ]
        return assign_roles(reader.connection, tables, given)

    return find


def flat(table):
    """Role to header, or to headers where there are several."""
    return {role: found[0] if len(found) == 1 else found for role, found in table.roles.items()}


EVENTS = "{},{},{}\nc1,2024-01-02 10:00,Ad\nc1,2024-01-03 11:00,Demo\nc2,2024-01-05 12:00,Ad\n"


@pytest.mark.parametrize(
    ("key", "time", "touchpoint", "role"),
    [
        ("case:concept:name", "time:timestamp", "concept:name", "account_id"),
        ("Company ID", "Timestamp", "Event Name", "account_id"),
        ("user_id", "event_time", "event_type", "person_id"),
        ("user_pseudo_id", "event_timestamp", "event_name", "anonymous_id"),
        ("customerId", "createdAt", "activityType", "person_id"),
        ("Deal ID", "Date entered", "Deal Stage", "opportunity_id"),
        ("Kunde", "Zeitpunkt", "Ereignis", "account_id"),
        ("公司", "时间", "事件", "account_id"),
        ("บริษัท", "วันที่", "เหตุการณ์", "account_id"),
        ("อีเมล", "วันที่", "กิจกรรม", "person_id"),
    ],
)
def test_headers_of_many_vendors_are_known(roles, key, time, touchpoint, role):
    (table,) = roles(EVENTS.format(key, time, touchpoint))
    assert table.shape == "events"
    found = flat(table)
    assert (found[role], found["occurred_at"], found["touchpoint"]) == (key, time, touchpoint)


def test_of_two_names_for_the_touchpoint_the_surer_is_taken_and_an_index_is_nothing(roles):
    (table,) = roles(
        ",concept:name,time:timestamp,Activity,case:concept:name\n"
        "0,ask,2024-01-02 10:00:00+01:00,ask,1\n1,buy,2024-01-03 10:00:00+01:00,buy,1\n"
    )
    assert flat(table) == {
        "account_id": "case:concept:name",
        "touchpoint": "concept:name",
        "occurred_at": "time:timestamp",
    }


def test_a_time_must_hold_dates_and_a_touchpoint_must_repeat(roles):
    rows = "".join(
        f"c{n % 5},2024-01-{n % 28 + 1:02},e{n},{('Ad', 'Demo')[n % 2]},soon\n" for n in range(40)
    )
    (table,) = roles("case,when_it_was,event,activity,timestamp\n" + rows)
    assert flat(table)["occurred_at"] == "when_it_was"
    assert flat(table)["touchpoint"] == "activity"


def test_values_tell_where_names_do_not(roles):
    (table,) = roles(
        "who,moment,did_what\n"
        "ann@acme.com,2024-01-02 10:00,looked\nann@acme.com,2024-01-03 10:00,bought\n"
        "bob@acme.com,2024-01-04 10:00,looked\nbob@acme.com,2024-01-05 10:00,left\n"
    )
    assert flat(table) == {
        "person_id": "who",
        "occurred_at": "moment",
        "touchpoint": "did_what",
    }
    assert table.confidence["did_what"] < table.confidence["who"]


def test_dates_without_an_event_column_are_wide(roles):
    (table,) = roles(
        'Record ID,Create Date,"Date entered ""MQL""",Owner,Last Modified Date\n'
        "1,2024-01-02,2024-02-02,Ann,2024-05-05\n2,2024-01-03,,Bob,2024-05-05\n"
    )
    assert table.shape == "wide"
    assert table.date_headers == ("Create Date", 'Date entered "MQL"')
    assert table.roles["account_id"] == ("Record ID",)


def test_files_are_joined_by_the_id_they_share(roles):
    leads, deals = roles(
        "landing_id,lead_no,first_contact\np1,a,2024-01-13\np2,b,2024-01-14\n",
        "seller_id,lead_no,won_date\ns1,a,2024-02-13\n",
    )
    assert leads.roles["account_id"] == deals.roles["account_id"] == ("lead_no",)


def test_a_key_without_dates_describes(roles):
    _, table = roles(
        EVENTS.format("account_id", "time", "event"),
        "account_id,industry\nc1,Software\nc2,Retail\n",
    )
    assert table.shape == "attributes"
    assert flat(table) == {"account_id": "account_id"}
    assert table.extras == ("industry",)


def test_date_and_time_of_day_in_two_columns_are_one_time(roles):
    (table,) = roles("case,Date,Time,event\nc1,2024-01-02,10:00,Ad\nc1,2024-01-02,6:05,Demo\n")
    assert table.roles["occurred_at"] == ("Date", "Time")


@pytest.mark.parametrize(
    ("value", "question"),
    [("01/02/2024", "dates"), ("2024-01-02 10:00", "zone"), ("2024-01-02", None)],
)
def test_what_values_cannot_tell_is_asked(roles, value, question):
    (table,) = roles(f"case,time,event\nc1,{value},Ad\n")
    assert table.question("time", "occurred_at") == question


def test_what_the_user_says_goes_first(roles):
    (table,) = roles(
        "case,time,event,what\nc1,2024-01-02,x1,Ad\nc1,2024-01-03,x2,Demo\n",
        touchpoint=["what"],
        channel=["event"],
    )
    assert flat(table)["touchpoint"] == "what"
    assert flat(table)["channel"] == "event"


def test_a_role_without_headers_is_switched_off(roles):
    (table,) = roles("case,time,event,channel\nc1,2024-01-02,Ad,Web\n", channel=[])
    assert "channel" not in table.roles


def test_unknown_roles_and_headers_are_refused_with_the_nearest(roles):
    with pytest.raises(ValueNotAllowedError, match="occurred_at"):
        roles("case,time,event\nc1,2024-01-02,Ad\n", occured_at=["time"])
    with pytest.raises(ColumnNotFoundError, match=r"Did you mean 'time'"):
        roles("case,time,event\nc1,2024-01-02,Ad\n", occurred_at=["tme"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("case,event\nc1,Ad\nc1,Demo\n", "no column with a time"),
        ("account_id,industry\nc1,Software\n", "No column with times"),
        ("colour,time\nred,2024-01-02\n", "whose journey"),
    ],
)
def test_what_is_missing_is_named(roles, text, message):
    tables = roles(text)
    with pytest.raises(ColumnsUnclearError, match=message):  # noqa: PT012 - either may refuse
        check_complete(tables)
        check_dated(tables)


def test_facts_about_people_are_no_events_for_having_a_name(imported):
    log = imported(
        {
            "people.csv": "email,account_id,name,seniority\na@x.com,1,Ann,Senior\nb@x.com,1,Bo,\n",
            "log.csv": "email,time,event\na@x.com,2024-01-02,Ad\nb@x.com,2024-01-03,Demo\n",
        }
    )
    assert log.n_touchpoints == 2
    assert log.where(seniority="Senior").n_touchpoints == 1


def test_amounts_are_known_by_their_name_before_the_currency(imported):
    log = imported(
        {"a.csv": "company,time,event,cost_eur\nx,2024-01-02,Ad,1.5\nx,2024-01-03,Ad,2\n"}
    )
    assert log.origin.shards[0].numbers["cost"].tolist() == [1.5, 2.0]


class TestSaidByTheUser:
    def test_a_header_can_mean_another_thing_in_each_file(self, tmp_path):
        web, crm = tmp_path / "web.csv", tmp_path / "crm.csv"
        web.write_text("id,when,event\nAcme,2026-01-02,Ad\nAcme,2026-01-03,Demo\n")
        crm.write_text("id,when,what\n7,2026-01-02,Call\n")
        log = read_touchpoints(
            web,
            crm,
            columns={
                "web.csv": {"account_id": "id"},
                "crm.csv": {"account_id": [], "person_id": "id", "touchpoint": "what"},
            },
        )
        roles = [dict(file.roles) for file in log.report.files]
        assert (roles[0]["account_id"], roles[1]["person_id"]) == (("id",), ("id",))
        assert log.touchpoint_types == ["Ad", "Call", "Demo"]

    def test_a_column_left_out_is_gone_and_told(self, tmp_path):
        path = tmp_path / "web.csv"
        path.write_text("account,when,event,phone\nA,2026-01-02,Ad,1\nA,2026-01-03,Demo,2\n")
        log = read_touchpoints(path, columns={"left out": "phone"})
        assert "phone" not in log.filter_columns
        assert "Column 'phone' of web.csv is left out, as asked." in log.report.notes
        assert "phone" in read_touchpoints(path).filter_columns

    def test_a_file_that_is_not_there_is_named(self, tmp_path):
        path = tmp_path / "web.csv"
        path.write_text("id,when,event\nA,2026-01-02,Ad\n")
        with pytest.raises(ValueNotAllowedError, match=r"wbe\.csv.*Did you mean 'web\.csv'"):
            read_touchpoints(path, columns={"wbe.csv": {"account_id": "id"}})


@pytest.mark.parametrize(
    ("key", "time", "touchpoint"),
    [
        ("Konto", "Zeitstempel", "Aktivität"),
        ("Société", "Horodatage", "Événement"),
        ("Empresa", "Fecha y hora", "Acción"),
        ("Azienda", "Data e ora", "Attività"),
        ("Conta", "Data Hora", "Ação"),
        ("Bedrijf", "Tijdstip", "Gebeurtenis"),
        ("Firma", "Znacznik czasu", "Zdarzenie"),
        ("Företag", "Tidpunkt", "Händelse"),
        ("Şirket", "Tarih", "Olay"),
        ("Компания", "Дата", "Событие"),
        ("会社名", "日時", "イベント"),
        ("客户", "发生时间", "事件类型"),
        ("회사", "일시", "이벤트"),
        ("perusahaan", "tanggal", "kejadian"),
        ("_CASE_KEY", "EVENTTIME", "ACTIVITY_EN"),
    ],
)
def test_headers_in_many_languages_are_known(roles, key, time, touchpoint):
    (table,) = roles(EVENTS.format(key, time, touchpoint))
    found = flat(table)
    assert (found["account_id"], found["occurred_at"], found["touchpoint"]) == (
        *(key, time, touchpoint),
    )


def test_the_time_of_a_row_is_not_that_of_its_whole_case(roles):
    rows = "".join(
        f"T{n // 3},2024-01-{n // 3 + 1:02} 08:00,2024-02-{n % 28 + 1:02} 0{n % 9}:00,{state}\n"
        for n, state in enumerate(["New", "Active", "Closed"] * 8)
    )
    (table,) = roles("ticket_id,opened_at,entry_at,state\n" + rows)
    assert flat(table)["occurred_at"] == "entry_at"


def test_one_date_column_tells_the_order_of_another(roles):
    (table,) = roles("case,time,event,due\nc1,01/02/2024,Ad,25/02/2024\n")
    assert table.question("time", "occurred_at") is None


def test_many_rows_of_a_handful_of_words_are_no_people(roles):
    rows = "".join(f"{('phone', 'post')[n % 2]},{n}\n" for n in range(200))
    (table,) = roles("contact,lead_id\n" + rows)
    assert flat(table)["person_id"] == "lead_id"


def test_a_table_of_people_without_dates_is_explained(roles):
    with pytest.raises(ColumnsUnclearError, match="describe each 'Prospect ID', but not what"):
        check_dated(roles("Prospect ID,Converted\np1,1\np2,0\n"))


def test_numbers_without_a_header_may_be_dates(roles):
    rows = "".join(f"{n % 30},{n},pv,{1511544070 + 90 * n}\n" for n in range(200))
    (table,) = roles(rows)
    assert flat(table)["account_id"] == "column 1"
    assert "column 4" in flat(table)["occurred_at"]


def test_seconds_from_an_unknown_start_are_a_time_where_nothing_else_is(roles):
    (table,) = roles("person,event,time\np1,seen,0\np1,bought,132\n")
    assert flat(table)["occurred_at"] == "time"


def test_the_name_of_the_table_before_every_header_is_overread(roles):
    (table,) = roles(
        "Activity - Subject,Activity - Type,Activity - Due date,Activity - Due time,"
        "Activity - Deal,Activity - Organization\n"
        "Call Ann,Call,2024-01-02,10:00,D1,Acme\nMeet Ann,Meeting,2024-01-03,11:30,D1,Acme\n"
    )
    assert flat(table) == {
        "account_id": "Activity - Organization",
        "opportunity_id": "Activity - Deal",
        "touchpoint": "Activity - Type",
        "occurred_at": ("Activity - Due date", "Activity - Due time"),
    }


def test_a_case_of_a_handful_of_words_is_the_event_and_the_case_another_column(roles):
    kinds = ["eröffnet", "geprüft", "Rechnung"]
    rows = "".join(
        f"{n // 3:06},{kinds[n % 3]},{n % 28 + 1:02}.01.2024 10:00\n" for n in range(300)
    )
    (table,) = roles("Fallnummer,Vorgang,Zeitpunkt\n" + rows)
    assert flat(table)["account_id"] == "Fallnummer"
    assert flat(table)["touchpoint"] == "Vorgang"


def test_a_number_of_pages_is_no_case(roles):
    rows = "".join(f"{n % 7 + 1},page {n % 3},2024-01-{n % 28 + 1:02}\n" for n in range(700))
    with pytest.raises(ColumnsUnclearError, match="no column that says whose journey"):
        check_complete(roles("visit_page_num,event,time\n" + rows))


def test_the_case_of_a_history_is_what_has_several_rows(roles):
    rows = "".join(
        f"r{n},d{n // 3},{('New', 'Offer', 'Won')[n % 3]},2024-01-{n % 28 + 1:02}\n"
        for n in range(90)
    )
    (table,) = roles("Record Id,Deal Name.id,Stage,Modified Time\n" + rows)
    assert flat(table)["account_id"] == "Deal Name.id"
    assert flat(table)["touchpoint"] == "Stage"


def test_a_time_of_which_few_values_are_dates_is_named(roles):
    rows = "".join(f"c1,Ad,{when}\n" for when in ("2024-01-02", "soon", "later", "maybe"))
    with pytest.raises(ColumnsUnclearError, match="values of 'time', only 25% are dates"):
        check_complete(roles("company,event,time\n" + rows))


def test_what_is_guessed_by_values_is_told(imported):
    rows = "".join(f"r{n % 9},{('x', 'y')[n % 2]},2024-01-{n % 28 + 1:02}\n" for n in range(40))
    notes = imported({"a.csv": "ref_no,what,moment\n" + rows}).report.notes
    assert [note for note in notes if "guessed" in note] == [
        "a.csv: guessed that 'ref_no' says whose journey a row is of; name another column if not.",
        "a.csv: guessed that 'what' is what happened; name another column if not.",
    ]


class TestWhoseRowsAre:
    ROWS = "".join(f"{n},2024-01-{n % 28 + 1:02},view,{n % 9}\n" for n in range(30))

    def test_an_id_that_numbers_the_rows_is_asked_about_with_what_it_may_be(self, imported):
        with pytest.raises(
            ColumnsUnclearError, match=r"'id' is another on each of 30 rows.*'shop'"
        ):
            imported({"a.csv": "id,created_at,event,shop\n" + self.ROWS})

    def test_an_id_that_comes_again_on_rows_not_looked_at_is_no_number_of_a_row(self, imported):
        # Only the first two rows are of one ticket, and not both are among those looked at.
        rows = "".join(f"t{max(n, 1)},2024-01-02,view\n" for n in range(12_000))
        log = imported({"a.csv": "ticket_id,time,status\n" + rows})
        assert (log.n_journeys, log.n_touchpoints) == (11_999, 11_999)

    def test_said_so_each_row_is_a_journey(self, imported):
        log = imported(
            {"a.csv": "id,created_at,event,shop\n" + self.ROWS}, columns={"account_id": ["id"]}
        )
        assert log.n_journeys == 30

    def test_leads_with_a_date_each_are_journeys(self, imported):
        rows = "".join(f"{n},2024-01-{n % 28 + 1:02}\n" for n in range(30))
        assert imported({"leads.csv": "lead_ref_no,signed_up\n" + rows}).n_journeys == 30
