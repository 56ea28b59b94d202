"""Costs of campaigns by day, as ad platforms export them in many languages."""

import datetime as dt

import pyarrow.parquet as pq
import pytest

from journey.errors import ColumnsUnclearError

EVENTS = "account_id,time,event\na,2024-01-02 10:00,Ad\na,2024-01-03 10:00,Demo\n"


@pytest.fixture
def costs(imported, tmp_path):
    """Import a cost file beside touchpoints: the costs by row, and the report of the file."""

    def run(text, **options):
        log = imported({"costs.csv": text, "events.csv": EVENTS}, **options)
        (path,) = tmp_path.glob("import-*/data/sources/0001/costs.parquet")
        file = next(one for one in log.report.files if one.file == "costs.csv")
        assert file.n_read == file.n_costs + file.n_set_aside == file.n_rows
        return pq.read_table(path).to_pylist(), file, log.report

    return run


def shown(row):
    names = ("campaign_id", "campaign", "channel", "cost", "currency", "n_impressions", "n_clicks")
    return (row["day"].isoformat() if row["day"] else None, *(row[name] for name in names))


def test_linkedin_costs_have_a_preamble_and_a_total(costs):
    rows, file, _ = costs(
        "Campaign Performance Report (in UTC)\nReport Start: January 1 2024\n\n"
        "Start Date (in UTC),Account Name,Campaign Group Name,Campaign Name,Campaign ID,Currency,"
        "Total Spent,Impressions,Clicks\n"
        '1/2/2024,Acme,Group,Spring,77,EUR,"1,250.50","12,345",9\n'
        '1/3/2024,Acme,Group,Spring,77,EUR,3,"1,000",1\n'
        'Total,,,,,,"1,253.50","13,345",10\n'
    )
    # Month first, as LinkedIn writes whatever the country.
    assert [shown(row) for row in rows] == [
        ("2024-01-02", "77", "Spring", "Paid Social", 1250.5, "EUR", 12345, 9),
        ("2024-01-03", "77", "Spring", "Paid Social", 3.0, "EUR", 1000, 1),
    ]
    assert (file.shape, file.n_costs, file.n_set_aside) == ("costs", 2, 1)


@pytest.mark.parametrize(
    ("header", "total", "kind"),
    [
        (
            "Kampagnenstatus;Kampagne;Budget;Kampagnentyp;Währungscode;Impr.;Klicks;Kosten;Tag",
            "Gesamt: Konto",
            "Suchnetzwerk",
        ),
        (
            "État de la campagne;Campagne;Budget;Type de campagne;Devise;Impr.;Clics;Coût;Jour",
            "Total : compte",
            "Réseau de Recherche",
        ),
        (
            "Estado de la campaña;Campaña;Presupuesto;Tipo de campaña;Moneda;Impr.;Clics;Coste;Día",
            "Total: cuenta",
            "Búsqueda",
        ),
    ],
)
def test_google_costs_in_other_languages(costs, header, total, kind):
    rows, file, _ = costs(
        f"Bericht\n1. Januar 2024 - 31. Januar 2024\n{header}\n"
        f"x;Spring;10,00;{kind};EUR;1.334;12;1.334,46;2024-01-02\n"
        f"x;Spring;10,00;{kind};EUR;--;--;12,5;2024-01-03\n"
        f"{total};--;;;;1.334;12;1.346,96;\n"
    )
    assert [shown(row) for row in rows if row["fault"] is None] == [
        ("2024-01-02", None, "Spring", "Paid Search", 1334.46, "EUR", 1334, 12),
        ("2024-01-03", None, "Spring", "Paid Search", 12.5, "EUR", None, None),
    ]
    assert file.n_set_aside == 1


def test_google_costs_without_days_are_set_aside_with_the_reason(costs):
    rows, file, report = costs(
        "Campaign status,Campaign,Budget,Campaign type,Currency code,Impr.,Clicks,Cost,"
        'Conversions\nEnabled,Spring,10.00,Video,USD,"1,334",12,"1,334.46",0.00\n'
    )
    assert shown(rows[0]) == (None, None, "Spring", "Paid Video", 1334.46, "USD", 1334, 12)
    assert (file.n_costs, file.n_set_aside) == (0, 1)
    assert [r.reason for r in report.reasons if r.file == "costs.csv"] == [
        "no day: add the segment Day to the export"
    ]


