"""Joins of ids over several files: what is followed, what is not and why, what rules change."""

import pyarrow.parquet as pq
import pytest

from journey.definitions import Definitions, dumps
from journey.errors import StoreError
from journey.ingest.identity import LINKS_FILE, ROWS_FILE, find_id_columns, opened_identity
from journey.ingest.identity.explain import joins_by_kind, links_of
from journey.ingest.identity.preview import effect_of, effects_by_join, switched
from journey.ingest.identity.unsafe import find_warnings
from journey.rules.identity import Cut, IdentityRules


@pytest.fixture
def by_rules(imported, tmp_path):
    """Import files by identity rules; gives how many touchpoints each account has."""

    def run(files, **rules):
        path = tmp_path / f"rules-{len(list(tmp_path.iterdir()))}.toml"
        path.write_text(dumps(Definitions(identity=IdentityRules(**rules))), encoding="utf-8")
        return imported(files, definitions=str(path))

    return run


def accounts(log):
    names = log.origin.dictionaries["account_id"].to_pylist()
    return dict(zip(names, log.origin.shards[0].lengths.tolist(), strict=True))


def people(log):
    return sorted(p for p in log.origin.dictionaries["person_id"].to_pylist() if p is not None)


def noted(log, *words):
    """Tell whether one note of the report has all of these words."""
    return any(all(word in note for word in words) for note in log.report.notes)


def folder(tmp_path):
    return next(path.parent for path in tmp_path.rglob(ROWS_FILE))


def links(tmp_path):
    rows = pq.read_table(folder(tmp_path) / LINKS_FILE).to_pylist()
    return {(row["left_id"], row["right_id"]): row for row in rows}


# The visitor x fills in a form as Ann; the CRM knows Ann as lead 7, then as contact 3 of Acme.
CONVERSION = {
    "web.csv": "anonymous_id,email,time,event\n"
    "x,,2026-01-01,Visit\nx,Ann@private.example,2026-01-02,Form\n",
    "leads.csv": "lead_id,time,event\n7,2026-01-03,Lead created\n",
    "tasks.csv": "contact_id,account_id,time,event\n3,Acme,2026-02-01,Call\n",
    "conversion.csv": "lead_id,converted_contact_id,email\n7,3,ann@private.example\n",
}


