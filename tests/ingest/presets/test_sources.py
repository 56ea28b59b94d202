"""Every source in the shape its vendor exports it, with what is odd about it."""

import json

import pytest

PEOPLE = "person_id"


@pytest.fixture
def staged(reader, written):
    """Prepare small files, given as text by name: their tables, and the rows of a table."""
    from journey.ingest.columns.preset_choice import Presets
    from journey.ingest.columns.roles import assign_roles
    from journey.ingest.presets import prepare_tables

    def run(files, **options):
        raw = [
            table
            for name, text in files.items()
            for table in reader.read(written(name, text.encode()))
        ]
        ready = prepare_tables(reader.connection, raw, Presets(), **options)
        return assign_roles(reader.connection, ready, {})

    return run


@pytest.fixture
def cells(reader):
    """The values of the columns of some roles, by row."""

    def find(table, *roles):
        rows = reader.rows(table.raw)
        places = [
            [table.raw.columns.index(header) for header in table.roles.get(role, ())]
            for role in roles
        ]
        return [
            tuple(next((row[i] for i in place if row[i] is not None), None) for place in places)
            for row in rows
        ]

    return find


def titles(tables):
    return [table.raw.known.title if table.raw.known else None for table in tables]


def taken_out(table):
    return [(a.action, a.reason, a.n_rows) for a in table.raw.aside]


def lines(*records):
    return "\n".join(json.dumps(record) for record in records)


CONTACTS = (
    "Record ID,First Name,Last Name,Email,Lifecycle Stage,Create Date,Last Modified Date,"
    "Associated Company IDs,Became a Marketing Qualified Lead Date,"
    '"Date entered ""Marketing Qualified Lead (Lifecycle Stage Pipeline)""",'
    '"Date entered ""Customer (Lifecycle Stage Pipeline)"""\n'
    "11,Ann,Lee,ann@acme.example,Customer,2024-01-02 10:00,2024-05-05 10:00,7;8,"
    "2024-02-03 11:00,2024-02-03 11:00,2024-03-04 12:00\n"
    "12,Bob,Ray,bob@acme.example,Lead,2024-01-03 10:00,2024-05-05 10:00,,,,\n"
)


def test_hubspot_contacts_have_a_touchpoint_for_each_date_of_theirs(staged, cells):
    (table,) = staged({"contacts.csv": CONTACTS})
    assert titles([table]) == ["HubSpot contacts"]
    assert table.shape == "wide"
    # Both MQL dates are one moment; the last modification is none.
    assert table.date_headers == ("Contact created", "Marketing Qualified Lead", "Customer")
    assert table.roles[PEOPLE][0] == "Email"
    assert cells(table, "account_id") == [("7",), (None,)]


def test_hubspot_contacts_count_up(imported):
    report = imported({"contacts.csv": CONTACTS}).report
    (file,) = report.files
    # Three dates of Ann, one of Bob.
    assert (file.n_rows, file.n_read, file.n_kept, file.n_set_aside) == (2, 4, 4, 0)


def test_merged_hubspot_contacts_are_one_person(imported):
    log = imported(
        {
            "contacts.csv": "id,property_email,property_firstname,property_lastname,"
            "property_createdate,property_hs_merged_object_ids,_fivetran_synced\n"
            "1,ann@acme.example,Ann,Lee,2024-01-02 10:00:00,2;3,2024-06-06\n"
            "2,ann@old.example,Ann,Lee,2024-01-01 6:49:18,,2024-06-06\n"
        }
    )
    assert log.report.n_attributes == 2
    assert log.origin.dictionaries["person_id"].drop_null().to_pylist() == ["ann@acme.example"]


def test_hubspot_deals_are_won_or_lost_when_they_are_closed(staged):
    (table,) = staged(
        {
            "deals.csv": "Record ID,Deal Name,Deal Stage,Amount,Deal owner,Close Date,Create Date,"
            "Last Activity Date,Associated Company IDs,Associated Contact IDs\n"
            "1,A,Closed Won,100,Ann,2024-03-01 10:00,2024-01-01 10:00,2024-03-02 10:00,7,11;12\n"
            "2,B,Proposal,70,Ann,2024-09-01 10:00,2024-01-02 10:00,2024-03-02 10:00,8,\n"
            "3,C,closedlost,50,Ann,2024-04-01 10:00,2024-01-03 10:00,2024-03-02 10:00,8,13\n"
        }
    )
    assert titles([table]) == ["HubSpot deals"]
    assert table.date_headers == ("Deal created", "Deal won", "Deal lost")
    assert table.roles["value"] == ("Amount",)


