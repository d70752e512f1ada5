"""Container services of ECS on Fargate. Source: the ECS API reference; prices of us-east-1, November 2026."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, Capture, Find, Params, RetryOn, Token, Value, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import CallError, GenesysError
from genesys_tui.engine.model.kind import Facts, Fields, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.resource import Actual, Desired, Fragment
from genesys_tui.engine.model.specs.container_service import ContainerServiceSpec, joined, names_of, split_size
from genesys_tui.engine.providers.aws.containers import cluster as clusters
from genesys_tui.engine.providers.aws.containers import container_calls as calls
from genesys_tui.engine.providers.aws.containers import container_definition as definitions
from genesys_tui.engine.providers.aws.containers import container_parts, container_scaling
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed
from genesys_tui.engine.providers.aws.tags import Tagging, marked, tags_from_wire, tags_on_wire, users_tags
from genesys_tui.engine.providers.aws.words import settings_in_words

HOURS = 730
VCPU_HOUR = {"x86_64": 0.04048, "arm64": 0.03238}
GB_HOUR = {"x86_64": 0.004445, "arm64": 0.00356}
AT_ONCE = 10
"""Services that one call tells of."""


class ContainerService(Described[ContainerServiceSpec]):
    """A service of ECS. Its id is `<cluster>/<service>`."""

    name = "container-service"
    title = "container service"
    noun = "container service"
    purpose = "container service"
    spec = ContainerServiceSpec
    create_only: ClassVar[frozenset[str]] = frozenset({"cluster"})
    kept: ClassVar[frozenset[str]] = frozenset(
        {"image", "size", "replicas", "network", "subnets", "security_groups", "role", "execution_role", "cluster"}
    )
    defaults: ClassVar[Document] = {"size": "small", "architecture": "x86_64", "public_ip": False}
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name", "cluster", "log_group"})
    tagging = Tagging("ecs", on="resourceArn", tags="tags", keys="tagKeys", shape="key")
    parts: ClassVar[Mapping[str, Part]] = {
        "service": Part(lambda id: calls.describe(*id.split("/"))),
        "scaling": Part(lambda id: container_scaling.told(f"service/{id}"), frozenset({"scaling"})),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        """Services are listed by cluster, all clusters side by side."""
        arns = [arn for batch in (yield from clusters.listed()) for arn in batch]
        asks: list[Call | Reading[Any]] = [read("ecs", "ListServices", {"cluster": arn}, paginate=True) for arn in arns]
        listings = (yield asks) if asks else ()
        looks: list[Call | Reading[Any]] = [
            calls.describe(cluster, *services[start : start + AT_ONCE])
            for cluster, listing in zip(arns, listings, strict=True)
            for services in [_answered(listing).get("serviceArns", [])]
            for start in range(0, len(services), AT_ONCE)
        ]
        for answer in (yield looks) if looks else ():
            found = _answered(answer).get("services", ())
            yield Found(tuple(_actual(one) for one in found if one["status"] != "INACTIVE"))

    def locate(self, name: str) -> Reading[Actual | None]:
        return (yield from self.read("/".join(names_of(name)), frozenset()))

    def read(self, id: str, fields: Fields) -> Reading[Actual | None]:
        """The revision that runs is told by the service, and looked at after it."""
        found = yield from super().read(id, fields)
        if found is None or not fields & definitions.OF_DEFINITION:
            return found
        running = found.provider_data["service"]["taskDefinition"]
        answer: Answer = yield read("ecs", "DescribeTaskDefinition", {"taskDefinition": running})
        definition = answer["taskDefinition"]
        spec = {**found.spec, **definitions.spec_of(definition, names_of(found.name)[1])}
        return replace(found, spec=spec, provider_data={**found.provider_data, "definition": definition})

    def composed(self, id: str, told: Told) -> Actual | None:
        there = [one for one in (told["service"] or {}).get("services", ()) if one["status"] != "INACTIVE"]
        if not there:
            return None
        found = _actual(there[0])
        if scaling := told.get("scaling"):
            return replace(found, spec={**found.spec, "scaling": container_scaling.scaling_of(scaling)})
        return found

    def prepare(self, name: str, want: ContainerServiceSpec, have: Actual | None) -> Reading[Facts]:
        """Before it is deleted: the revisions of its family."""
        if have is None or want.model_fields_set:
            return ()
        look = read("ecs", "ListTaskDefinitions", {"familyPrefix": container_parts.flat(name)}, paginate=True)
        answer: Answer = yield look
        return tuple(answer.get("taskDefinitionArns", ()))

    # what comes along ---------------------------------------------------------------------------------------------
    def companions(self, desired: Desired, fragment: Fragment | None) -> tuple[Desired, ...]:
        return tuple(container_parts.companions(desired, fragment))

    # lowering -----------------------------------------------------------------------------------------------------
    def fill(
        self, want: ContainerServiceSpec, facts: Facts, siblings: Sequence[ContainerServiceSpec]
    ) -> ContainerServiceSpec:
        count = {} if want.scaling else {"replicas": 1}
        return self.spec.of({**self.defaults, **count, **want.document})

    def blank(self) -> Document:
        empty = dict.fromkeys(("port", "command", "scaling", "target", "grace", "role"))
        return {**empty, "environment": {}, "secrets": {}, "security_groups": None, "tags": {}}

    def create(self, name: str, want: ContainerServiceSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        cluster, service = names_of(name)
        _refuse_half(name, want)
        definition = definitions.new(service, container_parts.flat(name), want, container_parts.log_name(name), place)
        revision = {**definition, "tags": tags_on_wire(marked({}, place), "key")}
        cpu, memory = split_size(want.size or "small")
        what = f"{cpu / 1024:g} vCPU and {memory:,} MB"
        yield Line(
            f"Describe what service '{name}' runs: {_image(want)} with {what}",
            "A revision, that can be gone back to",
            (calls.registered(revision, want, place),),
        )
        count = want.scaling.min if want.scaling and want.scaling.min is not None else want.replicas or 0
        count = max(count, 1) if want.scaling and want.scaling.min is None else count
        number = f"{count} container{'' if count == 1 else 's'}"
        sentence = f"Run {number} of it as service '{name}'"
        create = _create(name, want, count, place)
        yield Line(sentence, "What ends is started again", (*calls.chosen_subnets(want), create))
        if want.scaling:
            yield container_scaling.scaled(name, f"service/{cluster}/{service}", want.scaling, place, {})

    def update(self, have: Actual, changed: ContainerServiceSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        service = names_of(have.name)[1]
        raw: Mapping[str, Any] = have.provider_data["service"]
        there: Any = have.spec
        said = {field: value for field, value in changed.document.items() if field not in QUIET}
        writes: list[Call] = []
        settings: dict[str, Value] = {}
        if changed.model_fields_set & definitions.OF_DEFINITION:
            definition = definitions.changed(have.provider_data["definition"], service, changed)
            writes.append(calls.registered(definition, self._roles(changed, there), place))
            settings["taskDefinition"] = calls.REVISION
        if changed.replicas is not None:
            settings["desiredCount"] = changed.replicas
        if changed.model_fields_set & (calls.PLACED - self.spec.write_only):
            writes += calls.chosen_subnets(changed)
            settings["networkConfiguration"] = calls.placed(changed, _placement(raw))
        target = changed.target if changed.has("target") else there.get("target")
        if changed.has("target") or (target and changed.has("port")):
            port = changed.port if changed.has("port") else there.get("port") or _led_port(raw)
            settings["loadBalancers"] = calls.led_to(service, target, port)
        if changed.has("grace"):
            settings["healthCheckGracePeriodSeconds"] = changed.grace or 0
        if settings:
            why = f"until service '{have.name}' runs as changed"
            words = settings_in_words(said) or "what it runs"
            reason = "The new ones start before the old ones stop"
            yield Line(f"Set {words} of service '{have.name}'", reason, (*writes, calls.updated(have, settings, why)))
        if changed.has("scaling"):
            before = there.get("scaling") or {}
            yield container_scaling.scaled(have.name, f"service/{have.id}", changed.scaling, place, before)
        yield from self.retag(have, changed)

    def _roles(self, changed: ContainerServiceSpec, there: Mapping[str, Any]) -> ContainerServiceSpec:
        """A revision is registered with both roles, whichever changes."""
        return self.spec.of(
            {"role": there.get("role"), "execution_role": there.get("execution_role"), **changed.document}
        )

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        if have.spec.get("scaling"):
            yield container_scaling.scaled(have.name, f"service/{have.id}", None, _place_of(have), {})
        yield self.removal_line(have, calls.ended(have))
        yield from calls.forgotten(have.name, facts or ())

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        cluster = names_of(have.name)[0]
        return {**super().outputs_of(have), "cluster": cluster, "log_group": container_parts.log_name(have.name)}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: ContainerServiceSpec) -> tuple[Price, ...]:
        cpu, memory = split_size(want.size or "small")
        on = want.architecture or "x86_64"
        hourly = cpu / 1024 * VCPU_HOUR[on] + memory / 1024 * GB_HOUR[on]
        low = high = want.replicas or 0
        if want.scaling:
            low, high = want.scaling.min or 1, want.scaling.max or 1
        return (Price("container", "hour", hourly, low * HOURS, low * HOURS, high * HOURS),)

    def findings(self, address: str, want: ContainerServiceSpec) -> Iterator[Finding]:
        if want.image and ":" not in want.image.rpartition("/")[2].replace("${", "") and "@" not in want.image:
            yield Finding("note", address, "its image names no tag, so nobody can tell what runs", f"{want.image}:v1")
        if want.public_ip is False and want.network:
            message = "without a public address it gets its image only by a NAT gateway or endpoints of its network"
            yield Finding("note", address, message, "--public-ip on, if its network has neither")
        if want.replicas == 1 and want.target:
            yield Finding("note", address, "a single container: nothing answers while it is replaced", "--replicas 2")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal()


QUIET = frozenset({"network", "log_retention", "scaling", "tags"})
"""What the sentence about the service does not tell: it has words of its own, or none."""


def _refuse_half(name: str, want: ContainerServiceSpec) -> None:
    """Raises GenesysError for what no service can be without."""
    if not want.image:
        raise GenesysError(f"container service '{name}' has no image", todo="say what it runs: --image nginx:1.29")
    if not (want.network or want.subnets):
        why = "its containers need a place to stand in"
        todo = "say which: --network main"
        raise GenesysError(f"container service '{name}' has no network", why=why, todo=todo)
    if want.target and not want.port:
        todo = "say where its containers listen: --port 8080"
        raise GenesysError(f"container service '{name}' has a `target`, and no `port`", todo=todo)


def _image(want: ContainerServiceSpec) -> str:
    return str(want.image).replace("${", "").replace("}", "")


def _create(name: str, want: ContainerServiceSpec, count: int, place: Placement) -> Call:
    cluster, service = names_of(name)
    outputs = {
        "id": fixed(f"{cluster}/{service}"),
        "name": fixed(name),
        "cluster": fixed(cluster),
        "log_group": fixed(container_parts.log_name(name)),
        "arn": Capture("service.serviceArn"),
    }
    found = {**outputs, "arn": Capture("services[?status!='INACTIVE'] | [0].serviceArn")}
    grace = {"healthCheckGracePeriodSeconds": want.grace} if want.grace is not None else {}
    params: Params = {
        "cluster": cluster,
        "serviceName": service,
        "taskDefinition": calls.REVISION,
        "desiredCount": count,
        "launchType": "FARGATE",
        "networkConfiguration": calls.placed(want, {}),
        "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
        "loadBalancers": calls.led_to(service, want.target, want.port),
        "propagateTags": "SERVICE",
        **grace,
        "clientToken": Token(digest=True),
        "tags": tags_on_wire(marked(want.tags, place), "key"),
    }
    arn = place.arn("ecs", f"service/{cluster}/{service}")
    return Call(
        "ecs",
        "CreateService",
        params,
        captures=outputs,
        find=Find(calls.describe(cluster, service), found),
        wait=calls.steady(cluster, service, f"until service '{name}' runs"),
        retry_on=(
            RetryOn("InvalidParameterException", 60, "service linked role"),
            RetryOn("InvalidParameterException", 60, "does not have an associated load balancer"),
        ),
        on=(arn,),
        also_needs={"ecs:TagResource": (arn,)},
        seconds=60,
    )


def _answered(answer: Any) -> Answer:
    if isinstance(answer, CallError):
        raise answer
    return answer or {}


def _placement(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    told: Mapping[str, Any] = (raw.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
    return told


def _led_port(raw: Mapping[str, Any]) -> int | None:
    return next((one.get("containerPort") for one in raw.get("loadBalancers") or ()), None)


def _place_of(have: Actual) -> Placement:
    _, _, _, region, account, _ = have.arn.split(":", 5)
    return Placement(region, account=account)


def _actual(raw: Mapping[str, Any]) -> Actual:
    cluster, service = raw["clusterArn"].rpartition("/")[2], raw["serviceName"]
    tags = tags_from_wire(raw.get("tags"), "key")
    placement = _placement(raw)
    targets = [one["targetGroupArn"] for one in raw.get("loadBalancers") or () if one.get("targetGroupArn")]
    spec: dict[str, Any] = {
        "cluster": cluster,
        "replicas": raw.get("desiredCount"),
        "subnets": list(placement.get("subnets") or ()) or None,
        "security_groups": list(placement.get("securityGroups") or ()) or None,
        "public_ip": placement.get("assignPublicIp") == "ENABLED",
        "target": targets[0] if targets else None,
        "grace": raw.get("healthCheckGracePeriodSeconds") or None,
        "tags": users_tags(tags),
    }
    return Actual(
        "container-service",
        f"{cluster}/{service}",
        joined(cluster, service),
        "",
        spec,
        tags,
        raw["serviceArn"],
        raw.get("createdAt"),
        {"service": raw},
        transition="deleting" if raw["status"] == "DRAINING" else "",
    )