class TestPeople:
    def test_lead_and_contact_are_one_person_once_a_row_carries_both(self, imported, tmp_path):
        log = imported(CONVERSION)
        assert people(log) == ["ann@private.example"]
        # Two visits, the lead and the call: Ann's account is the one of contact 3.
        assert accounts(log) == {"Acme": 4}
        found = links(tmp_path)
        assert {found[pair]["how"] for pair in found if "3" in pair} == {"email", "crm", "account"}
        assert found["3", "Acme"]["file"] == "tasks.csv"
        assert str(found["x", "ann@private.example"]["first_at"]) == "2026-01-02 00:00:00"

    def test_without_the_conversion_they_stay_apart(self, imported):
        files = {name: text for name, text in CONVERSION.items() if name != "conversion.csv"}
        assert accounts(imported(files)) == {"7": 1, "Acme": 1, "private.example": 2}

    def test_a_leads_number_is_not_a_contacts(self, imported):
        log = imported(
            {
                "leads.csv": "lead_id,time,event\n7,2026-01-03,Lead\n8,2026-01-03,Lead\n",
                "tasks.csv": "contact_id,time,event\n7,2026-02-01,Call\n",
            }
        )
        assert accounts(log) == {"7": 1, "7 (lead)": 1, "8": 1}

    def test_a_lead_may_become_a_contact_of_its_own_number(self, imported):
        log = imported(
            {
                "leads.csv": "lead_id,time,event\n7,2026-01-03,Lead\n",
                "tasks.csv": "contact_id,time,event\n7,2026-02-01,Call\n",
                "conversion.csv": "lead_id,converted_contact_id\n7,7\n",
            }
        )
        assert accounts(log) == {"7": 2}

    def test_a_column_of_leads_or_contacts_says_which_on_each_row(self, imported):
        # Members 1 and 2 are the lead 7 and the contact 7; the call is with the contact.
        log = imported(
            {
                "members.csv": "member,lead_id,contact_id,time,event\n"
                "1,7,,2026-01-03,Sent\n2,,7,2026-01-03,Sent\n",
                "tasks.csv": "contact_id,time,event\n7,2026-02-01,Call\n",
            },
            columns_by_file={
                "members.csv": {
                    "person_id": ["contact_id", "lead_id"],
                    "occurred_at": ["time"],
                    "touchpoint": ["event"],
                    "account_id": [],
                }
            },
        )
        assert accounts(log) == {"7": 2, "7 (lead)": 1}

    def test_a_user_of_ours_on_a_call_is_nobody_of_the_customers(self, imported):
        # rep7 calls Ann and Bob; only the user of the website is Ann.
        log = imported(
            {
                "calls.csv": "email,user_id,time,event\n"
                "ann@gmail.com,rep7,2026-02-01,Call\nbob@gmail.com,rep7,2026-02-02,Call\n",
                "web.csv": "anonymous_id,email,user_id,time,event\n"
                "x,ann@gmail.com,u1,2026-02-03,Login\ny,,u1,2026-02-04,Visit\n",
            }
        )
        assert accounts(log) == {"ann@gmail.com": 3, "bob@gmail.com": 1}

    def test_a_table_of_people_gives_the_user_of_an_address(self, imported):
        log = imported(
            {
                "tracks.csv": "user_id,time,event\nu1,2026-02-01,Login\n",
                "mails.csv": "email,time,event\nann@gmail.com,2026-02-01,Opened\n",
                "users.csv": "user_id,email,plan\nu1,ann@gmail.com,Pro\n",
            }
        )
        assert accounts(log) == {"ann@gmail.com": 2}

    def test_leads_and_people_are_one_where_there_are_no_contacts(self, imported):
        log = imported(
            {
                "leads.csv": "lead_id,time,event\n7,2026-01-03,Lead\n",
                "people.csv": "person_id,time,event\n7,2026-02-01,Call\n",
            }
        )
        assert accounts(log) == {"7": 2}

    def test_the_person_is_called_by_the_smallest_address(self, imported):
        log = imported(
            {
                "a.csv": "contact_id,email,time,event\n"
                "1,zoe@gmail.com,2026-01-02,Ad\n1,ann@gmail.com,2026-01-03,Ad\n"
                "1,,2026-01-04,Ad\n"
            }
        )
        assert accounts(log) == {"ann@gmail.com": 3}

    def test_facts_of_people_follow_them(self, imported):
        log = imported(
            {
                "tasks.csv": "contact_id,time,event\n3,2026-02-01,Call\n",
                "web.csv": "email,time,event\nann@gmail.com,2026-02-01,Visit\n",
                "contacts.csv": "contact_id,email,role\n3,ann@gmail.com,Buyer\n",
            }
        )
        assert people(log) == ["ann@gmail.com"]
        assert log.origin.people["role"].to_pylist()[:1] == ["Buyer"]

    def test_visit_lead_contact_and_account_in_a_vendors_files(self, imported):
        log = imported(
            {
                "web.csv": "anonymous_id,email,time,event\n"
                "v1,,2025-12-30T10:00:00Z,Visit\nv1,ann@acme.com,2026-01-02T09:59:00Z,Form\n",
                "leads.csv": "Id,LastName,Email,Company,Status,LeadSource,CreatedDate,IsConverted,"
                "ConvertedDate,ConvertedContactId,ConvertedAccountId\n"
                "00QA,Ann,ann@acme.com,Acme,Open,Web,2026-01-02T10:00:00Z,true,"
                "2026-02-01T10:00:00Z,003C,001D\n"
                "00QB,Bo,bo@gmail.com,Self,Open,Web,2026-01-03T10:00:00Z,false,,,\n",
                "members.csv": "Id,CampaignId,LeadId,ContactId,Status,HasResponded,"
                "FirstRespondedDate,CreatedDate\n"
                "00v1,701A,00QA,,Sent,false,,2026-01-05T10:00:00Z\n"
                "00v2,701A,00QB,,Responded,true,2026-01-07,2026-01-05T10:00:00Z\n"
                "00v3,701B,,003C,Sent,false,,2026-03-05T10:00:00Z\n",
            }
        )
        # Ann: two visits, lead created and converted, two campaigns. Bo: a lead, one campaign.
        assert accounts(log) == {"001D": 6, "bo@gmail.com": 2}
        assert people(log) == ["ann@acme.com", "bo@gmail.com"]

    def test_row_order_changes_nothing(self, imported, tmp_path):
        rows = [
            f"v{n % 5},p{n % 7}@mail{n % 3}.example,{n % 4},2026-01-{n + 1:02}" for n in range(28)
        ]
        head = "anonymous_id,email,user_id,time\n"
        mixed = rows[::2] + rows[1::2][::-1]
        logs = [
            imported({"a.csv": head + "\n".join(order) + "\n"}, columns={"touchpoint": ["user_id"]})
            for order in (rows, mixed)
        ]
        assert accounts(logs[0]) == accounts(logs[1])
        stored = [pq.read_table(path) for path in sorted(tmp_path.rglob(LINKS_FILE))]
        assert stored[0].equals(stored[1])


