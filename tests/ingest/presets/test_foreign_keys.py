"""Files that name an order, and the customer only in another file."""

from itertools import permutations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from journey.ingest import add_touchpoints, read_touchpoints

ORDERS = "order_id,customer_id,bought_at\no1,c1,2024-01-02\no2,c2,2024-01-03\no3,c1,2024-02-04\n"
REVIEWS = "review_id,order_id,reviewed_on\nr1,o1,2024-01-09\nr2,o3,2024-02-09\nr3,o9,2024-02-09\n"
CUSTOMERS = "customer_id,customer_unique_id,city\nc1,u1,Rio\nc2,u1,Rio\n"


def test_reviews_of_an_order_belong_to_its_customer(imported):
    log = imported({"orders.csv": ORDERS, "reviews.csv": REVIEWS})
    # c1 bought twice and reviewed twice, c2 bought; nobody is known to have ordered o9.
    assert (log.n_journeys, log.n_touchpoints) == (2, 5)
    assert "reviews.csv: 'customer_id' is taken from orders.csv by 'order_id'" in log.report.notes
    file = next(one for one in log.report.files if one.file == "reviews.csv")
    assert (file.n_read, file.n_kept, file.n_set_aside) == (3, 2, 1)


def test_ids_of_one_customer_in_each_order_are_one_journey(imported):
    log = imported({"orders.csv": ORDERS, "customers.csv": CUSTOMERS})
    assert (log.n_journeys, log.n_touchpoints) == (1, 3)


def test_an_id_on_several_rows_of_the_other_file_leads_nowhere(imported):
    twice = ORDERS + "o1,c2,2024-01-05\n"
    report = imported({"orders.csv": twice, "reviews.csv": REVIEWS}).report
    assert "is taken from" not in " ".join(report.notes)


def test_records_with_dates_of_their_own_beside_a_log_are_facts(imported):
    log = imported(
        {
            "log.csv": "company,event,time\nc1,Ad,2024-01-02\nc1,Demo,2024-01-03\n",
            "firms.csv": "company,industry,Last Modified\nc1,Steel,2024-05-05\n"
            "c2,Paper,2024-05-06\n",
        }
    )
    assert (log.n_touchpoints, log.report.n_attributes) == (2, 2)


@pytest.mark.parametrize("key", ["id", "No", "uuid", "key_id", "row_id", "Line No"])
def test_numbers_of_a_tables_own_rows_lead_nowhere(imported, key):
    log = imported(
        {
            "orders.csv": f"{key},account,event,time\n1,A,Ad,2024-01-02\n2,B,Ad,2024-01-03\n",
            "visits.csv": f"{key},visited_on,status\n1,2024-01-05,ok\n2,2024-01-06,ok\n",
        }
    )
    assert "is taken from" not in " ".join(log.report.notes)


CHAIN = {
    "log.csv": "email,event,time\nx@a.com,Ad,2024-01-01\n",
    "carts.csv": "cart_id,email\nk1,x@a.com\nk2,y@b.com\n",
    "ord.csv": "order_id,cart_id,ordered_on\no1,k1,2024-01-02\no2,k2,2024-01-03\n",
    "lines.csv": "order_id,product,shipped_on\no1,Pen,2024-01-04\no2,Ink,2024-01-05\n",
}


@pytest.mark.parametrize("order", list(permutations(list(CHAIN)[1:])))
def test_a_chain_is_followed_whatever_the_order_of_files(imported, order):
    log = imported({name: CHAIN[name] for name in ("log.csv", *order)})
    # Ad, two orders, two shipments; of x and y.
    assert (log.n_journeys, log.n_touchpoints) == (2, 5)
    assert "lines.csv: 'email' is taken from ord.csv by 'order_id'" in log.report.notes


