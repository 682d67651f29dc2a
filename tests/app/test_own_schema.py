"""An app that brings its own schema: a module in a file, and a store that serves it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sidecar.app.load import load_schema
from sidecar.core.errors import ConflictError, SidecarError, UnknownEventError, ValidationError
from sidecar.core.schema import Schema
from sidecar.store import Committed, Store
from tests.store.acts import assert_sound, commit, find, get, image, new, persona, refused, sql

MODULE = '''
"""A small shop."""

from __future__ import annotations

from pydantic import Field

from sidecar.core.column import integer, json, text
from sidecar.core.errors import ConflictError
from sidecar.core.event import Event
from sidecar.core.schema import Args, Schema, event
from sidecar.core.state import State, Statement, Statements
from sidecar.core.table import Table

products = Table(
    "products",
    {
        "id": text(primary_key=True),
        "title": text(),
        "price": integer(),
        "stock": integer(default=0),
        "tags": json(list[str], default=[]),
    },
    indexes=["price"],
)
orders = Table("orders", {"id": text(primary_key=True), "total": integer()})


class ProductListed(Args):
    id: str = Field(min_length=1)
    title: str
    price: int = Field(ge=0)
    stock: int = 0


class Ordered(Args):
    id: str
    products: list[str]


class PricesRaised(Args):
    percent: int


class Broken(Args):
    how: str


@event("v1.ProductListed", ProductListed)
def product_listed(args: ProductListed, event: Event, state: State) -> Statements:
    return products.upsert(event.args)


@event("v1.Ordered", Ordered)
def ordered(args: Ordered, event: Event, state: State) -> Statements:
    total = 0
    for id in args.products:
        product = state.get("products", id)
        if product is None or product["stock"] < 1:
            raise ConflictError(f"{id} is sold out", collection="products", id=id)
        total += product["price"]
    marks = ", ".join("?" * len(args.products))
    return [
        orders.insert({"id": args.id, "total": total}),
        Statement(
            f"UPDATE products SET stock = stock - 1 WHERE id IN ({marks})",
            args.products,
            ("products",),
        ),
    ]


@event("v1.PricesRaised", PricesRaised)
def prices_raised(args: PricesRaised, event: Event, state: State) -> Statements:
    rows = state.select("SELECT id, price FROM products WHERE price > ? ORDER BY id", (0,))
    return [
        products.update({"price": price * (100 + args.percent) // 100}, where={"id": id})
        for id, price in rows
    ]


@event("v1.Broken", Broken)
def broken(args: Broken, event: Event, state: State) -> Statements:
    if args.how == "raises":
        raise ZeroDivisionError("oops")
    if args.how == "writes":
        state.select("DELETE FROM products")
    if args.how == "nonsense":
        return Statement("THIS IS NO SQL")
    if args.how == "unknown":
        return Statement("UPDATE nothing SET x = 1")
    if args.how == "selector":
        return products.update({"price": 1}, where={"price": {"$no": 1}})
    if args.how == "strict":
        return Statement("UPDATE products SET price = ?", ("dear",), ("products",))
    if args.how == "changes":
        event.args["how"] = "changed"
        return []
    return None


schema = Schema(
    "shop",
    version=1,
    tables=[products, orders],
    events=[product_listed, ordered, prices_raised, broken],
)
'''


@pytest.fixture
def shop(tmp_path: Path) -> Schema:
    path = tmp_path / "shop.py"
    path.write_text(MODULE)
    return load_schema(str(path))


@pytest.fixture
def store(tmp_path: Path, shop: Schema) -> Iterator[Store]:
    """A shop with two products; whatever the test did can be derived again."""
    with Store.open(tmp_path / "data", shop) as store:
        commit(
            store,
            new("ProductListed", id="pen", title="Pen", price=100, stock=2),
            new("ProductListed", id="ink", title="Ink", price=250),
        )
        yield store
    assert_sound(tmp_path / "data", shop)


def test_its_tables_are_served_with_their_defaults(store: Store) -> None:
    assert get(store, "products", "ink") == {
        "id": "ink",
        "title": "Ink",
        "price": 250,
        "stock": 0,
        "tags": [],
    }
    assert store.collections() == ["products", "orders"]


def test_an_upsert_replaces(store: Store) -> None:
    commit(store, new("ProductListed", id="ink", title="Red ink", price=0))
    assert get(store, "products", "ink")["title"] == "Red ink"
    assert len(find(store, "products")) == 2


def test_a_materializer_reads_the_state_before_its_event(store: Store) -> None:
    """S2: state.get sees what earlier events of the batch did."""
    error = refused(
        store,
        ConflictError,
        new("Ordered", id="1", products=["pen"]),
        new("Ordered", id="2", products=["pen"]),
        new("Ordered", id="3", products=["pen"]),
    )
    assert (error.data["index"], error.data["id"]) == (2, "pen")
    commit(store, new("Ordered", id="1", products=["pen"]))
    assert get(store, "orders", "1")["total"] == 100
    assert get(store, "products", "pen")["stock"] == 1


def test_select_reads_rows(store: Store) -> None:
    commit(store, new("PricesRaised", percent=10))
    assert [one["price"] for one in find(store, "products")] == [275, 110]


def test_raw_sql_keeps_revisions_and_says_what_it_wrote(store: Store) -> None:
    """S13: `_seq` and `_touched` follow any SQL; the declared tables reach the observers."""
    seen: list[Committed] = []
    store.observe(seen.append)
    seq = commit(store, new("Ordered", id="1", products=["pen"])).last
    assert sql(store, "SELECT id FROM products WHERE _seq = ?", seq) == [{"id": "pen"}]
    page = store.events(collection="products", id="pen").result()
    assert [one.seq for one in page.events] == [1, seq]
    assert {"products", "orders"} <= seen[0].tables


@pytest.mark.parametrize(
    "how", ["raises", "writes", "nonsense", "unknown", "selector", "returns none"]
)
def test_a_fault_of_the_schema_is_no_fault_of_the_caller(store: Store, how: str) -> None:
    """S4: E_INTERNAL with the event's index, nothing stored, and the store goes on."""
    good = new("ProductListed", id="cap", title="Cap", price=1)
    error = refused(store, SidecarError, good, new("Broken", how=how))
    assert (error.code, error.data["index"]) == ("E_INTERNAL", 1)
    commit(store, good)
    assert len(find(store, "products")) == 3


