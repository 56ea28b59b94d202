"""Files that name an order, and the customer only in another file."""

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
