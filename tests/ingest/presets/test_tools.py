"""Exports of support, meeting, payment and mail tools, and of public logs of advertising."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import journey
from journey.errors import ValueNotAllowedError
from journey.ingest import read_touchpoints


def table(header, *rows):
    return "\n".join((header, *rows)) + "\n"


def lines(*records):
    return "\n".join(json.dumps(record) for record in records)


ZENDESK = table(
    "Id,Requester,Requester id,Requester email,Requester domain,Submitter,Assignee,Group,Subject,"
    "Status,Via,Created at,Updated at,Assigned at,Organization,Solved at",
    "1,Ann,9,ann@acme.com,acme.com,Ann,Max,Help,Login,Solved,Web,2024-01-02 10:00,2024-03-01 10:00,"
    "2024-01-02 11:00,Acme,2024-01-03 10:00",
    "2,Ann,9,ann@acme.com,acme.com,Ann,Max,Help,Bill,Open,Email,2024-01-05 10:00,2024-03-01 10:00,"
    "2024-01-05 11:00,Acme,",
    "3,Bob,8,bob@beta.com,beta.com,Bob,Max,Help,Bill,Open,Email,2024-01-06 10:00,2024-03-01 10:00,"
    "2024-01-06 11:00,Beta,",
)
FRESHDESK = table(
    "Ticket ID,Subject,Status,Priority,Source,Agent,Group,Created time,Due by Time,Resolved time,"
    "Closed time,Last update time,Email,Company Name",
    "1,Login,Closed,Low,Portal,Max,Help,2024-01-02 10:00:00,2024-02-01 10:00:00,"
    "2024-01-03 10:00:00,2024-01-04 10:00:00,2024-03-01 10:00:00,ann@acme.com,Acme",
    "2,Bill,Open,Low,Email,Max,Help,2024-01-05 10:00:00,2024-02-01 10:00:00,,,"
    "2024-03-01 10:00:00,bob@beta.com,Beta",
)
EVENTBRITE = table(
    "Order #,Order Date,First Name,Email,Quantity,Ticket Type,Attendee #,Order Type,Total Paid,"
    "Attendee Status,Company,Event Name,Event ID,Event Start Date,Event Start Time",
    "1,2024-01-02 10:00:00,Ann,ann@acme.com,1,VIP,51,Paid,99.00,Checked In,Acme,Summit,7,"
    "2024-02-01,09:00",
    "2,2024-01-03 10:00:00,Bob,bob@beta.com,1,Free,52,Free,0.00,Not Attending,Beta,Summit,7,"
    "2024-02-01,09:00",
)
# Ann left and came back: one registration, two stays.
ZOOM = table(
    "Attended,First Name,Last Name,Email,Registration Time,Approval Status,Join Time,Leave Time",
    "Yes,Ann,A,ann@acme.com,2024-01-02 08:00,approved,2024-01-11 10:00,2024-01-11 10:20",
    "Yes,Ann,A,ann@acme.com,2024-01-02 08:00,approved,2024-01-11 10:30,2024-01-11 11:00",
    "No,Bob,B,bob@beta.com,2024-01-03 08:00,approved,--,--",
)
CALENDLY = table(
    "Team,User Name,User Email,Invitee Name,Invitee Email,Event Type Name,Start Date & Time,"
    "End Date & Time,Location,Event Created Date & Time,Canceled,Cancellation reason",
    "T,Rep,rep@us.com,Ann,ann@acme.com,Demo,2024-01-20 08:00 am,2024-01-20 08:30 am,Zoom,"
    "2024-01-13 02:00 pm,false,",
    "T,Rep,rep@us.com,Bob,bob@beta.com,Demo,2024-01-21 08:00 am,2024-01-21 08:30 am,Zoom,"
    "2024-01-14 02:00 pm,true,busy",
)
STRIPE = table(
    "id,Description,Seller Message,Created date (UTC),Amount,Amount Refunded,Currency,Status,"
    "Customer ID,Customer Email,Captured,Card ID,Invoice ID",
    "ch_1,Sub,ok,2024-01-02 10:00:00,10.00,0.00,usd,Paid,cus_1,a@x.com,true,card_1,in_1",
    "ch_2,Sub,no,2024-02-02 10:00:00,10.00,0.00,usd,Failed,cus_1,a@x.com,true,card_1,in_2",
    "ch_3,Sub,ok,2024-01-05 10:00:00,20.00,0.00,usd,Paid,cus_2,b@y.com,false,card_2,in_3",
)
PARDOT = table(
    "id,prospect_id,visitor_id,type,type_name,details,email_id,form_id,campaign_id,created_at",
    "1,10,100,1,Email,https://x.com/a,5,,7,2024-01-02 10:00:00",
    "2,10,100,4,Form,Contact us,,3,7,2024-01-03 10:00:00",
    "3,11,,6,Email,News,5,,7,2024-01-02 10:00:00",
)
KLAVIYO = json.dumps(
    {
        "data": [
            {
                "type": "event",
                "id": f"e{n}",
                "attributes": {"timestamp": 1700000000, "datetime": f"2023-11-1{n}T22:13:20+00:00"},
                "relationships": {
                    "profile": {"data": {"type": "profile", "id": who}},
                    "metric": {"data": {"type": "metric", "id": what}},
                },
            }
            for n, (who, what) in enumerate([("P1", "Sent"), ("P1", "Opened"), ("P2", "Sent")])
        ],
        "links": {"self": "x"},
    }
)
CUSTOMER_IO = lines(
    *(
        {
            "event_id": f"e{n}",
            "object_type": "email",
            "metric": metric,
            "timestamp": 1613063089 + n,
            "data": {"customer_id": who, "identifiers": {"id": who}, "campaign_id": 9},
        }
        for n, (who, metric) in enumerate([("u1", "sent"), ("u1", "opened"), ("u2", "sent")])
    )
)
INTERCOM = lines(
    *(
        {
            "type": "conversation",
            "id": str(n),
            "created_at": 1704189600 + n * 86400,
            "source": {"type": "email", "author": {"type": "user", "id": who, "name": "N"}},
            "contacts": {"contacts": [{"id": who}]},
            "state": "open",
        }
        for n, who in enumerate(["u1", "u1", "u2"])
    )
)
CRITEO = table(
    "timestamp\tuid\tcampaign\tconversion\tconversion_timestamp\tconversion_id\tclick\tcat1",
    "0\t20\t7\t0\t-1\t-1\t0\t5",
    "2\t24\t7\t1\t90000\t306\t0\t5",
    "50\t24\t7\t1\t90000\t306\t1\t5",
    "86400\t20\t7\t0\t-1\t-1\t1\t5",
)
AVAZU = table(
    "id,click,hour,C1,banner_pos,site_id,device_id,device_ip,device_model",
    "1,0,14102100,1005,0,1f,a99f214a,d1,m",
    "2,1,14102101,1005,0,1f,b99f214b,d2,m",
    "3,0,14102200,1005,0,1f,a99f214a,d1,m",
)
HISTORY = table(
    "_fivetran_synced,contact_id,name,timestamp,source,source_id,value",
    "2024-05-01T00:00:00Z,51,lifecyclestage,2024-01-02T10:00:00Z,FORM,x,lead",
    "2024-05-01T00:00:00Z,51,lifecyclestage,2024-02-02T10:00:00Z,CRM_UI,x,opportunity",
    "2024-05-01T00:00:00Z,52,email,2024-01-02T09:00:00Z,FORM,x,a@b.com",
)


@pytest.mark.parametrize(
    ("name", "text", "types", "n_touchpoints", "n_journeys"),
    [
        ("zendesk.csv", ZENDESK, ["Ticket created", "Ticket solved"], 4, 2),
        ("fresh.csv", FRESHDESK, ["Ticket closed", "Ticket created", "Ticket solved"], 4, 2),
        ("eventbrite.csv", EVENTBRITE, ["Event attended", "Event registration"], 3, 2),
        ("zoom.csv", ZOOM, ["Webinar attended", "Webinar registration"], 4, 2),
        ("calendly.csv", CALENDLY, ["Meeting", "Meeting booked"], 3, 2),
        ("stripe.csv", STRIPE, ["Payment", "Payment failed"], 3, 2),
        ("pardot.csv", PARDOT, ["Email clicked", "Email sent", "Form submitted"], 3, 2),
        ("klaviyo.json", KLAVIYO, ["Opened", "Sent"], 3, 2),
        ("customer.jsonl", CUSTOMER_IO, ["email opened", "email sent"], 3, 2),
        ("intercom.jsonl", INTERCOM, ["Conversation started"], 3, 2),
        # Both impressions before it tell of the one conversion.
        ("criteo.tsv", CRITEO, ["Ad clicked", "Ad shown", "Converted"], 5, 2),
        ("avazu.csv", AVAZU, ["Ad clicked", "Ad shown"], 3, 2),
        ("history.csv", HISTORY, ["email changed", "lead", "opportunity"], 3, 2),
    ],
)
def test_tools_are_read_as_what_happened(imported, name, text, types, n_touchpoints, n_journeys):
    log = imported({name: text})
    assert log.touchpoint_types == types
    assert (log.n_touchpoints, log.n_journeys) == (n_touchpoints, n_journeys)


def test_times_of_impressions_are_read_as_they_are_meant(imported):
    first = journey.journeys(imported({"avazu.csv": AVAZU}))["first_at"].min()
    assert first == pd.Timestamp("2014-10-21 00:00", tz="UTC")
    report = imported({"criteo.tsv": CRITEO}).report
    assert "seconds since an unknown start, shown as 1970" in " ".join(report.notes)


def test_seconds_count_from_the_day_that_the_user_says(imported, tmp_path):
    zero = journey.journeys(imported({"criteo.tsv": CRITEO}))["first_at"].min()
    log = imported({"criteo.tsv": CRITEO}, epoch="2016-08-01 00:00:00")
    later = pd.Timestamp("2016-08-01") - pd.Timestamp("1970-01-01")
    assert journey.journeys(log)["first_at"].min() == zero + later
    assert "numbers read as seconds since 2016-08-01 00:00:00" in " ".join(log.report.notes)
    (tmp_path / "criteo.tsv").write_text(CRITEO)
    asked = journey.suggest_columns(tmp_path / "criteo.tsv")
    assert "epoch" in set(asked["question"])


@pytest.mark.parametrize("told", ["August", "2016-08-01T00:00+02:00", "0001-01-01"])
def test_an_epoch_that_is_no_day_is_refused(tmp_path, told):
    (tmp_path / "criteo.tsv").write_text(CRITEO)
    with pytest.raises(ValueNotAllowedError, match="does not say when times begin"):
        journey.read_touchpoints(tmp_path / "criteo.tsv", epoch=told)


def hit(number, milliseconds, kind="PAGE", **more):
    return {
        "hitNumber": str(number),
        "time": str(milliseconds),
        "type": kind,
        "page": {"pagePath": "/home", "pageTitle": "Home"},
        "eCommerceAction": {"action_type": "0"},
        "product": [{"productSKU": "GG1"}],
        **more,
    }


def session(visitor, start, *hits):
    return {
        "visitNumber": "1",
        "visitId": str(start),
        "visitStartTime": str(start),
        "date": "20170801",
        "totals": {"visits": "1", "hits": str(len(hits))},
        "trafficSource": {"source": "google", "medium": "organic"},
        "geoNetwork": {"country": "Germany"},
        "hits": [*hits],
        "fullVisitorId": visitor,
        "channelGrouping": "Organic Search",
    }


ADDED = {"eventCategory": "Ecommerce", "eventAction": "Add to Cart"}
BOUGHT = {
    "eCommerceAction": {"action_type": "6"},
    "transaction": {"transactionId": "T1", "transactionRevenue": "18990000"},
}
SESSIONS = [
    session("0001", 1501583974, hit(1, 0), hit(2, 61000, "EVENT", eventInfo=ADDED)),
    session("0001", 1501670374, hit(1, 0), hit(2, 30500, **BOUGHT)),
    session("0002", 1501590000, hit(1, 0)),
]


class TestGoogleAnalytics360:
    def test_each_hit_is_a_touchpoint_at_its_time_within_the_session(self, imported):
        log = imported({"sessions.jsonl": lines(*SESSIONS)})
        assert log.touchpoint_types == ["Add to Cart", "Page viewed", "Purchase"]
        assert (log.n_touchpoints, log.n_journeys) == (5, 2)
        found = journey.journeys(log)
        # 1501583974 is 10:39:34; the purchase came 30.5 s into the visit of a day later.
        assert found["first_at"].min() == pd.Timestamp("2017-08-01 10:39:34", tz="UTC")
        assert found["last_at"].max() == pd.Timestamp("2017-08-02 10:40:04.5", tz="UTC")
        assert np.nanmax(log.origin.shards[0].numbers["value"]) == 18.99
        note = "lists and objects not looked into: 'totals', 'hits.product'"
        assert f"sessions.jsonl: {note}" in log.report.notes

    def test_a_revenue_that_is_no_number_is_shown(self, imported):
        bought = {**BOUGHT, "transaction": {"transactionId": "T1", "transactionRevenue": "n.a."}}
        sold = session("0003", 1501670374, hit(1, 0, **bought))
        log = imported({"sessions.jsonl": lines(*SESSIONS, sold)})
        assert np.nanmax(log.origin.shards[0].numbers["value"]) == 18.99
        assert "n.a." in " ".join(log.report.notes)

    def test_parquet_gives_the_same(self, imported, tmp_path):
        path = tmp_path / "sessions.parquet"
        pq.write_table(pa.Table.from_pylist(SESSIONS), path)
        other = imported({"sessions.jsonl": lines(*SESSIONS)})
        assert read_touchpoints(path).n_touchpoints == other.n_touchpoints == 5

    def test_sessions_without_hits_are_visits(self, imported):
        bare = [{k: v for k, v in one.items() if k != "hits"} for one in SESSIONS]
        log = imported({"sessions.jsonl": lines(*bare)})
        assert (log.touchpoint_types, log.n_touchpoints) == (["Visit"], 3)

    def test_lists_as_python_writes_them_give_the_same(self, imported):
        python = [{**one, "hits": str(one["hits"])} for one in SESSIONS]
        log = imported({"sessions.jsonl": lines(*python)})
        assert log.fingerprint == imported({"sessions.jsonl": lines(*SESSIONS)}).fingerprint
        assert "'hits' is written as Python does, and read so" in " ".join(log.report.notes)

    def test_hits_laid_out_flat_count_from_the_start_of_their_session(self, imported):
        text = table(
            "fullVisitorId,visitId,visitStartTime,hitNumber,time,type,pagePath,eventAction",
            "0001,1501583974,1501583974,1,0,PAGE,/home,",
            "0001,1501583974,1501583974,2,61000,EVENT,/home,Add to Cart",
        )
        log = imported({"hits.csv": text})
        assert log.touchpoint_types == ["Add to Cart", "Page viewed"]
        assert journey.journeys(log)["last_at"].max() == pd.Timestamp(
            "2017-08-01 10:40:35", tz="UTC"
        )

    def test_lists_that_nobody_can_read_are_told(self, imported):
        broken = [{**one, "hits": str(one["hits"])[:-5]} for one in SESSIONS]
        log = imported({"sessions.jsonl": lines(*broken)})
        assert (log.touchpoint_types, log.n_touchpoints) == (["Visit"], 3)
        assert "not looked into: 'totals', 'hits'" in " ".join(log.report.notes)


@pytest.mark.parametrize(
    ("header", "row", "currency"),
    [
        ("Campaign,Day,Impr.,Clicks,Cost (EUR)", "Brand,2024-01-02,100,5,12.50", "EUR"),
        ("Campaign name,Day,Impressions,Amount spent (USD)", "Brand,2024-01-02,9,12.50", "USD"),
        ("Kampagne;Tag;Impressionen;Klicks;Kosten (€)", "Brand;02.01.2024;100;5;12,50", "EUR"),
        (
            "Name der Kampagne;Tag;Impressionen;Ausgegebener Betrag (CHF)",
            "Brand;2024-01-02;100;12,50",
            "CHF",
        ),
        ("Date,Campaign,Spend (SEK),Clicks", "2024-01-02,Brand,12.50,5", "SEK"),
        ("date,channel,cost in GBP", "2024-01-02,Paid Search,12.50", "GBP"),
        ("Campaign,Day,Impr.,Cost ($)", "Brand,2024-01-02,100,12.50", None),
        ("Campaign,Day,Impr.,Cost (EUR),Currency", "Brand,2024-01-02,100,12.50,DKK", "DKK"),
    ],
)
def test_a_header_names_the_currency_of_costs(imported, header, row, currency):
    events = "account_id,time,event\na,2024-01-02 10:00,Ad\na,2024-01-03 10:00,Demo\n"
    costs = imported({"events.csv": events, "costs.csv": table(header, row)}).costs
    assert costs["cost"].tolist() == [12.5]
    found = costs["currency"].tolist()[0]
    assert (None if pd.isna(found) else found) == currency


def test_a_list_of_users_and_their_events_are_no_webinar(imported):
    users = "email,registered_at,joined_at,plan\na@x.com,2024-01-02,2024-01-03,Pro\n"
    assert imported({"users.csv": users}).touchpoint_types == ["joined_at", "registered_at"]
    rows = "".join(
        f"u{n % 20}@x.com,{('Seen', 'Used')[n % 2]},2024-02-{n // 4 + 1:02},2024-01-02,2024-01-03\n"
        for n in range(80)
    )
    head = "email,event,event_time,registered_at,joined_at\n"
    log = imported({"events.csv": head + rows})
    assert (log.n_touchpoints, log.touchpoint_types) == (80, ["Seen", "Used"])