def test_ids_joined_by_semicolons_give_the_first(staged, cells):
    (table,) = staged(
        {
            "deals.csv": "Record ID,Deal Name,Close Date,Create Date,Associated Company IDs,"
            "Associated Contact IDs\n1,A,,2024-01-01 10:00,7;9,11;12\n"
        }
    )
    assert cells(table, "account_id", PEOPLE) == [("7", "11")]


def test_rows_that_name_several_contacts_or_companies_are_told(imported):
    log = imported(
        {
            "deals.csv": "Record ID,Deal Name,Close Date,Create Date,Associated Company IDs,"
            "Associated Contact IDs\n1,A,,2024-01-01 10:00,7;9,11;12\n"
            "2,B,,2024-01-02 10:00,7;,12; 13\n",
            "contacts.csv": CONTACTS,
        }
    )
    named = log.origin.dictionaries["person_id"].drop_null().to_pylist()
    # 11 and 12 are Ann and Bob.
    assert sorted(named) == ["ann@acme.example", "bob@acme.example"]
    notes = " ".join(log.report.notes)
    assert "2 rows name several contacts; the first counts" in notes
    assert notes.count("1 row names several companies; the first counts") == 2


def test_the_close_date_of_an_open_deal_is_a_plan(imported):
    log = imported(
        {
            "deals.csv": "Record ID,Deal Name,Deal Stage,Close Date,Create Date\n"
            "1,A,Proposal,2029-03-01 10:00,2024-01-01 10:00\n"
            "2,B,Closed Won,2024-03-01 10:00,2024-01-01 10:00\n"
        }
    )
    assert log.origin.touchpoint_types == ["Deal created", "Deal won"]
    assert log.n_touchpoints == 3


def test_hubspot_companies_are_created_once(staged):
    (table,) = staged(
        {
            "companies.csv": "id,property_name,property_industry,property_createdate\n"
            "7,Acme,Software,2024-01-01 10:00:00\n"
        }
    )
    assert titles([table]) == ["HubSpot companies"]
    assert table.roles["account_id"] == ("id",)


def test_open_ends_of_deal_stages_are_no_touchpoints(staged):
    (table,) = staged(
        {
            "stages.csv": "_fivetran_start,deal_id,_fivetran_end,date_entered,value\n"
            "2021-01-07 6:49:18,1,2050-01-01 00:00:00,2021-01-07 6:49:18,Proposal\n"
            "2021-01-08 6:49:18,1,9999-12-31 23:59:59,2021-01-08 6:49:18,Won\n"
        }
    )
    assert titles([table]) == ["HubSpot deal stages"]
    assert table.roles["occurred_at"] == ("date_entered",)
    assert (table.roles["touchpoint"], table.roles["stage"]) == (("value",), ("stage",))
    assert not {"_fivetran_start", "_fivetran_end"} & set(table.raw.columns)


MAILS = (
    "id,created,type,recipient,email_campaign_id,filtered_event\n"
    "e1,2024-01-02 10:00:00.5,SENT,ann@acme.example,9,false\n"
    "e2,2024-01-02 10:00:01,OPEN,ann@acme.example,9,true\n"
    "e3,2024-01-02 11:00:00,CLICK,ann@acme.example,9,\n"
)


def test_machines_that_open_hubspot_mails_are_set_aside(staged, cells):
    (table,) = staged({"mails.csv": MAILS})
    assert cells(table, "touchpoint", "direction", "channel") == [
        ("Email sent", "was shown", "Email"),
        ("Email clicked", "did", "Email"),
    ]
    assert taken_out(table) == [("set aside", "machine traffic (filtered_event)", 1)]
    assert table.raw.aside[0].examples == ((2, "true"),)


def test_clicks_give_hubspot_mails_their_address(staged, reader):
    mails, clicks = staged(
        {
            "mails.csv": MAILS,
            "clicks.csv": "id,url,user_agent,browser,referer,location\n"
            "e3,https://acme.example/?utm_source=news,UA,Chrome,,\n"
            "e9,https://acme.example/,UA,Chrome,,\n",
        }
    )
    assert clicks.shape == "details"
    place = mails.raw.columns.index("url")
    assert [row[place] for row in reader.rows(mails.raw)] == [
        None,
        "https://acme.example/?utm_source=news",
    ]
    assert taken_out(clicks) == [
        ("read as attributes", "", 1),
        ("set aside", "tells more of a touchpoint that is in none of these files", 1),
    ]


