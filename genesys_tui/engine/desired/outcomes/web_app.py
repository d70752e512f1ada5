"""A web app: containers behind a load balancer, with a database and logs, in a network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from genesys_tui.engine.desired.outcomes.recipe import Parts, Recipe
from genesys_tui.engine.desired.outcomes.zones import Domain, zone_of
from genesys_tui.engine.model.document import Path
from genesys_tui.engine.model.kind import Placement, Reading
from genesys_tui.engine.model.resource import Reference
from genesys_tui.engine.model.specs.base import Part, Spec, Text
from genesys_tui.engine.model.specs.container_service import Scaling

ENGINE_PORTS = {
    "postgres": 5432,
    "mysql": 3306,
    "mariadb": 3306,
    "aurora-postgres": 5432,
    "aurora-mysql": 3306,
}
ALIAS = {"target": "dns_name", "zone": "zone_id"}
"""What an alias takes, and the output of a load balancer that it is."""
SPARE = 2
"""Containers, so that one answers while the other is replaced."""


class WebDatabase(Part):
    """The database of a web app. Its password is kept by Secrets Manager, and given to the containers by AWS."""

    word: ClassVar[str] = "engine"

    engine: Literal["postgres", "mysql", "mariadb", "aurora-postgres", "aurora-mysql"] | None = None
    version: Annotated[str, BeforeValidator(str)] | None = None
    size: str | None = None
    storage: Annotated[int, Field(ge=20, le=65_536)] | None = None
    multi_az: bool | None = None


def _database(value: object) -> object:
    """`on`, or the bare word of an engine, is a small one."""
    return (
        {True: {}, False: None}[value]
        if isinstance(value, bool)
        else {"engine": value}
        if isinstance(value, str)
        else value
    )


class WebAppSpec(Spec):
    """What may be asked of a web app. `database`: an engine, or its settings; its address and password come to the
    containers as DATABASE_HOST, DATABASE_PORT, DATABASE_USER and DATABASE_PASSWORD. `domain`: served over HTTPS where
    its zone is in the account."""

    image: Text | None = None
    port: Annotated[int, Field(ge=1, le=65_535)] | None = None
    size: str | None = None
    replicas: Annotated[int, Field(ge=0, le=5_000)] | None = None
    scaling: Scaling | None = None
    environment: dict[str, Text] | None = None
    health_path: Annotated[str, Field(pattern=r"^/[^\s]{0,1023}$")] | None = None
    domain: Domain | None = None
    database: Annotated[WebDatabase | None, BeforeValidator(_database)] = None
    network: str | None = None
    """One that is there, or stands in the same file; unset: one of its own."""

    def mistakes(self) -> Iterator[tuple[Path, str]]:
        yield from super().mistakes()
        if self.scaling and self.replicas is not None:
            yield ("replicas",), "leave it out: `scaling` says how many"


class WebApp(Recipe[WebAppSpec]):
    """`web-app NAME --image nginx:1.29 --port 80 --database postgres`."""

    name = "web-app"
    title = "Web app"
    spec = WebAppSpec
    named_by: ClassVar[str] = ""

    def sentence(self, name: str, want: WebAppSpec) -> str:
        behind = ", and a database that only they reach" if want.database else ""
        return f"Web app '{name}': containers behind a load balancer{behind}"

    def resources(self, parts: Parts, name: str, want: WebAppSpec, place: Placement) -> Reading[None]:
        port = want.port or 80
        network = want.network or name
        if not want.network:
            parts.add("network", name, {"zones": 2})
        https = yield from self._named(parts, name, want)
        doors = [443, 80] if https else [80]
        open_to_all = {f"web-{one}": {"ports": one, "from": "anywhere"} for one in doors}
        self._group(parts, f"{name}-door", network, f"who may knock at {name}", open_to_all)
        from_door = {"from-door": {"ports": port, "from": f"{name}-door"}}
        self._group(parts, f"{name}-app", network, f"who may ask the containers of {name}", from_door)
        self._door(parts, name, network, port, want.health_path or "/", certificate=want.domain if https else None)
        service: dict[str, Any] = {
            "image": want.image or "public.ecr.aws/nginx/nginx:stable",
            "port": port,
            "size": want.size or "small",
            "network": network,
            "public_ip": True,
            "security_groups": [f"{name}-app"],
            "target": Reference(f"${{load-balancer.{name}.target_app}}"),
            "environment": dict(want.environment or {}),
            **({"scaling": want.scaling.model_dump(exclude_unset=True)} if want.scaling else {}),
        }
        if not want.scaling:
            service["replicas"] = SPARE if want.replicas is None else want.replicas
        if want.database:
            self._database(parts, name, network, want.database, service)
        parts.add("container-service", name, service)

    def _named(self, parts: Parts, name: str, want: WebAppSpec) -> Reading[bool]:
        """Its certificate and its name, where the zone is here. Whether it has them."""
        zone = (yield from zone_of(want.domain)) if want.domain else None
        if zone is None or not want.domain:
            return False
        parts.add("certificate", want.domain, {"zone": zone.name})
        alias = {one: Reference(f"${{load-balancer.{name}.{output}}}") for one, output in ALIAS.items()}
        parts.add("dns-record", want.domain, {"zone": zone.name, "alias": alias})
        return True

    def _group(self, parts: Parts, name: str, network: str, who: str, rules: dict[str, Any]) -> None:
        parts.add("security-group", name, {"network": network, "description": who, "rules": rules})

    def _door(
        self, parts: Parts, name: str, network: str, port: int, health_path: str, certificate: str | None
    ) -> None:
        to_app = {"target": "app"}
        listeners: dict[str, Any] = {"http": {"port": 80, **to_app}}
        if certificate:
            listeners = {
                "https": {"port": 443, "certificate": certificate, **to_app},
                "http": {"port": 80, "redirect_to_https": True},
            }
        door = {
            "network": network,
            "security_groups": [f"{name}-door"],
            "targets": {"app": {"port": port, "health_path": health_path}},
            "listeners": listeners,
        }
        parts.add("load-balancer", name, door)

    def _database(self, parts: Parts, name: str, network: str, want: WebDatabase, service: dict[str, Any]) -> None:
        """Only the containers reach it. They are told where it is, and AWS gives them its password."""
        engine = want.engine or "postgres"
        port = ENGINE_PORTS[engine]
        group = f"{name}-database"
        from_app = {"from-app": {"ports": port, "from": f"{name}-app"}}
        self._group(parts, group, network, f"who may ask the database of {name}", from_app)
        subnets = [Reference(f"${{network.{network}.subnet_private_{zone}}}") for zone in "ab"]
        asked = want.model_dump(exclude_unset=True)
        database = {**asked, "engine": engine, "subnets": subnets, "security_groups": [group]}
        parts.add("database", name, {**database, "username": "app"})
        told = {"HOST": "endpoint", "PORT": "port"}
        service["environment"] |= {
            f"DATABASE_{word}": Reference(f"${{database.{name}.{output}}}") for word, output in told.items()
        }
        service["environment"]["DATABASE_USER"] = "app"
        service["secrets"] = {"DATABASE_PASSWORD": Reference(f"${{database.{name}.secret_arn}}:password::")}