def test_the_editors_export_is_utf_16_with_tabs(imported, tmp_path):
    text = (
        "Campaign\tCampaign type\tDay\tImpr.\tClicks\tCost\nSpring\tSearch\t2024-01-02\t5\t1\t2\n"
    )
    folder = tmp_path / "editor"
    folder.mkdir()
    path = folder / "costs.csv"
    path.write_bytes(text.encode("utf-16"))
    events = folder / "events.csv"
    events.write_text(EVENTS, encoding="utf-8")
    log = imported({}, paths=[str(path), str(events)], names=["costs.csv", "events.csv"])
    assert log.report.files[0].n_costs == 1


def test_micros_are_millionths(costs):
    rows, *_ = costs(
        "customer_id,date,id,cost_micros,impressions,clicks,ad_network_type,_fivetran_synced\n"
        "1,2024-01-02,77,36150000,166,49,SEARCH,2024-06-06 10:00:00\n"
    )
    assert shown(rows[0]) == ("2024-01-02", "77", "77", "Paid Search", 36.15, None, 166, 49)
    assert rows[0]["source_system"] == "Google Ads"


def test_a_cost_that_is_no_number_is_set_aside(costs):
    rows, file, report = costs(
        "campaign_id,day,cost_in_local_currency,cost_in_usd,impressions,clicks\n"
        "7,2024-01-02 00:00:00,free,,1,1\n7,2024-01-03 00:00:00,50.2,50.2,1,1\n"
    )
    assert [row["day"] for row in rows if row["fault"] is None] == [dt.date(2024, 1, 3)]
    assert (file.n_costs, file.n_set_aside) == (1, 1)
    (reason,) = (r for r in report.reasons if r.action == "set aside")
    assert (reason.reason, reason.examples[0].row) == ("cost is no number", 1)


LINKEDIN = "Start Date (in UTC),Campaign Name,Campaign ID,Currency,Total Spent,Impressions\n"


@pytest.mark.parametrize(
    ("written", "cost"),
    [
        ("EUR 1,234.56", 1234.56),
        ("12.50 EUR", 12.5),
        ("1,234.56EUR", 1234.56),
        ("kr. 7.50", 7.5),
        ("R$ 7.50", 7.5),
        ("-$12.50", -12.5),
        ("1.5E+3", 1500),
        ("1.5e3 SEK", 1500),
    ],
)
def test_a_currency_beside_a_cost_is_passed_over(costs, written, cost):
    rows, *_ = costs(
        f'{LINKEDIN}1/2/2024,Spring,77,EUR,"{written}",5\n1/3/2024,Spring,77,EUR,3,5\n'
    )
    assert [(row["cost"], row["fault"]) for row in rows] == [(cost, None), (3, None)]


@pytest.mark.parametrize("nothing", ["--", "-", "", "n/a"])
def test_a_cost_that_is_not_given_is_not_zero(costs, nothing):
    rows, file, report = costs(
        f"{LINKEDIN}1/2/2024,Spring,77,EUR,{nothing},5\n1/3/2024,Spring,77,EUR,3,5\n"
    )
    assert [row["cost"] for row in rows if row["fault"] is None] == [3]
    assert (file.n_costs, file.n_set_aside) == (1, 1)
    assert [r.reason for r in report.reasons if r.action == "set aside"] == ["no cost given"]


@pytest.mark.parametrize(("last", "n_notes"), [("2.500", 1), ("12.50", 0)])
def test_costs_that_could_be_thousands_are_told(costs, last, n_notes):
    rows, _, report = costs(
        f"{LINKEDIN}1/2/2024,Spring,77,EUR,1.250,5\n1/3/2024,Spring,77,EUR,{last},5\n"
    )
    assert rows[0]["cost"] == 1.25
    told = [note for note in report.notes if "1.250 is read with decimals" in note]
    assert len(told) == n_notes


def test_costs_alone_are_no_journeys(imported):
    log = imported(
        {"costs.csv": "campaign_id,day,cost_in_usd,impressions\n7,2024-01-02 00:00:00,5,1\n"}
    )
    assert (log.n_journeys, log.report.n_costs) == (0, 1)
    assert log.costs["cost"].tolist() == [5.0]


def test_costs_are_touchpoints_where_the_user_says_so(imported):
    log = imported(
        {"costs.csv": "campaign_id,day,cost_in_usd,impressions\n7,2024-01-02 00:00:00,5,1\n"},
        columns={"account_id": ["campaign_id"], "occurred_at": ["day"], "touchpoint": []},
        presets={"named": "none"},
    )
    assert log.n_touchpoints == 1