def test_opens_and_types_alone_have_no_touchpoints(imported):
    log = imported({"opens.csv": "id,duration,browser,user_agent\ne1,3,Chrome,UA\n"})
    assert (log.n_touchpoints, log.report.n_set_aside) == (0, 1)
    assert any("no touchpoints yet" in note for note in log.report.notes)


def test_hubspot_engagements(staged, cells):
    (table,) = staged(
        {
            "engagements.csv": "engagement_id,type,property_hs_timestamp,contact_id,portal_id\n"
            "1,CALL,2024-01-02 10:00:00,11,5\n2,MEETING,2024-01-03 10:00:00,11,5\n"
        }
    )
    assert titles([table]) == ["HubSpot engagements"]
    assert cells(table, "touchpoint", PEOPLE) == [("Call", "11"), ("Meeting", "11")]
    assert table.roles["occurred_at"] == ("property_hs_timestamp",)


def test_salesforce_tasks_count_when_done(staged, cells):
    (table,) = staged(
        {
            "Task.csv": "Id,WhoId,WhatId,AccountId,OwnerId,Subject,ActivityDate,Status,Type,"
            "CreatedDate\n"
            "t1,003A,006B,001C,u,Call Ann,2024-01-02,Completed,Call,2024-01-01T10:00:00.000Z\n"
            "t2,00QA,001D,,u,Write,,Completed,,2024-01-03T10:00:00.000Z\n"
            "t3,003A,006B,001C,u,Meet,2029-01-02,Not Started,Meeting,2024-01-01T10:00:00.000Z\n"
        }
    )
    assert titles([table]) == ["Salesforce tasks and events"]
    assert cells(table, "touchpoint", "account_id", "opportunity_id", "occurred_at") == [
        ("Call", "001C", "006B", "2024-01-02"),
        ("Write", "001D", None, "2024-01-03T10:00:00.000Z"),
    ]
    assert taken_out(table) == [("set aside", "task planned, not done", 1)]


MEMBERS = (
    "Id,CampaignId,LeadId,ContactId,Status,HasResponded,FirstRespondedDate,CreatedDate\n"
    "m1,701,00Q1,,Sent,false,,2024-01-02T10:00:00.000Z\n"
    "m2,702,,0031,Attended,true,2024-02-03,2024-01-02T10:00:00.000Z\n"
)


def test_a_campaign_member_is_a_lead_or_a_contact(staged, cells):
    (table,) = staged({"CampaignMember.csv": MEMBERS})
    assert titles([table]) == ["Salesforce campaign members"]
    assert cells(table, PEOPLE, "touchpoint", "occurred_at") == [
        ("00Q1", "Campaign: Sent", "2024-01-02T10:00:00.000Z"),
        ("0031", "Campaign: Attended", "2024-02-03"),
    ]
    # Both ids stay beside the role, so that rows with both join them.
    assert {"LeadId", "ContactId"} <= set(table.extras)


def test_a_lead_that_was_converted_is_its_contact(imported):
    log = imported(
        {
            "CampaignMember.csv": MEMBERS,
            "Lead.csv": "Id,Email,Company,Status,LeadSource,CreatedDate,ConvertedDate,IsConverted,"
            "ConvertedContactId,ConvertedAccountId,ConvertedOpportunityId\n"
            "00Q1,ann@acme.example,Acme,Qualified,Web,2024-01-01T10:00:00.000Z,2024-01-20,true,"
            "0031,0019,0068\n",
        }
    )
    # Sent to the lead, attended by the contact: one person of one account.
    assert log.origin.dictionaries["person_id"].drop_null().to_pylist() == ["ann@acme.example"]
    assert log.n_journeys == 1
    assert log.origin.touchpoint_types == [
        "Campaign: Attended",
        "Campaign: Sent",
        "Lead converted",
        "Lead created",
    ]


