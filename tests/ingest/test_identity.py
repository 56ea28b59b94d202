import pytest

from journey.ingest.identity import free_mail_domains


def cases(log):
    return log.origin.dictionaries["account_id"].to_pylist()


def test_free_mail_domains_are_clean():
    domains = free_mail_domains()
    assert "gmail.com" in domains
    assert len(set(domains)) == len(domains)
    assert all(domain == domain.strip().lower() and "." in domain for domain in domains)


def test_a_business_domain_is_the_account_and_free_mail_is_not(imported):
    log = imported(
        {
            "a.csv": "email,time,event\n"
            "Ann@Acme.com,2024-01-02,Ad\nbob@acme.com,2024-01-03,Ad\n"
            "cy@gmail.com,2024-01-02,Ad\ndi@gmail.com,2024-01-02,Ad\n"
        }
    )
    assert cases(log) == ["acme.com", "cy@gmail.com", "di@gmail.com"]
    assert any("2 rows" in note and "domain" in note for note in log.report.notes)


def test_an_anonymous_visitor_is_the_one_person_who_used_the_id(imported):
    log = imported(
        {
            "a.csv": "anonymous_id,user_id,time,event\n"
            # x was used by p alone, y by p and q, z by nobody known.
            "x,,2024-01-01,Visit\nx,p,2024-01-02,Login\n"
            "y,p,2024-01-03,Login\ny,q,2024-01-04,Login\ny,,2024-01-05,Visit\n"
            "z,,2024-01-06,Visit\n"
        }
    )
    # p has Visit, Login, Login; q has Login; y and z keep their visits.
    assert cases(log) == ["p", "q", "y", "z"]
    counts = dict(zip(cases(log), log.origin.shards[0].lengths.tolist(), strict=True))
    assert counts == {"p": 3, "q": 1, "y": 1, "z": 1}


@pytest.mark.parametrize("spelling", ["ann@acme.com", " ANN@acme.com "])
def test_a_file_of_people_gives_their_account(imported, spelling):
    log = imported(
        {
            "web.csv": f"email,time,event\n{spelling},2024-01-02,Ad\nbob@acme.com,2024-01-03,Ad\n",
            "contacts.csv": "email,account_id,role\nann@acme.com,A1,Buyer\n",
        }
    )
    # Bob has no account of his own; his only colleague belongs to A1.
    assert cases(log) == ["A1"]
    assert log.origin.people["role"].to_pylist()[:2] == ["Buyer", None]


def test_an_opportunity_without_a_person_is_a_case(imported):
    log = imported({"a.csv": "deal_id,time,event\nd1,2024-01-02,Created\nd1,2024-01-03,Won\n"})
    assert cases(log) == ["d1"]


def test_an_account_the_file_gives_stays(imported):
    log = imported(
        {
            "a.csv": "account_id,email,time,event\n"
            "A,ann@acme.com,2024-01-02,Ad\nB,ann@acme.com,2024-01-03,Ad\n"
            "B,ann@acme.com,2024-01-04,Ad\n,ann@acme.com,2024-01-05,Ad\n"
        }
    )
    # The row without an account goes to B, which most of Ann's rows name.
    counts = dict(zip(cases(log), log.origin.shards[0].lengths.tolist(), strict=True))
    assert counts == {"A": 1, "B": 3}


def test_journeys_say_whose_they_are_where_they_differ(imported):
    log = imported(
        {
            "a.csv": "email,anonymous_id,time,event\n"
            "ann@acme.com,,2024-01-02,Ad\ncy@gmail.com,,2024-01-02,Ad\n,x,2024-01-03,Visit\n"
        }
    )
    kinds = dict(zip(cases(log), log.origin.accounts["known as"].to_pylist(), strict=True))
    assert kinds == {"acme.com": "company", "cy@gmail.com": "person", "x": "visitor"}


def test_journeys_of_one_kind_need_no_such_attribute(imported):
    log = imported({"a.csv": "company,time,event\nacme,2024-01-02,Ad\nbeta,2024-01-02,Ad\n"})
    assert "known as" not in log.origin.accounts.column_names