@pytest.mark.parametrize("order", list(permutations(("orders.csv", "payers.csv", "reviews.csv"))))
def test_of_two_files_that_fit_that_which_knows_more_ids_is_taken_and_told(imported, order):
    # Of o1, o3, o9 the orders know two, the payers all.
    payers = "order_id,customer_id,paid_on\n" + "".join(
        f"{order_id},c7,2024-03-01\n" for order_id in ("o1", "o3", "o9")
    )
    files = {"orders.csv": ORDERS, "payers.csv": payers, "reviews.csv": REVIEWS}
    notes = imported({name: files[name] for name in order}).report.notes
    assert (
        "reviews.csv: 'customer_id' is taken from payers.csv by 'order_id'; "
        "not taken, though it would fit: orders.csv by 'order_id'"
    ) in notes


def test_exports_cut_by_month_know_ids_together(imported):
    files = {
        "orders-1.csv": ORDERS,
        "orders-2.csv": "order_id,customer_id,bought_at\no9,c2,2024-02-05\no1,c1,2024-01-02\n",
        "reviews.csv": REVIEWS,
    }
    log = imported(files)
    # o9 is c2's, by the second file; o1 is told twice and counts once.
    assert (log.n_journeys, log.n_touchpoints) == (2, 7)
    assert (
        "reviews.csv: 'customer_id' is taken from orders-1.csv, orders-2.csv by 'order_id'"
    ) in log.report.notes


@pytest.mark.parametrize(
    "kept",
    [
        ORDERS,
        # An event beside the date: rows are kept as they are read.
        "\n".join(f"{line},{('event', 'Order')[n > 0]}" for n, line in enumerate(ORDERS.split())),
    ],
    ids=["wide", "events"],
)
def test_a_file_added_later_takes_the_customer_from_those_kept(tmp_path, kept):
    paths = [tmp_path / name for name in ("orders.csv", "reviews.csv", "more.csv")]
    more = REVIEWS.replace("r1,o1", "r4,o2").replace("r2,o3,2024-02", "r5,o3,2024-03")
    for path, text in zip(paths, (kept, REVIEWS, more), strict=True):
        path.write_text(text)
    once = read_touchpoints(*paths)
    read_touchpoints(paths[0], into=tmp_path / "set")
    add_touchpoints(tmp_path / "set", paths[1])
    log = add_touchpoints(tmp_path / "set", paths[2])
    assert log.fingerprint == once.fingerprint
    # Three orders and four reviews of known ones, by c1 and c2.
    assert (log.n_journeys, log.n_touchpoints) == (2, 7)
    assert "more.csv: 'customer_id' is taken from orders.csv" in " ".join(log.report.notes)


BOUGHT = [f"o{n},c{n % 5},2024-0{n % 6 + 1}-0{n}" for n in range(1, 9)]
WRITTEN = [f"r{n},o{n},2024-08-0{n}" for n in range(1, 9)]


@settings(max_examples=5, deadline=None)
@given(rows=st.permutations(BOUGHT), cut=st.integers(1, 7))
@example(rows=BOUGHT, cut=3)
def test_how_an_export_is_cut_and_in_which_order_its_parts_are_added_changes_nothing(
    tmp_path_factory, rows, cut
):
    folder = tmp_path_factory.mktemp("cut")
    for name, head, held in (
        ("orders_2.csv", "order_id,customer_id,bought_at", rows[:cut]),
        ("orders_1.csv", "order_id,customer_id,bought_at", rows[cut:]),
        ("reviews.csv", "review_id,order_id,reviewed_on", WRITTEN),
    ):
        (folder / name).write_text("\n".join([head, *held, ""]))
    read_touchpoints(folder / "orders_2.csv", into=folder / "set")
    log = add_touchpoints(folder / "set", folder / "orders_1.csv", folder / "reviews.csv")
    # Eight orders and a review of each, by five customers, whatever was known before.
    assert (log.n_journeys, log.n_touchpoints, log.report.n_set_aside) == (5, 16, 0)
    told = "'customer_id' is taken from orders_1.csv, orders_2.csv by 'order_id'"
    assert told in " ".join(log.report.notes)