def test_salesforce_contacts_and_accounts(staged):
    contacts, accounts = staged(
        {
            "Contact.csv": "Id,AccountId,LastName,Email,LeadSource,CreatedDate,OwnerId\n"
            "0031,0019,Lee,ann@acme.example,Web,2024-01-01T10:00:00.000Z,u\n",
            "Account.csv": "Id,Name,BillingCountry,ParentId,Industry,LastActivityDate\n"
            "0019,Acme,Germany,,Software,2024-05-05\n",
        }
    )
    assert titles([contacts, accounts]) == ["Salesforce contacts", "Salesforce accounts"]
    assert contacts.date_headers == ("Contact created",)
    assert accounts.shape == "attributes"
    assert accounts.roles["account_id"] == ("Id",)


def test_a_salesforce_opportunity_is_won_lost_or_open(imported):
    log = imported(
        {
            "Opportunity.csv": "Id,AccountId,Name,StageName,Amount,CreatedDate,CloseDate,IsClosed,"
            "IsWon,LastModifiedDate\n"
            "1,a,A,Closed Won,10,2024-01-01T10:00:00.000+0000,2024-02-01,true,true,2024-03-01\n"
            "2,b,B,Closed Lost,20,2024-01-01T10:00:00.000+0000,2024-02-01,true,false,2024-03-01\n"
            "3,c,C,Proposal,30,2024-01-01T10:00:00.000+0000,2029-02-01,false,false,2024-03-01\n"
        }
    )
    assert log.n_touchpoints == 5
    assert log.origin.touchpoint_types == [
        "Opportunity created",
        "Opportunity lost",
        "Opportunity won",
    ]


def test_salesforce_opportunity_history(staged, cells):
    (table,) = staged(
        {
            "OpportunityHistory.csv": "Id,OpportunityId,StageName,Amount,ExpectedRevenue,CloseDate,"
            "Probability,ForecastCategory,CreatedDate\n"
            "h1,0061,Prospecting,10,1,2029-01-01,10,Pipeline,2024-01-01T10:00:00.000Z\n"
        }
    )
    assert titles([table]) == ["Salesforce opportunity history"]
    assert cells(table, "opportunity_id", "touchpoint", "occurred_at") == [
        ("0061", "Prospecting", "2024-01-01T10:00:00.000Z")
    ]


def test_versions_of_opportunities_begin_when_the_connector_says(staged):
    (table,) = staged(
        {
            "history.csv": "_fivetran_active,_fivetran_start,_fivetran_end,id,account_id,"
            "stage_name,is_closed,is_won,created_date,close_date,amount\n"
            "true,2024-02-01 10:00:00,9999-12-31 23:59:59,1,a,Proposal,false,false,"
            "2024-01-01 10:00:00,2029-01-01 00:00:00,5\n"
        }
    )
    assert table.roles["occurred_at"] == ("_fivetran_start",)
    assert table.roles["touchpoint"] == ("stage_name",)


MARKETO = "marketoGUID,leadId,activityDate,activityTypeId,campaignId,primaryAttributeValueId,"


@pytest.mark.parametrize("last", ["attributes", " attributes"])
def test_marketo_activities_have_names(staged, cells, last):
    (table,) = staged(
        {
            "marketo.csv": f"{MARKETO}primaryAttributeValue,{last}\n"
            "g1,6,2024-01-02T10:00:00Z,6,11,3,Newsletter,null\n"
            "g2,6,2024-01-02T11:00:00+0000,1,null,4,Pricing,"
            '"{""Webpage URL"": ""/pricing"", ""Referrer URL"": null}"\n'
            "g1,6,2024-01-02T10:00:00Z,6,11,3,Newsletter,null\n"
        }
    )
    assert titles([table]) == ["Marketo activities"]
    assert cells(table, "touchpoint", "direction", "campaign", PEOPLE) == [
        ("Email sent", "was shown", "11", "6"),
        ("Web page visited", "did", None, "6"),
    ]
    assert taken_out(table) == [("merged", "the same activity in another export", 1)]
    assert "page_url" in table.raw.columns
    assert table.question("activityDate", "occurred_at") is None


@pytest.mark.parametrize(
    "attributes", ['{"Merge IDs": "[5, 7]"}', '[{"name": "Merge IDs", "value": "5,7"}]']
)
def test_a_merged_marketo_lead_is_the_lead_that_stays(imported, attributes):
    quoted = attributes.replace('"', '""')
    log = imported(
        {
            "marketo.csv": f"{MARKETO}primaryAttributeValue,attributes\n"
            "g1,5,2024-01-02T10:00:00Z,10,11,3,Newsletter,\n"
            "g2,6,2024-01-03T10:00:00Z,11,11,3,Newsletter,\n"
            f'g3,6,2024-01-04T10:00:00Z,32,,6,Ann Lee,"{quoted}"\n'
        }
    )
    assert log.n_touchpoints == 2
    assert log.n_journeys == 1
    file, who = log.report.files
    assert (file.n_rows, who.n_rows) == (2, 1)
    # One row names two leads.
    assert (who.file, who.n_read, who.n_attributes) == ("marketo.csv (who is who)", 2, 2)


