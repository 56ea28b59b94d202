"""Tables of purchases that no vendor's preset knows: who bought when, for how much.

They name no event, since each row is one. A row for each item of an order is one purchase, whose
amount is that of its items together.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

import duckdb

from journey.ingest.columns.roles import left_out_of
from journey.ingest.columns.synonyms import DATE_WORDS, named, plain
from journey.ingest.formats.held import make_changeable, sampled
from journey.ingest.formats.table import SOURCE_ROW, Aside, RawTable, unique_names
from journey.ingest.sql import identifier, literal
from journey.ingest.texts.standardize import number_sql
from journey.report import MOST_EXAMPLES

_QUANTITY: Final = re.compile(
    r"(?:^|_)(quantity|qty|units|menge|anzahl|stückzahl|quantité|cantidad|quantità|quantidade|aantal"
    r"|ilość|antal|adet|количество)(?:_|$)|数量|數量|個数|수량|จำนวน"
)
_PRICE: Final = re.compile(
    r"(?:^|_)(price|amount|spend|sales|revenue|total|value|preis|betrag|umsatz|prix|montant|precio"
    r"|importe|prezzo|importo|preço|prijs|bedrag|cena|kwota|pris|belopp|fiyat|tutar|цена|сумма)"
    r"(?:_|$)|価格|金額|价格|金额|單價|单价|가격|금액|ราคา|ยอด"
)
_ORDER: Final = re.compile(
    r"^(invoice|order|transaction|receipt|basket|bill|sale|purchase|bestellung|rechnung|commande"
    r"|facture|pedido|factura|ordine|fattura|fatura)(?:_?(id|no|nr|number|num|key|nummer))?$"
)
_BOUGHT: Final = re.compile(
    r"(?:^|_)(purchase|order|invoice|transaction|spend|sale|sales|basket|bought|bestell|kauf|achat"
    r"|commande|compra|pedido|acquisto|ordine)"
)
_GOODS_ID: Final = re.compile(r"^(?:article|product|sku|stock|item)_?(?:id|no|nr|number|code|key)$")
_MAIL: Final = re.compile(r"(?:^|_)e?_?mail(?:_|$)")
_OF_ORDER: Final = re.compile(r"(?:^|_)(?:order_(?:total|amount|value)|grand_total|total_order)")
"""Amounts that stand for the whole order on each of its items."""
_PEOPLE: Final = ("account_id", "person_id")
_GOODS: Final = ("description", "name", "title", "label", "category")
_SURE: Final = 0.5
_SHOWN: Final = 120

PURCHASE, RETURN = "Purchase", "Return"


@dataclass(frozen=True)
class _Columns:
    """The headers of a table of purchases, by what they hold."""

    order: str | None
    quantity: str | None
    price: str
    who: str

    @property
    def is_price_each(self) -> bool:
        """The price is that of one piece."""
        name = plain(self.price)
        return bool(self.quantity) and ("unit" in name or (bool(self.order) and "price" in name))


def as_purchases(
    connection: duckdb.DuckDBPyConnection, table: RawTable, *, keep_repeats: bool
) -> RawTable:
    """Name the events of a table of purchases; any other table is given back as it is.

    Rows with a negative quantity or amount are returns. Of the items of one order the first row
    stays, with the amount of all, unless the user keeps repeats.
    """
    found = _find(connection, table)
    if found is None:
        return table
    event, value = unique_names(["touchpoint", "order_value"], taken=table.columns)
    raw = identifier(table.table)
    price = number_sql(identifier(found.price))
    quantity = number_sql(identifier(found.quantity)) if found.quantity else "NULL"
    is_return = f"coalesce({quantity}, 0) < 0 OR coalesce({price}, 0) < 0"
    amount = f"{price} * {quantity}" if found.is_price_each else price
    make_changeable(connection, table.table)
    for name in (event, value):
        connection.execute(f"ALTER TABLE {raw} ADD COLUMN {identifier(name)} VARCHAR")
    connection.execute(
        f"UPDATE {raw} SET {identifier(value)} = round({amount}, 4), {identifier(event)} = "
        f"CASE WHEN {is_return} THEN {literal(RETURN)} ELSE {literal(PURCHASE)} END"
    )
    aside = (
        _merge_items(connection, table, found, value) if found.order and not keep_repeats else []
    )
    # A price that is told again by the value of the order would pass for what a touch cost.
    kept = [h for h in table.columns if found.is_price_each or h != found.price]
    return replace(
        table,
        columns=(*kept, event, value),
        n_rows=table.n_rows - sum(one.n_rows for one in aside),
        notes=(*table.notes, f"no column names an event: rows are purchases, by {found.price!r}"),
        aside=(*table.aside, *aside),
    )


def _merge_items(
    connection: duckdb.DuckDBPyConnection, table: RawTable, found: _Columns, value: str
) -> list[Aside]:
    """Leave the first row of each order, with the amount of all its items."""
    raw, key, amount = (identifier(name) for name in (table.table, found.order or "", value))
    person = f"nullif(trim({identifier(found.who)}), '')"
    added = "max" if _OF_ORDER.search(plain(found.price)) else "sum"
    # Numbers of receipts begin again in each shop, so those of two people are two orders.
    buyer = f"coalesce({person}, min({person}) OVER (PARTITION BY {key}), '')"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE items AS SELECT item_row, ordered, "
        "min(item_row) OVER same AS first_row, "
        f"round({added}(TRY_CAST(amount AS DOUBLE)) OVER same, 4)::VARCHAR AS total "
        f"FROM (SELECT {SOURCE_ROW} AS item_row, {key} AS ordered, {amount} AS amount, "
        f"{buyer} AS buyer FROM {raw} WHERE trim(coalesce({key}, '')) <> '') "
        "WINDOW same AS (PARTITION BY ordered, buyer) QUALIFY count(*) OVER same > 1"
    )
    others = "FROM items WHERE item_row <> first_row"
    text = "''" if found.order in left_out_of(table) else f"left(ordered, {_SHOWN})"
    rows = connection.execute(
        f"SELECT item_row, {text}, count(*) OVER () {others} ORDER BY 1 LIMIT {MOST_EXAMPLES}"
    ).fetchall()
    connection.execute(
        f"UPDATE {raw} SET {amount} = total FROM items "
        f"WHERE {SOURCE_ROW} = item_row AND item_row = first_row"
    )
    connection.execute(f"DELETE FROM {raw} WHERE {SOURCE_ROW} IN (SELECT item_row {others})")
    connection.execute("DROP TABLE items")
    examples = tuple((int(row), str(text)) for row, text, _ in rows)
    reason = "another item of the same order"
    return [Aside("merged", reason, int(rows[0][2]), examples)] if rows else []


def _find(connection: duckdb.DuckDBPyConnection, table: RawTable) -> _Columns | None:
    """The columns of a table of purchases; None where anything else may be told."""
    headers = table.columns
    names = {header: plain(header) for header in headers}
    if any(named(h, "touchpoint") and name not in _GOODS for h, name in names.items()):
        return None
    dates = [h for h, name in names.items() if DATE_WORDS.search(name)]
    people = [h for role in reversed(_PEOPLE) for h in headers if named(h, role) >= _SURE]
    people += [header for header, name in names.items() if _MAIL.search(name)]
    if len(dates) != 1 or not people:
        return None
    others = [header for header in headers if header not in dates]
    order = next((h for h in others if _ORDER.search(names[h])), None)
    quantity, price = (
        next(
            (h for h in others if kind.search(names[h]) and _holds_numbers(connection, table, h)),
            None,
        )
        for kind in (_QUANTITY, _PRICE)
    )
    is_bought = any(_BOUGHT.search(names[h]) for h in (*dates, order, price) if h)
    is_bought = is_bought or any(_GOODS_ID.search(names[h]) for h in others)
    return (
        _Columns(order, quantity, price, people[0]) if price and (quantity or is_bought) else None
    )


def _holds_numbers(connection: duckdb.DuckDBPyConnection, table: RawTable, header: str) -> bool:
    """Whether most of a column's values are amounts: a spend area is none."""
    ((share,),) = connection.execute(
        f"SELECT avg(({number_sql(identifier(header))} IS NOT NULL)::INT) "
        f"FROM {sampled(connection, table.table, table.n_rows)} "
        f"WHERE trim({identifier(header)}) <> ''"
    ).fetchall()
    return share is not None and share > _SURE
