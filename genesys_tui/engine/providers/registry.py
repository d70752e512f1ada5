"""The kinds there are: a new one is its spec, its lowering, and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genesys_tui.engine.model.kind import Kind
    from genesys_tui.engine.model.specs.base import Spec

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "compute": {"instance": "Instance"},
    "containers": {
        "cluster": "Cluster",
        "container-service": "ContainerService",
        "image": "Image",
        "repository": "Repository",
    },
    "database": {"cache": "Cache", "database": "Database", "table": "Table"},
    "messaging": {"queue": "Queue", "topic": "Topic"},
    "monitoring": {"log-group": "LogGroup"},
    "network": {
        "distribution": "Distribution",
        "dns-record": "DnsRecord",
        "dns-zone": "DnsZone",
        "load-balancer": "LoadBalancer",
        "network": "Network",
        "security-group": "SecurityGroup",
    },
    "security": {
        "certificate": "Certificate",
        "key": "Key",
        "parameter": "Parameter",
        "role": "Role",
        "secret": "SecretKind",
    },
    "serverless": {"api": "Api", "function": "Function", "layer": "Layer", "rule": "Rule", "schedule": "Schedule"},
    "storage": {"bucket": "Bucket", "content": "Content", "filesystem": "Filesystem", "volume": "Volume"},
}
"""By section of a stack file, and by the word in addresses, files and intents: the class, in
`aws/<section>/<word>.py`."""

LEADING: Mapping[str, str] = {
    "compute": "instance",
    "database": "database",
    "network": "network",
    "serverless": "function",
    "storage": "bucket",
}
"""The kind that an entry of the section is where it names none: the `type` of such an entry is its size."""

_SECTION_OF = {kind: section for section, kinds in SECTIONS.items() for kind in kinds}


def names() -> tuple[str, ...]:
    """The words for all kinds, sorted."""
    return tuple(sorted(_SECTION_OF))


def section(name: str) -> str:
    """The section that a kind stands in. Raises KeyError."""
    return _SECTION_OF[name]


@cache
def spec(name: str) -> type[Spec]:
    """What may be said of a kind, without what is done about it. Raises KeyError."""
    section(name)
    module = import_module(f"genesys_tui.engine.model.specs.{name.replace('-', '_')}")
    loaded: type[Spec] = getattr(module, f"{name.title().replace('-', '')}Spec")
    return loaded


@cache
def kind(name: str) -> Kind[Any]:
    """The kind of that name, loaded when it is first asked for. Raises KeyError."""
    where = section(name)
    module = import_module(f"genesys_tui.engine.providers.aws.{where}.{name.replace('-', '_')}")
    loaded: Kind[Any] = getattr(module, SECTIONS[where][name])()
    return loaded