def ga4(**given):
    return {
        "event_date": "20240101",
        "event_timestamp": "1704164400000000",
        "event_name": "page_view",
        "event_params": [
            {"key": "ga_session_id", "value": {"string_value": None, "int_value": "77"}},
            {"key": "page_location", "value": {"string_value": "https://a.example/?gclid=1"}},
            {"key": "page_title", "value": {"string_value": "Home"}},
            {"key": "source", "value": {"string_value": "google"}},
            {"key": "medium", "value": {"string_value": "cpc"}},
            {"key": "campaign", "value": {"string_value": "spring"}},
        ],
        "user_id": None,
        "user_pseudo_id": "11.22",
        "device": {"category": "desktop"},
        **given,
    }


def test_ga4_events_open_their_parameters(staged, cells, reader):
    (table,) = staged({"ga4.json": lines(ga4(), ga4(event_name="scroll", event_params=[]))})
    assert titles([table]) == ["GA4 events (BigQuery)"]
    # 1704164400 s is 2024-01-02 03:00 UTC, on the day after event_date in the property's zone.
    assert cells(table, "occurred_at", "session_id", "content", "campaign", "anonymous_id") == [
        ("2024-01-02 03:00:00.000000+00:00", "11.22.77", "Home", "spring", "11.22"),
        ("2024-01-02 03:00:00.000000+00:00", None, None, None, "11.22"),
    ]
    row = dict(zip(table.raw.columns, reader.rows(table.raw)[0], strict=True))
    assert (row["source"], row["medium"]) == ("google", "cpc")
    assert row["page_url"] == "https://a.example/?gclid=1"
    assert row["device_category"] == "desktop"
    assert "event_params" not in row


def test_ga4_without_a_time_takes_its_date(staged):
    records = [ga4(event_timestamp=None), ga4(event_timestamp=None, event_date="20240102")]
    (table,) = staged({"ga4.json": lines(*records)})
    assert table.roles["occurred_at"] == ("event_date",)


def test_ga4_repeats_are_merged(imported):
    log = imported({"ga4.json": lines(ga4(), ga4(), ga4(event_name="scroll"))})
    assert (log.n_touchpoints, log.report.n_merged) == (2, 1)


SEGMENT = "id,anonymous_id,user_id,received_at,sent_at,original_timestamp,timestamp,"


def test_segment_tracks_are_in_order_of_timestamp(staged, cells):
    (table,) = staged(
        {
            "tracks.csv": f"{SEGMENT}event,event_text,context_campaign_source,uuid_ts\n"
            "1,a,,2024-01-05 10:00:00,2024-01-05 10:00:00,2024-01-05 10:00:00,2024-01-02 10:00:00,"
            "signed_up,Signed Up,news,2024-01-05 11:00:00\n"
        }
    )
    assert titles([table]) == ["Segment tracks"]
    assert cells(table, "occurred_at", "touchpoint", "anonymous_id") == [
        ("2024-01-02 10:00:00", "Signed Up", "a")
    ]
    assert "source" in table.raw.columns


def test_a_segment_page_is_one_touchpoint_and_groups_give_accounts(imported):
    log = imported(
        {
            "pages.csv": f"{SEGMENT}url,path,title,referrer\n"
            "1,a,,2024-01-02,2024-01-02,2024-01-02,2024-01-02 10:00:00,https://x.example/,/,Home,\n"
            "2,a,u1,2024-01-03,2024-01-03,2024-01-03,2024-01-03 10:00:00,https://x.example/,/,Home,\n",
            "groups.csv": f"{SEGMENT}group_id\n"
            "3,a,u1,2024-01-04,2024-01-04,2024-01-04,2024-01-04 10:00:00,acme\n",
        }
    )
    assert log.n_touchpoints == 2
    assert log.origin.touchpoint_types == ["Page viewed"]
    assert log.origin.dictionaries["account_id"].to_pylist() == ["acme"]
    assert log.report.n_attributes == 1


