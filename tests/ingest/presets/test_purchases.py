"""Tables that name no event, since each row is a purchase."""

import pytest

INVOICES = (
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
    "1,A,LANTERN,2,12/13/2010 8:26,2.50,17850,France\n"
    "1,B,POSTAGE,1,12/13/2010 8:26,1.00,17850,France\n"
    "2,A,LANTERN,3,12/14/2010 9:00,2.50,17850,France\n"
    "C3,A,LANTERN,-1,12/15/2010 9:00,2.50,17850,France\n"
)


def amounts(log):
    (shard,) = log.origin.shards
    return sorted(shard.numbers["value"].tolist())


def test_the_items_of_an_invoice_are_one_purchase_of_their_sum(imported):
    log = imported({"retail.csv": INVOICES})
    assert log.touchpoint_types == ["Purchase", "Return"]
    # 2 * 2.50 + 1.00, 3 * 2.50, and -1 * 2.50 back.
    assert amounts(log) == [-2.5, 6.0, 7.5]
    reasons = {reason.reason: reason.n_rows for reason in log.report.reasons if reason.reason}
    assert reasons == {"another item of the same order": 1}
    assert (log.report.n_read, log.report.n_kept, log.report.n_merged) == (4, 3, 1)
    assert log.definitions.won == ("Purchase",)


def test_a_receipt_number_that_two_customers_have_is_two_orders(imported):
    text = "receipt_no,customer_id,date,quantity,amount\n"
    rows = ["1,A,2026-01-05,1,10", "1,A,2026-01-05,1,2", "1,B,2026-01-06,1,5"]
    log = imported({"shop.csv": text + "\n".join(rows) + "\n"})
    # 10 + 2 of A, 5 of B.
    assert (log.n_journeys, amounts(log)) == (2, [5.0, 12.0])


def test_who_keeps_repeats_keeps_items(imported):
    assert imported({"retail.csv": INVOICES}, dedupe="none").n_touchpoints == 4


@pytest.mark.parametrize(
    "text",
    [
        "customer_id,date,quantity,price\n1,1997-01-01,2,11.77\n1,1997-02-01,1,5\n",
        "customer,purchase_date,spend\n1,12Apr1997,11.77\n1,13May1997,5.00\n",
    ],
)
def test_without_an_order_each_row_is_a_purchase_of_its_amount(imported, text):
    log = imported({"cdnow.csv": text})
    assert (log.touchpoint_types, amounts(log)) == (["Purchase"], [5.0, 11.77])


def test_a_table_that_names_its_events_stays_as_it_is(imported):
    text = "customer,event,order_date,quantity,price\n1,Ad,2024-01-02,1,2\n1,Buy,2024-01-03,1,2\n"
    assert imported({"a.csv": text}).touchpoint_types == ["Ad", "Buy"]


def test_what_the_user_says_of_its_columns_goes_first(imported):
    log = imported({"retail.csv": INVOICES}, columns={"touchpoint": ["Description"]})
    assert log.touchpoint_types == ["LANTERN", "POSTAGE"]


def test_a_column_of_words_is_no_amount(imported):
    log = imported(
        {
            "orders.csv": "case concept:name,case Spend area text,event concept:name,"
            "event time:timestamp\n1,Packaging,Order,02-01-2018 12:53\n"
            "1,Packaging,Pay,13-01-2018 1:00\n"
        }
    )
    assert log.touchpoint_types == ["Order", "Pay"]


def test_words_are_no_amount_of_a_purchase(imported):
    log = imported(
        {"a.csv": "customer,purchase_date,spend area\n1,2024-01-02,Food\n1,2024-01-03,Fuel\n"}
    )
    assert "Purchase" not in log.touchpoint_types


def test_the_total_of_an_order_on_each_of_its_items_counts_once(imported):
    text = (
        "Order Number,Order Date,Email (Billing),Order Total Amount,Item Name,Quantity\n"
        "1,2024-01-02,ann@acme.com,30,Mug,2\n1,2024-01-02,ann@acme.com,30,Pen,1\n"
        "2,2024-01-03,bob@beta.com,5,Pen,1\n"
    )
    log = imported({"orders.csv": text})
    assert (log.touchpoint_types, log.n_touchpoints) == (["Purchase"], 2)
    values = [v for shard in log.origin.shards for v in shard.numbers["value"].tolist()]
    assert sorted(values) == [5, 30]