class TestKindsAreApart:
    def test_a_person_and_an_account_of_one_number(self, imported):
        log = imported(
            {
                "crm.csv": "account_id,time,event\n1001,2026-01-01,Call\n",
                "web.csv": "user_id,time,event\n1001,2026-01-02,Login\n",
            }
        )
        assert accounts(log) == {"1001": 1, "1001 (person)": 1}
        assert noted(log, "which are kept apart: 1,", "1001 (person)")

    def test_a_visitor_a_person_and_a_name_that_is_taken(self, imported):
        log = imported(
            {
                "crm.csv": "account_id,time,event\n5 (visitor),2026-01-01,Call\n",
                "web.csv": "user_id,anonymous_id,time,event\n"
                "5,,2026-01-02,Login\n,5,2026-01-02,Visit\n",
            }
        )
        assert accounts(log) == {"5": 1, "5 (visitor)": 1, "5 (visitor) (visitor)": 1}

    def test_an_account_named_by_its_domain_is_that_company(self, imported):
        log = imported(
            {
                "crm.csv": "account_id,time,event\nacme.com,2026-01-01,Call\n",
                "web.csv": "email,time,event\nann@news.acme.com,2026-01-02,Login\n",
            }
        )
        assert accounts(log) == {"acme.com": 2}