def test_segment_identifies_say_who_a_visitor_is(staged):
    (table,) = staged(
        {
            "identifies.csv": "id,anonymous_id,user_id,email,received_at,timestamp\n"
            "1,a,u1,ann@acme.example,2024-01-04,2024-01-04\n"
        }
    )
    assert (titles([table]), table.shape) == (["Segment identifies"], "attributes")
    assert table.roles == {"anonymous_id": ("anonymous_id",), PEOPLE: ("user_id",)}


def mixpanel(event, time, insert, **properties):
    told = {"time": time, "distinct_id": "u1", "$insert_id": insert, **properties}
    return {"event": event, "properties": told}


def test_mixpanel_seconds_and_repeats(staged, cells):
    (table,) = staged(
        {
            "mixpanel.jsonl": lines(
                mixpanel("Viewed", 1704189600, "i1", utm_campaign="spring"),
                mixpanel("Viewed", 1704189600, "i1", mp_processing_time_ms=5),
                mixpanel("Viewed", 1704189600, "i2", distinct_id="$device:x9"),
            )
        }
    )
    assert titles([table]) == ["Mixpanel events"]
    assert cells(table, "occurred_at", "touchpoint", PEOPLE, "campaign") == [
        ("2024-01-02 10:00:00.000000+00:00", "Viewed", "u1", "spring"),
        ("2024-01-02 10:00:00.000000+00:00", "Viewed", None, None),
    ]
    assert taken_out(table) == [("merged", "the same event sent again", 1)]


def test_every_row_stays_where_the_user_wants_repeats(staged):
    record = mixpanel("Viewed", 1704189600, "i1")
    (table,) = staged({"mixpanel.jsonl": lines(record, record)}, keep_repeats=True)
    assert (table.raw.n_rows, taken_out(table)) == (2, [])


def test_amplitude_times_are_utc_and_minus_one_is_no_session(staged, cells):
    record = {
        "user_id": "ann@acme.example",
        "amplitude_id": 1,
        "device_id": "d",
        "event_type": "watch",
        "event_time": "2024-01-02 10:00:00.123456",
        "client_event_time": "2024-01-09 10:00:00",
        "server_upload_time": "2024-02-02 10:00:00",
        "session_id": -1,
        "$insert_id": "i1",
        "event_properties": {"utm_source": "news"},
        "user_properties": {},
        "groups": {"company": ["acme", "other"]},
        "group_properties": {},
    }
    again = {**record, "session_id": 1704189600000, "$insert_id": "i2"}
    (table,) = staged({"amplitude.json": lines(record, again, again)})
    assert titles([table]) == ["Amplitude events"]
    assert cells(table, "occurred_at", "session_id", "account_id", PEOPLE) == [
        ("2024-01-02 10:00:00.123456", None, "acme", "ann@acme.example"),
        ("2024-01-02 10:00:00.123456", "d.1704189600000", "acme", "ann@acme.example"),
    ]
    assert table.question("event_time", "occurred_at") is None
    assert taken_out(table) == [("merged", "the same event sent again", 1)]


def test_posthog_json_is_text(staged, cells):
    def row(uuid, who, **properties):
        told = json.dumps(properties).replace('"', '""')
        return f'{uuid},$pageview,"{told}",,,,{who},1,,,2024-01-02T10:00:00Z\n'

    anonymous = "018f3a2b-7c11-7000-8000-aabbccddeeff"
    (table,) = staged(
        {
            "posthog.csv": "uuid,event,properties,elements,set,set_once,distinct_id,team_id,ip,"
            "site_url,timestamp\n"
            + row("u1", anonymous, **{"$current_url": "https://x.example/", "$session_id": "s"})
            + row("u2", "ann@acme.example", **{"$groups": {"company": "acme"}})
        }
    )
    assert titles([table]) == ["PostHog events"]
    assert cells(table, PEOPLE, "anonymous_id", "account_id", "session_id") == [
        (None, anonymous, None, "s"),
        ("ann@acme.example", None, "acme", None),
    ]
    assert "page_url" in table.raw.columns