def test_costs_of_a_month_are_of_all_its_days_and_have_a_kind(costs):
    rows, file, report = costs(
        "month,kind,channel,campaign,cost,currency\n"
        "2024-02,labour,,Team,290,usd\n2024-02,Software,,CRM,29,USD\n2024-03,,Ads,Spring,-5,USD\n"
        "2024-03,rent,,Office,9,USD\n03/2024,labour,,Team,9,USD\n"
    )
    assert [
        (row["day"].isoformat(), row["last_day"].isoformat(), row["kind"], row["cost"])
        for row in rows
        if row["fault"] is None
    ] == [
        ("2024-02-01", "2024-02-29", "labour", 290.0),
        ("2024-02-01", "2024-02-29", "technology", 29.0),
        ("2024-03-01", "2024-03-31", "campaign", -5.0),
    ]
    assert (file.n_costs, file.n_set_aside) == (3, 2)
    assert {r.reason for r in report.reasons if r.action == "set aside"} == {
        "kind of cost not known: campaign, labour or technology",
        "day not understood",
    }


def test_costs_in_euros_need_no_campaign(costs):
    rows, *_ = costs("month,kind,cost_eur\n2024-02,labour,290\n")
    assert (rows[0]["currency"], rows[0]["kind"], rows[0]["cost"]) == ("EUR", "labour", 290)


def test_meta_writes_the_currency_into_the_header(costs):
    rows, _, report = costs(
        "Reporting starts,Reporting ends,Campaign name,Ad set name,Impressions,Link clicks,"
        "Amount spent (EUR)\n2024-01-02,2024-01-02,Spring,Set 1,1000,12,34.50\n"
    )
    assert [shown(row) for row in rows] == [
        ("2024-01-02", None, "Spring", "Paid Social", 34.5, "EUR", 1000, 12)
    ]
    assert "costs.csv: recognised as Meta Ads costs" in report.notes


def test_costs_of_any_other_platform(costs):
    rows, file, _ = costs(
        "Gregorian date,Campaign,Ad group,Impressions,Clicks,Spend,Currency\n"
        "2024-01-02,Spring,G,1000,12,34.50,GBP\n"
    )
    assert [shown(row) for row in rows] == [
        ("2024-01-02", None, "Spring", None, 34.5, "GBP", 1000, 12)
    ]
    assert (file.n_costs, file.n_set_aside) == (1, 0)


@pytest.mark.parametrize("who", ["cust_uuid", "visitor_key", "hashed_email", "kundennr"])
def test_touches_with_a_cost_are_touchpoints(imported, who):
    rows = "".join(
        f"c{n % 3},2024-01-{n + 1:02},{('Mail', 'Web')[n % 2]},1.5,{int(n == 5)}\n"
        for n in range(9)
    )
    log = imported({"touches.csv": f"{who},date,channel,cost,converted\n{rows}"})
    assert (log.n_touchpoints, log.n_journeys) == (9, 3)
    assert log.touchpoint_types == ["Conversion", "Mail", "Web"]


OF_CLIENTS = "Date,Client,Campaign,Impressions,Clicks,Spend\n"


@pytest.mark.parametrize("client", ["Client", "customer", "Customer Name"])
def test_costs_for_the_clients_of_an_agency_are_costs(costs, client):
    rows, file, _ = costs(
        OF_CLIENTS.replace("Client", client) + "2024-01-02,Acme,Brand,900,12,30.5\n"
        "2024-01-03,Bolt,Brand,400,5,11\n"
    )
    assert (file.shape, file.n_costs) == ("costs", 2)
    assert [(row["cost"], row["n_impressions"]) for row in rows] == [(30.5, 900), (11.0, 400)]


class TestClicksOfClients:
    TEXT = "Date,Client,Campaign,Clicks,Spend\n2024-01-02,Acme,Brand,12,3\n2024-01-03,Acme,X,5,4\n"

    def test_it_is_asked_what_they_are(self, imported):
        with pytest.raises(ColumnsUnclearError, match="Are they costs of advertisements, or what"):
            imported({"clicks.csv": self.TEXT, "events.csv": EVENTS})

    def test_costs_if_the_user_says_so(self, imported):
        log = imported(
            {"clicks.csv": self.TEXT, "events.csv": EVENTS},
            presets={"named": {"clicks.csv": "ad_costs_of_clients"}},
        )
        assert log.costs["cost"].tolist() == [3.0, 4.0]

    def test_touches_of_the_client_if_he_says_so(self, imported):
        told = {"account_id": ["Client"], "touchpoint": ["Campaign"], "occurred_at": ["Date"]}
        log = imported({"clicks.csv": self.TEXT}, columns=told)
        assert (log.n_journeys, log.touchpoint_types) == (1, ["Brand", "X"])