class TestDomains:
    def test_hosts_of_one_registered_domain_are_one_company(self, imported):
        log = imported(
            {
                "a.csv": "email,time,event\n"
                "a@sub.acme.co.uk,2026-01-01,Ad\nb@acme.co.uk,2026-01-01,Ad\n"
                "c@other.co.uk,2026-01-01,Ad\nd@co.uk,2026-01-01,Ad\n"
            }
        )
        assert accounts(log) == {"acme.co.uk": 2, "d@co.uk": 1, "other.co.uk": 1}

    def test_the_account_that_says_its_domain_is_the_domains(self, imported):
        log = imported(
            {
                "web.csv": "email,time,event\nann@eu.acme.com,2026-01-01,Ad\n",
                "crm.csv": "account_id,time,event\nA1,2026-01-02,Call\n",
                "accounts.csv": "account_id,website\nA1,https://www.acme.com/start\n",
            }
        )
        assert accounts(log) == {"A1": 2}

    def test_colleagues_of_two_accounts_leave_the_domain_by_itself(self, imported, tmp_path):
        log = imported(
            {
                "web.csv": "email,time,event\ncy@acme.com,2026-01-01,Ad\n",
                "crm.csv": "account_id,email,time,event\n"
                "A1,ann@acme.com,2026-01-02,Call\nA2,bob@acme.com,2026-01-02,Call\n",
            }
        )
        assert accounts(log) == {"A1": 1, "A2": 1, "acme.com": 1}
        assert links(tmp_path)["acme.com", "A1"]["status"] == "several accounts"

    def test_who_has_addresses_at_two_companies_is_in_neither(self, imported, tmp_path):
        log = imported(
            {
                "a.csv": "contact_id,email,time,event\n"
                "1,ann@acme.com,2026-01-01,Ad\n1,ann@beta.com,2026-01-02,Ad\n"
            }
        )
        assert accounts(log) == {"ann@acme.com": 2}
        assert links(tmp_path)["ann@beta.com", "beta.com"]["status"] == "several companies"

    def test_more_domains_can_be_called_free(self, by_rules):
        files = {"a.csv": "email,time,event\nann@isp.example,2026-01-01,Ad\n"}
        assert accounts(by_rules(files)) == {"isp.example": 1}
        assert accounts(by_rules(files, free_mail_domains=("isp.example",))) == {
            "ann@isp.example": 1
        }


SHARED = {
    "a.csv": "anonymous_id,email,time,event\nx,info@acme.com,2026-01-01,Form\nx,,2026-01-02,Visit\n"
}