def test_each_action_of_a_matomo_visit_is_a_row(imported):
    log = imported(
        {
            "matomo.csv": "idSite,idVisit,visitIp,visitorId,fingerprint,"
            "type (actionDetails 0),url (actionDetails 0),timestamp (actionDetails 0),"
            "type (actionDetails 1),url (actionDetails 1),timestamp (actionDetails 1)\n"
            "1,10,0.0.0.0,v1,f,action,https://x.example/a,1704189600,"
            "download,https://x.example/b,1704189660\n"
            "1,11,0.0.0.0,v2,f,action,https://x.example/a,1704189700,,,\n"
            "1,12,0.0.0.0,v3,f,,,,,,\n"
        }
    )
    (file,) = log.report.files
    # Two actions, one action, and a visit without any.
    assert (file.n_rows, file.n_read, file.n_kept, file.n_set_aside) == (3, 4, 3, 1)
    assert [reason.reason for reason in log.report.reasons if reason.n_rows == 1] == ["no time"]
    assert log.origin.touchpoint_types == ["Download", "Page viewed"]
    assert log.n_journeys == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Jan 2, 2024 10:00:00", "Dec 30, 2024 21:05:00"),
        ("2. Jan. 2024 10:00:00", "30. Dez. 2024 21:05:00"),
        ("2 janv. 2024 10:00:00", "30 déc. 2024 21:05:00"),
        ("2 ene 2024 10:00:00", "30 dic 2024 21:05:00"),
        ("2024年1月2日 10:00:00", "2024年12月30日 21:05:00"),
    ],
    ids=["en", "de", "fr", "es", "ja"],
)
def test_times_of_matomo_are_in_the_language_of_its_user(imported, first, second):
    log = imported(
        {
            "matomo.csv": "idSite,idVisit,visitorId,fingerprint,type (actionDetails 0),"
            "serverTimePretty (actionDetails 0)\n"
            f'1,10,v1,f,action,"{first}"\n1,11,v1,f,action,"{second}"\n'
        }
    )
    assert log.report.n_set_aside == 0
    assert (str(log.first_at), str(log.last_at)) == (
        "2024-01-02 10:00:00+00:00",
        "2024-12-30 21:05:00+00:00",
    )


def test_dreamdata_tells_an_activity_once(staged, cells):
    (table,) = staged(
        {
            "dreamdata.csv": "dd_event_id,dd_event_activity_id,event_name,timestamp,dd_visitor_id,"
            "dd_contact_id,dd_company_id,dd_tracking_type,session,quantity\n"
            'e1,a1,Ad exposure,2024-01-02 10:00:00,v,,acme,exposure,"{""channel"": ""Paid""}",40\n'
            'e1,a1,Ad exposure,2024-01-02 10:00:00,v,,other,exposure,"{""channel"": ""Paid""}",40\n'
            "e2,a2,Page view,2024-01-02 11:00:00,v,c1,acme,page,,1\n"
        }
    )
    assert titles([table]) == ["Dreamdata events"]
    assert cells(table, "account_id", "touchpoint", "direction", "channel") == [
        ("acme", "Ad exposure", "was shown", "Paid"),
        ("acme", "Page view", "did", None),
    ]
    assert taken_out(table) == [("merged", "the same activity, told again for another company", 1)]
    assert "quantity" in table.raw.columns


def test_a_mailchimp_audience_signs_up_and_confirms(staged):
    (table,) = staged(
        {
            "audience.csv": "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,"
            "CONFIRM_TIME,CONFIRM_IP,TIMEZONE,LAST_CHANGED,LEID,EUID,NOTES,TAGS\n"
            "ann@acme.example,Ann,Lee,2,2024-01-02 10:00:00,0.0.0.0,2024-01-02 10:05:00,0.0.0.0,,"
            "2024-05-05 10:00:00,1,e,,\n"
        }
    )
    assert titles([table]) == ["Mailchimp audience"]
    assert table.date_headers == ("Email signed up", "Email confirmed")
    # Mailchimp writes no zone: that is asked.
    assert table.question("Email signed up", "occurred_at") == "zone"


def test_mailchimp_activity(staged, cells):
    (table,) = staged(
        {
            "activity.csv": "action,campaign_id,member_id,timestamp,ip,list_id,url,bounce_type\n"
            "open,c,m1,2024-01-02 10:00:00,,l,,\nclick,c,m1,2024-01-02 10:01:00,,l,https://x,\n"
            "bounce,c,m2,2024-01-02 10:02:00,,l,,hard\n"
        }
    )
    assert titles([table]) == ["Mailchimp activity"]
    assert [name for name, *_ in cells(table, "touchpoint")] == [
        "Email opened",
        "Email clicked",
        "Email bounced",
    ]


