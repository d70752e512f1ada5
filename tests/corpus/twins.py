"""Near-duplicates again, told otherwise: stages as suffixes, snake_case, a second brand of the same shop."""

from __future__ import annotations

from genesys_tui.engine.model.resource import Actual
from tests.corpus.builders import aws
from tests.corpus.builders.book import Book
from tests.corpus.builders.tagged import genesys
from tests.corpus.record import Account

_STAGES = {"prd": "10.11.0.0/18", "hml": "10.12.0.0/18"}


def account() -> Account:
    """Two brands, sol and lua, that share an account, each with production and homologation. It belongs to
    the fitted accounts now, for it was read while rules were written."""
    book = Book("twins", "two brands of one retailer", "890890890890", "sa-east-1", held_out=False, began="2021-06-24")
    aws.linked_roles(book, "ElastiCache=elasticache", "RDS=rds")
    for brand in ("sol", "lua"):
        for stage in _STAGES:
            _wishes(book, brand, stage, _stage(book, brand, stage))
    _planned(book)
    _decoys(book)
    _by_settings(book)
    return book.account()


def _stage(book: Book, brand: str, stage: str) -> dict[str, Actual]:
    tags = {"marca": brand, "ambiente": stage}
    size = {"prd": "large", "hml": "small"}[stage]
    cidr = _STAGES[stage].replace("10.", "10.1" if brand == "sol" else "10.2", 1)
    return {
        "images": book.one_by_hand("bucket", f"varejo-{brand}-imagens-{stage}", tags),
        "invoices": book.one_by_hand("bucket", f"{brand}-notas-fiscais-{stage}-sa-east-1", tags),
        "orders": book.one_by_hand("queue", f"{brand}_pedidos_{stage}", tags),
        "stock": book.one_by_hand("table", f"{brand}.estoque.{stage}", tags),
        "price": book.one_by_hand("function", f"{brand}-calcula-preco-{stage}", tags, runtime="python3.13", memory=512),
        "network": book.one_by_hand("network", f"vpc-{brand}-{stage}", tags, cidr=cidr),
        "db": book.one_by_hand("database", f"{brand}db{stage}", tags, size=size),
    }


def _wishes(book: Book, brand: str, stage: str, there: dict[str, Actual]) -> None:
    tags = {"marca": brand, "ambiente": stage}
    network = there["network"]
    book.wish(
        ("bucket", f"{brand}-imagens", {"tags": tags}, there["images"]),
        ("bucket", f"{brand}-notas-fiscais", {"tags": tags}, there["invoices"]),
        ("bucket", f"{brand}-boletos", {"tags": tags}, None),
        ("queue", f"{brand}-pedidos", {"tags": tags}, there["orders"]),
        ("queue", f"{brand}-devolucoes", {"tags": tags}, None),
        ("table", f"{brand}-pedidos", {"tags": tags}, None),
        ("function", f"{brand}-calcula-frete", {"runtime": "python3.13", "tags": tags}, None),
        ("table", f"{brand}-estoque", {"tags": tags}, there["stock"]),
        ("function", f"{brand}-calcula-preco", {"runtime": "python3.13", "tags": tags}, there["price"]),
        ("network", brand, {"cidr": network.spec["cidr"]}, network),
        ("database", f"{brand}-{stage}", {"engine": "postgres", "tags": tags}, there["db"]),
    )


def _planned(book: Book) -> None:
    """A stage of development that is still to be made."""
    tags = {"marca": "sol", "ambiente": "dsv"}
    book.wish(
        ("bucket", "sol-imagens-dsv", {"tags": tags}, None),
        ("queue", "sol-pedidos-dsv", {"tags": tags}, None),
        ("database", "sol-dsv", {"engine": "postgres", "tags": tags}, None),
        ("network", "sol-dsv", {"cidr": "10.30.0.0/18"}, None),
    )


def _decoys(book: Book) -> None:
    book.by_hand("bucket", "varejo-sol-imagens-prd-old", "varejo-sol-imagens-prd-2020", "varejo-imagens")
    book.by_hand("queue", "sol_pedidos_prd_dlq", "pedidos", "lua_pedidos_teste")
    book.by_hand("table", "sol.estoque", "estoque-copia")
    book.by_hand("function", "calcula-preco-v1", runtime="python3.9")
    book.by_hand("topic", "sol-avisos", "lua-avisos", "avisos")
    genesys(book, "frete", "queue", "frete-cotacoes")
    genesys(book, "frete", "table", "frete-tabelas")


def _by_settings(book: Book) -> None:
    """Nothing but a setting tells one from the other."""
    one = book.one_by_hand("cache", "sessoes-001", engine="redis")
    book.one_by_hand("cache", "sessoes-002", engine="memcached")
    fast = book.one_by_hand("function", "frete-x", runtime="provided.al2023", memory=1024)
    slow = book.one_by_hand("function", "frete-y", runtime="nodejs22.x", memory=128)
    office, shop = (
        book.one_by_hand("network", name, cidr=cidr)
        for name, cidr in (("rede-a", "172.20.0.0/16"), ("rede-b", "172.21.0.0/16"))
    )
    book.wish(
        ("cache", "sessoes", {"engine": "redis"}, one),
        ("function", "frete", {"runtime": "nodejs22.x", "memory": 128}, slow),
        ("network", "rede", {"cidr": "172.21.0.0/16"}, shop),
        ("topic", "cobrancas", {}, None),
    )
    book.wish(
        ("function", "frete", {"runtime": "provided.al2023", "memory": 1024}, fast),
        ("network", "rede", {"cidr": "172.20.0.0/16"}, office),
        ("network", "rede-visitas", {"cidr": "172.31.0.0/16"}, None),
    )