class TestGuards:
    def test_a_shared_address_joins_no_visitor(self, by_rules, tmp_path):
        # The form belongs to the company, the visit to nobody known.
        log = by_rules(SHARED)
        assert accounts(log) == {"acme.com": 1, "x": 1}
        assert links(tmp_path)["x", "info@acme.com"]["status"] == "shared address"
        assert noted(log, "look shared", "info@acme.com")

    def test_a_shared_address_leaves_the_ids_beside_it_apart(self, by_rules):
        text = "contact_id,email,time,event\n"
        files = {"a.csv": f"{text}c1,info@acme.com,2026-01-01,Ad\nc2,info@acme.com,2026-01-02,Ad\n"}
        log = by_rules(files)
        assert people(log) == ["c1", "c2"]
        # Who reads the address of a company is of that company.
        assert accounts(log) == {"acme.com": 2}
        assert noted(log, "by which nobody is joined", "info@acme.com")
        assert not noted(log, "stand as one person")
        assert people(by_rules(files, trusted_addresses=("info@acme.com",))) == ["info@acme.com"]
        assert accounts(by_rules(files, off=("domain",))) == {"c1": 1, "c2": 1}

    def test_visits_belong_to_the_id_beside_a_shared_address(self, by_rules):
        log = by_rules(
            {
                "a.csv": "anonymous_id,user_id,email,time,event\n"
                "x1,u6,info@acme.com,2026-01-01,Form\nx2,u7,info@acme.com,2026-01-02,Form\n"
                "x1,,,2026-01-03,Visit\nx2,,,2026-01-04,Visit\n"
            }
        )
        assert people(log) == ["u6", "u7"]
        assert accounts(log) == {"acme.com": 4}

    def test_a_shared_address_that_stands_as_a_person_is_told(self, by_rules):
        # Without a visit the user may be one of our own, so that the address alone is left.
        log = by_rules(
            {
                "a.csv": "user_id,email,time,event\n"
                "u6,info@acme.com,2026-01-01,Ad\nu7,info@acme.com,2026-01-02,Ad\n"
            },
        )
        assert people(log) == ["info@acme.com"]
        assert noted(log, "stand as one person", "2 touchpoints", "info@acme.com")

    def test_people_described_by_a_shared_address_stay_apart(self, by_rules):
        log = by_rules(
            {
                "web.csv": "contact_id,time,event\nc1,2026-01-01,Ad\nc2,2026-01-02,Ad\n",
                "crm.csv": "email,contact_id,role\ninfo@acme.com,c1,Buyer\ninfo@acme.com,c2,User\n",
            }
        )
        names = log.origin.dictionaries["person_id"].to_pylist()
        roles = dict(zip(names, log.origin.people["role"].to_pylist(), strict=True))
        assert (roles["c1"], roles["c2"]) == ("Buyer", "User")

    def test_a_trusted_address_does(self, by_rules):
        assert accounts(by_rules(SHARED, trusted_addresses=("info@acme.com",))) == {"acme.com": 2}

    @pytest.mark.parametrize("told", ["front", "front@acme.com"])
    def test_more_addresses_can_be_called_shared(self, by_rules, told):
        files = {"a.csv": SHARED["a.csv"].replace("info@", "front@")}
        assert accounts(by_rules(files)) == {"acme.com": 2}
        assert accounts(by_rules(files, shared_addresses=(told,))) == {"acme.com": 1, "x": 1}

    def test_an_address_of_many_contacts_joins_none(self, by_rules, tmp_path):
        rows = "".join(f"{n},family@gmail.com,2026-01-0{n},Ad\n" for n in range(1, 5))
        files = {"a.csv": f"contact_id,email,time,event\n{rows}"}
        assert len(accounts(by_rules(files))) == 1
        log = by_rules(files, max_ids_per_address=3)
        # The row says the address, so that is the person; the contacts don't join each other.
        assert {row["status"] for row in links(tmp_path).values()} >= {"followed"}
        assert noted(log, "unusually many others")

    def test_a_kiosk_is_kept_and_told(self, imported, tmp_path):
        rows = "".join(f"k,p{n}@gmail.com,2026-01-0{n},Order\n" for n in range(1, 4))
        log = imported({"a.csv": f"anonymous_id,email,time,event\n{rows}k,,2026-01-09,Visit\n"})
        assert accounts(log)["k"] == 1
        assert noted(log, "Visitors used by several people", ": 1,")
        assert links(tmp_path)["k", "p1@gmail.com"]["status"] == "shared device"

    def test_a_person_of_two_accounts_belongs_to_the_clear_one(self, by_rules, tmp_path):
        text = "account_id,email,time,event\nA,z@gmail.com,2026-01-01,Ad\n"
        text += (
            "B,z@gmail.com,2026-01-02,Ad\nB,z@gmail.com,2026-01-03,Ad\n,z@gmail.com,2026-01-04,Ad\n"
        )
        # B has two of three rows: 67 % are enough at 60 %, not at 70 %.
        assert accounts(by_rules({"a.csv": text})) == {"A": 1, "B": 3}
        assert links(tmp_path)["z@gmail.com", "A"]["status"] == "another account has more rows"
        log = by_rules({"a.csv": text}, least_account_share=0.7)
        assert accounts(log) == {"A": 1, "B": 2, "z@gmail.com": 1}
        assert noted(log, "several accounts, none clearly")


class TestRules:
    @pytest.mark.parametrize(
        ("off", "expected"),
        [
            ("identify", {"Acme": 3, "x": 1}),
            # Without e-mail, Ann of the form is no contact; her address is of private.example.
            ("email", {"Acme": 2, "private.example": 2}),
            ("account", {"Acme": 1, "private.example": 3}),
            ("domain", {"Acme": 4}),
        ],
    )
    def test_a_kind_of_join_can_be_switched_off(self, by_rules, off, expected):
        assert accounts(by_rules(CONVERSION, off=(off,))) == expected

    @pytest.mark.parametrize(
        "cut",
        [
            Cut("visitor", "x", "email", "ann@private.example"),
            Cut("email", "ann@private.example", "visitor", "x"),
            Cut("visitor", "x"),
        ],
    )
    def test_a_single_link_or_a_whole_device_can_be_cut(self, by_rules, cut, tmp_path):
        assert accounts(by_rules(CONVERSION, cuts=(cut,))) == {"Acme": 3, "x": 1}
        assert links(tmp_path)["x", "ann@private.example"]["status"] == "cut"

    def test_a_cut_domain_joins_nobody(self, by_rules):
        files = {
            "a.csv": "email,time,event\nann@acme.com,2026-01-01,Ad\nbo@beta.com,2026-01-01,Ad\n"
        }
        log = by_rules(files, cuts=(Cut("domain", "acme.com"),))
        assert accounts(log) == {"ann@acme.com": 1, "beta.com": 1}

    def test_what_is_off_stays_off_by_name_of_the_kind(self):
        rules = switched(IdentityRules(off=("domain",)), "identify", on=False)
        assert rules.off == ("identify", "domain")
        assert switched(rules, "domain", on=True).off == ("identify",)