@pytest.mark.parametrize("last", ["complete", "start"])
def test_an_activity_of_an_event_log_counts_once(staged, last):
    (table,) = staged(
        {
            "log.csv": "case:concept:name,concept:name,time:timestamp,lifecycle:transition\n"
            "1,ask,2024-01-02 10:00:00+01:00,start\n"
            f"1,ask,2024-01-02 11:00:00+01:00,{last}\n"
        }
    )
    assert titles([table]) == ["XES event log"]
    # Where nothing is ever complete, a start is all there is.
    assert table.raw.n_rows == (1 if last == "complete" else 2)


def test_an_activity_that_starts_and_completes_is_told_once(imported):
    text = (
        "case,event,time,lifecycle:transition\n"
        "c1,Call,2024-01-02 10:00,start\nc1,Call,2024-01-02 10:05,complete\n"
    )
    log = imported({"log.csv": text})
    assert (log.n_touchpoints, log.report.n_set_aside) == (1, 1)


def test_adobe_visitors_are_two_numbers_together(staged, cells):
    (table,) = staged(
        {
            "hit_data.tsv": "hit_time_gmt\tpost_visid_high\tpost_visid_low\tvisit_num"
            "\tpost_page_event\tpost_pagename\texclude_hit\n"
            "1711843200\t31\t7\t1\t0\thome\t0\n1711843260\t31\t8\t1\t10\t\t0\n"
            "1711843270\t31\t8\t1\t0\thome\t3\n"
        }
    )
    assert titles([table]) == ["Adobe Analytics hits"]
    assert cells(table, "anonymous_id", "touchpoint", "occurred_at") == [
        ("31.7", "Page viewed", "2024-03-31 00:00:00.000000+00:00"),
        ("31.8", "Link clicked", "2024-03-31 00:01:00.000000+00:00"),
    ]
    assert taken_out(table) == [("set aside", "hit excluded by the vendor (exclude_hit)", 1)]


def test_snowplow_events(staged, cells):
    (table,) = staged(
        {
            "atomic.csv": "app_id,collector_tstamp,derived_tstamp,event,event_id,user_id,"
            "domain_userid,se_action,event_name\n"
            "site,2024-05-01 10:00:01,2024-05-01 10:00:00,page_view,e1,,d1,,page_view\n"
            "site,2024-05-01 10:00:01,2024-05-01 10:00:00,page_view,e1,,d1,,page_view\n"
            "site,2024-05-01 10:01:01,2024-05-01 10:01:00,struct,e2,ann@a.example,d1,add,event\n"
        }
    )
    assert titles([table]) == ["Snowplow events"]
    assert cells(table, "anonymous_id", PEOPLE, "touchpoint", "occurred_at") == [
        ("d1", None, "page_view", "2024-05-01 10:00:00"),
        ("d1", "ann@a.example", "add", "2024-05-01 10:01:00"),
    ]
    assert taken_out(table) == [("merged", "the same event again (event_id)", 1)]


def test_an_event_log_whose_headers_say_case_and_event(staged, cells):
    (table,) = staged(
        {
            "purchases.csv": "eventID ,case Spend area text,case concept:name,event User,"
            "event concept:name,event time:timestamp\n"
            "1,Packaging,4507,user_1,Create,02-01-2018 12:53:00.000\n"
        }
    )
    assert titles([table]) == ["XES event log"]
    assert cells(table, "account_id", "touchpoint") == [("4507", "Create")]
    assert PEOPLE not in table.roles


def test_the_items_of_a_shopify_order_are_one(staged, cells):
    (table,) = staged(
        {
            "orders_export.csv": "Name,Email,Financial Status,Paid at,Total,Lineitem name,"
            "Lineitem price,Created at\n"
            "#1001,ann@a.example,paid,2024-01-02 10:01:00 -0500,40.00,Lamp,20.00,"
            "2024-01-02 10:00:00 -0500\n"
            "#1001,ann@a.example,,,,Cable,20.00,2024-01-02 10:00:00 -0500\n"
        }
    )
    assert titles([table]) == ["Shopify orders"]
    assert cells(table, PEOPLE, "touchpoint", "value") == [
        ("ann@a.example", "Order placed", "40.00")
    ]
    assert taken_out(table) == [("merged", "another item of the same order", 1)]