def test_a_column_refuses_another_type(store: Store) -> None:
    """S4: tables are strict, whatever SQL writes them."""
    error = refused(store, ValidationError, new("Broken", how="strict"))
    assert error.data["index"] == 0


def test_the_log_keeps_arguments_as_they_were_sent(store: Store) -> None:
    """S1: a materializer that changes its event changes nothing."""
    seq = commit(store, new("Broken", how="changes")).last
    (event,) = store.events(after=seq - 1).result().events
    assert event.args == {"how": "changes"}


def test_events_of_another_app_are_unknown(store: Store) -> None:
    error = refused(store, UnknownEventError, persona("p"))
    assert error.data == {"index": 0, "name": "v1.PersonaCreated"}


def test_every_schema_has_the_engines_events(store: Store) -> None:
    """S10: collections at run time, and documents in declared tables."""
    commit(
        store,
        new("CollectionDefined", name="settings", primaryKey="id", jsonSchema={}),
        new("DocumentInserted", collection="settings", document={"id": "theme", "v": "dark"}),
        new("DocumentPatched", collection="products", id="pen", patch={"price": 5, "new": True}),
    )
    assert get(store, "settings", "theme")["v"] == "dark"
    assert get(store, "products", "pen")["new"] is True


def test_a_change_of_the_module_rebuilds_the_state(
    store: Store, shop: Schema, tmp_path: Path
) -> None:
    """S6: other code, other state, from the same log."""
    commit(store, new("Ordered", id="1", products=["pen"]))
    store.close()
    (tmp_path / "shop.py").write_text(MODULE.replace('"total": total}', '"total": total * 2}'))
    changed = load_schema(str(tmp_path / "shop.py"))
    assert changed.fingerprint != shop.fingerprint
    with Store.open(tmp_path / "data", changed) as opened:
        assert get(opened, "orders", "1")["total"] == 200
    with Store.open(tmp_path / "data", shop) as back:
        assert get(back, "orders", "1")["total"] == 100
        assert image(back.path, None)["orders"]