class TestKept:
    def test_nothing_is_kept_where_every_row_has_its_account(self, imported, tmp_path):
        imported({"a.csv": "account_id,time,event\nA,2026-01-01,Ad\n"})
        assert not list(tmp_path.rglob(LINKS_FILE))
        with opened_identity(tmp_path) as connection:
            assert connection is None

    def test_the_preview_is_what_an_import_makes(self, by_rules, tmp_path):
        by_rules(CONVERSION)
        place = folder(tmp_path)
        for off in ((), ("identify",), ("email",), ("account", "domain")):
            log = by_rules(CONVERSION, off=off)
            kinds = log.origin.accounts.column_names
            known = log.origin.accounts["known as"].to_pylist() if kinds else ["company"]
            with opened_identity(place) as connection:
                effect = effect_of(connection, IdentityRules(off=off))
            assert effect.n_journeys == log.n_journeys
            assert effect.n_people == len(people(log))
            assert effect.n_accounts == (known.count("company") if kinds else log.n_journeys)
            assert effect.n_touchpoints == log.n_touchpoints == 4

    def test_what_is_broken_is_told(self, imported, tmp_path):
        imported(SHARED)
        (folder(tmp_path) / LINKS_FILE).write_bytes(b"no parquet")
        with (
            pytest.raises(StoreError, match="How ids were joined"),
            opened_identity(folder(tmp_path)),
        ):
            pass

    def test_the_effect_of_each_join(self, imported, tmp_path):
        imported(CONVERSION)
        with opened_identity(folder(tmp_path)) as connection:
            effects = effects_by_join(connection, IdentityRules())
        without, with_it = effects["identify"]
        # Only the first visit has no person of its own.
        assert (without.n_with_person, with_it.n_with_person) == (3, 4)
        assert effects["crm"][0] == effects["crm"][1]

    def test_the_links_of_an_id_lead_to_its_account(self, imported, tmp_path):
        imported(CONVERSION)
        with opened_identity(folder(tmp_path)) as connection:
            found = links_of(connection, "x")
            assert links_of(connection, "nobody").empty
            assert links_of(connection, "'; DROP TABLE identity_links --").empty
            joins = joins_by_kind(connection)
        assert found.iloc[0][["left_id", "right_id"]].tolist() == ["x", "ann@private.example"]
        assert "Acme" in set(found["right_id"])
        assert set(found["status"]) == {"followed"}
        assert dict(zip(joins["how"], joins["n_links"], strict=True))["identify"] == 1

    def test_warnings_are_found_again_in_what_is_kept(self, imported, tmp_path):
        imported(SHARED)
        with opened_identity(folder(tmp_path)) as connection:
            (warning,) = find_warnings(connection)
        assert (warning.status, warning.n_ids) == ("shared address", 1)
        assert warning.examples == ("info@acme.com",)


def test_id_columns_are_found_by_their_headers():
    names = {"Email Address": "Email Address", "Lead ID": "Lead ID", "Website": "Website", "x": "x"}
    found = find_id_columns(names, [("lead_id",), ("ContactId",), ("email",)])
    assert found.email == ("Email Address",)
    assert (found.lead, found.domain) == (("Lead ID",), ("Website",))
    assert (found.lead_files, found.are_leads_apart) == ((0,), True)
    assert not find_id_columns(names, [("lead_id",)]).are_leads_apart
