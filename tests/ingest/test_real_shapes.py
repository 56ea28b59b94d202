"""Exports in shapes that people bring: star schemas, selections of a CRM, counts by day."""

import journey


def roles_of(log, file):
    return next(one.roles for one in log.report.files if one.file == file)


SALESFORCE = {
    "Tasks.csv": "Id,Subject,Status,Priority,WhoId,WhatId,ActivityDate,Description\n"
    "00T1,Quarterly review,Completed,Normal,,001A,2026-03-27,\n"
    "00T2,Send offer,Completed,High,,001B,2026-03-28,\n",
    "Events.csv": "Id,Subject,StartDateTime,EndDateTime,WhoId,WhatId,Description\n"
    "00U1,Strategy,2026-04-20T08:10:39.000+0000,2026-04-20T09:10:39.000+0000,,001A,\n",
    "Contacts.csv": "Id,FirstName,LastName,Email,Birthdate,LeadSource,AccountId,MailingCountry\n"
    "0031,Lars,Henriksen,lars@nordvik.dk,1979-07-23,Web,001A,\n"
    "0032,Eva,Holm,eva@bolt.dk,1985-01-02,Event,001B,\n",
    "Opportunities.csv": "Id,Name,StageName,Amount,CloseDate,AccountId,Description\n"
    "0061,Upgrade,Closed Won,125000,2026-05-15,001A,\n"
    "0062,Trial,Closed Lost,9000,2026-05-16,001B,\n0063,Move,Qualification,50,2026-09-01,001B,\n",
    "Accounts.csv": "Id,Name,Industry,BillingStreet,BillingCity,BillingCountry,Website\n"
    "001A,Nordvik,Shipping,1 Quay,Aarhus,Denmark,https://nordvik.dk\n"
    "001B,Bolt,Tools,2 Quay,Aarhus,Denmark,https://bolt.dk\n",
}


def test_a_few_fields_of_salesforce_are_enough(imported):
    log = imported(SALESFORCE)
    assert log.touchpoint_types == [
        *("Opportunity lost", "Opportunity won", "Quarterly review", "Send offer", "Strategy"),
    ]
    # Both accounts; the open deal's date is a plan.
    assert (log.n_journeys, log.n_touchpoints, log.report.n_set_aside) == (2, 5, 1)
    assert roles_of(log, "Contacts.csv")["channel"] == ("LeadSource",)


def test_nobody_is_born_on_a_journey(imported):
    text = "email,first_name,birthdate,signup_date\na@x.com,Ann,1979-07-23,2026-01-02\n"
    text += "b@y.org,Bob,1981-02-03,2026-01-03\n"
    log = imported({"people.csv": text})
    assert log.touchpoint_types == ["signup_date"]


def test_numbers_of_mails_are_no_addresses(imported):
    rows = "".join(f"2018-01-{n:02},K{n % 3},{n},{n % 4},Call\n" for n in range(1, 13))
    log = imported({"touches.csv": "DATE,ID,EMAIL_SENT,MAIL,ACTION\n" + rows})
    assert roles_of(log, "touches.csv")["account_id"] == ("ID",)
    assert log.n_journeys == 3


def test_a_supplier_is_no_customer(imported):
    log = imported(
        {
            "orders.csv": "order_id,email,ordered_on,status\no1,a@x.com,2026-01-02,Paid\n"
            "o2,b@y.org,2026-01-03,Sent\n",
            "suppliers.csv": "supplier_id,supplier_name,email\ns1,Tech,sell@tech.com\n"
            "s2,Wood,sell@wood.com\n",
            "products.csv": "product_id,supplier_id,launch_date\np1,s1,2025-01-02\n"
            "p2,s2,2025-01-03\np3,s2,2025-01-04\n",
        },
        columns_by_file={"products.csv": {"account_id": ["product_id"]}},
    )
    assert "is taken from suppliers.csv" not in " ".join(log.report.notes)


def test_a_deal_takes_its_customer_from_the_touch_that_led_to_it(imported):
    log = imported(
        {
            "touches.csv": "TouchpointID,CustomerID,Action,Timestamp\nT1,C1,Visit,2026-01-02\n"
            "T2,C2,Visit,2026-01-03\nT3,C1,Call,2026-01-04\n",
            "deals.csv": "OpportunityID,TouchpointID,Amount,ClosedOn\nO1,T3,90,2026-02-02\n"
            "O2,T2,80,2026-02-03\n",
        }
    )
    assert "deals.csv: 'CustomerID' is taken from touches.csv by 'TouchpointID'" in log.report.notes
    assert (log.n_journeys, log.n_touchpoints) == (2, 5)
    assert journey.journeys(log)["n_touchpoints"].sort_values().tolist() == [2, 3]


def test_many_empty_columns_are_told_in_one_note(imported):
    names = [f"extra {n}" for n in range(12)]
    head = ",".join(["account", "event", "time", *names])
    text = f"{head}\nA,Ad,2026-01-02{',' * 12}\nB,Ad,2026-01-03{',' * 12}\n"
    notes = imported({"a.csv": text}).report.notes
    shown = ", ".join(map(repr, names[:8]))
    told = f"12 columns are left out: they are empty. They are {shown}, …"
    assert [note for note in notes if "empty" in note] == [told]


def test_where_no_column_says_what_happened_the_file_does(imported):
    """As a connector writes them, one table for each kind of event."""
    rows = "lead_id,activity_date\n1,2020-05-11 20:30:08\n2,2020-05-12 20:30:08\n"
    log = imported({"crm_click_email_data.csv": rows, "crm_open_email_data.csv": rows})
    assert log.touchpoint_types == ["Crm click email", "Crm open email"]
    # The same second in two files is not the same touchpoint.
    assert (log.n_touchpoints, log.report.n_merged) == (4, 0)
    told = "crm_open_email_data.csv: no column names an event; touchpoints are called "
    assert f"{told}'Crm open email'." in log.report.notes
