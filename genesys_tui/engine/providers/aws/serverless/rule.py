"""EventBridge rules. Source: the EventBridge API reference. Rules cost nothing; custom events do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, Params, Value, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Line, Reversal
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.rule import RuleSpec
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed, present
from genesys_tui.engine.providers.aws.messaging.queue_policy import Policies, let_send, let_send_no_more, policies_of
from genesys_tui.engine.providers.aws.serverless.function_permission import let_invoke, let_invoke_no_more
from genesys_tui.engine.providers.aws.tags import Tagging, marked, tags_from_wire, tags_on_wire, users_tags

GONE = ("ResourceNotFoundException",)
DEFAULT = "default"


def _tags(id: str) -> Reading[Answer | None]:
    """They are told by ARN, which the rule tells."""
    rule = yield _describe(id)
    if rule is None:
        return None
    answer: Answer = yield read("events", "ListTagsForResource", {"ResourceARN": rule["Arn"]}, absent_on=GONE)
    return answer


def _describe(id: str) -> Call:
    return read("events", "DescribeRule", _who(id), absent_on=GONE)


class Rule(Described[RuleSpec]):
    """An EventBridge rule. Its id is its name, with that of its bus before it where that is not the default one."""

    name = "rule"
    title = "EventBridge rule"
    noun = "rule"
    purpose = "rule"
    spec = RuleSpec
    create_only: ClassVar[frozenset[str]] = frozenset({"bus"})
    kept: ClassVar[frozenset[str]] = frozenset({"schedule", "pattern"})
    defaults: ClassVar[Document] = {"enabled": True}
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name"})
    tagging = Tagging("events", on="ResourceARN")
    parts: ClassVar[Mapping[str, Part]] = {
        "rule": Part(_describe),
        "targets": Part(
            lambda id: read("events", "ListTargetsByRule", _who(id, rule="Rule"), absent_on=GONE),
            frozenset({"targets"}),
        ),
        "tags": Part(_tags, frozenset({"tags"})),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("events", "ListRules", paginate=True)
        yield Found(tuple(_actual(one, {}) for one in answer.get("Rules", ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        return (yield from self.read(name, frozenset()))

    def composed(self, id: str, told: Told) -> Actual | None:
        more: dict[str, Any] = {}
        if targets := told.get("targets"):
            more["targets"] = {
                one["Id"]: {"arn": one["Arn"], "input": _compact(one.get("Input"))}
                for one in targets.get("Targets", ())
            }
        tags = tags_from_wire((told.get("tags") or {}).get("Tags"))
        if "tags" in told:
            more["tags"] = users_tags(tags)
        return _actual(told["rule"] or {}, more, tags)

    def prepare(self, name: str, want: RuleSpec, have: Actual | None) -> Reading[Facts]:
        """The policies of the queues that are its targets, or were."""
        before: Any = (have.spec.get("targets") if have else None) or {}
        targets = [str(one["arn"]) for one in before.values()]
        targets += [str(one.arn) for one in (want.targets or {}).values() if one]
        return (yield from policies_of(filter(_is_queue, targets)))

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"schedule": None, "pattern": None, "description": None, "bus": DEFAULT, "targets": {}, "tags": {}}

    def create(self, name: str, want: RuleSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if not want.schedule and not want.pattern:
            todo = "say when: --schedule 'rate(1 hour)', or a pattern"
            raise GenesysError(f"rule '{name}' says neither when nor at what", todo=todo)
        bus = want.bus or DEFAULT
        id = name if bus == DEFAULT else f"{bus}/{name}"
        arn = place.arn("events", f"rule/{id}")
        outputs = {"id": fixed(id), "name": fixed(name), "arn": fixed(arn)}
        params = {**_put(id, want.document), "Tags": tags_on_wire(marked(want.tags, place))}
        needs = {"events:TagResource": (arn,)}
        call = Call("events", "PutRule", params, captures=outputs, idempotent=True, on=(arn,), also_needs=needs)
        when = f"at {want.schedule}" if want.schedule else "at such events"
        yield Line(f"Create rule '{name}' {when}", "Start what has to be done then", (call,))
        made = Actual("rule", id, name, "", arn=arn)
        for one, target in (want.targets or {}).items():
            if target is not None:
                yield from _add(made, one, target.model_dump(), facts or {})

    def update(self, have: Actual, changed: RuleSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        fields = {
            field: value for field, value in changed.document.items() if field in ("schedule", "pattern", "description")
        }
        if fields:
            whole = {**have.provider_data["spec"], **changed.document}
            call = Call("events", "PutRule", _put(have.id, whole), idempotent=True, on=(have.arn,))
            yield Line(f"Set {' and '.join(fields)} of rule '{have.name}'", "Asked for", (call,))
        elif changed.has("enabled"):
            operation = "EnableRule" if changed.enabled else "DisableRule"
            call = Call("events", operation, _who(have.id), idempotent=True, on=(have.arn,))
            yield Line(f"{operation.removesuffix('Rule')} rule '{have.name}'", "Asked for", (call,))
        before: Any = have.spec.get("targets") or {}
        for name, target in (changed.targets or {}).items():
            if target is None:
                yield _remove(have, [name], facts or {})
            else:
                whole = {**(before.get(name) or {}), **target.model_dump(exclude_unset=True)}
                yield from _add(have, name, whole, facts or {})
        yield from self.retag(have, changed)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        targets: Any = have.spec.get("targets") or {}
        if targets:
            yield _remove(have, list(targets), facts or {})
        call = Call("events", "DeleteRule", _who(have.id), absent_on=GONE, idempotent=True, on=(have.arn,))
        yield self.removal_line(have, call)

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        return {"id": have.id, "name": have.name, "arn": have.arn}

    # words --------------------------------------------------------------------------------------------------------
    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal()


def _who(id: str, rule: str = "Name") -> dict[str, Value]:
    bus, _, name = id.rpartition("/")
    return {rule: name, **({"EventBusName": bus} if bus else {})}


def _actual(raw: Mapping[str, Any], more: Mapping[str, Any], tags: Mapping[str, str] = {}) -> Actual:
    name, bus = raw["Name"], raw.get("EventBusName", DEFAULT)
    spec: dict[str, Any] = {
        "schedule": raw.get("ScheduleExpression") or None,
        "pattern": _compact(raw.get("EventPattern")),
        "enabled": raw.get("State", "ENABLED") != "DISABLED",
        "description": raw.get("Description") or None,
        "bus": bus,
    }
    owner = raw.get("ManagedBy")
    id = name if bus == DEFAULT else f"{bus}/{name}"
    of_aws = f"kept by {owner}" if owner else ""
    return Actual("rule", id, name, "", {**spec, **more}, tags, raw["Arn"], provider_data={"spec": spec}, of_aws=of_aws)


def _compact(document: str | None) -> str | None:
    if not document:
        return None
    try:
        return json.dumps(json.loads(document), sort_keys=True, separators=(",", ":"))
    except ValueError:
        return document


def _put(id: str, whole: Mapping[str, Any]) -> dict[str, Value]:
    return {
        **_who(id),
        **present(
            {
                "ScheduleExpression": whole.get("schedule"),
                "EventPattern": whole.get("pattern"),
                "Description": whole.get("description"),
                "State": "DISABLED" if whole.get("enabled") is False else "ENABLED",
            }
        ),
    }


def _is_queue(arn: str) -> bool:
    return ":sqs:" in arn or arn.startswith("${queue.")


def _sid(have: Actual, name: str) -> str:
    return f"genesys-rule-{have.name}-{name}".replace(".", "-")


def _add(have: Actual, name: str, target: Mapping[str, Any], known: Policies) -> Iterator[Line]:
    params: Params = {
        **_who(have.id, rule="Rule"),
        "Targets": [present({"Id": name, "Arn": target["arn"], "Input": target.get("input")})],
    }
    calls = [Call("events", "PutTargets", params, idempotent=True, on=(have.arn,))]
    arn = str(target["arn"])
    if ":lambda:" in arn or arn.startswith("${function."):
        calls.append(let_invoke(target["arn"], _sid(have, name), "events.amazonaws.com", have.arn))
    elif _is_queue(arn):
        calls.append(let_send(target["arn"], _sid(have, name), "events.amazonaws.com", have.arn, known))
    yield Line(f"Let rule '{have.name}' start '{name}'", "That is what it is for", tuple(calls))


def _remove(have: Actual, names: list[str], known: Policies) -> Line:
    params: Params = {**_who(have.id, rule="Rule"), "Ids": names}
    before: Any = have.spec.get("targets") or {}
    calls = [Call("events", "RemoveTargets", params, absent_on=GONE, idempotent=True, on=(have.arn,))]
    for name in names:
        arn = str((before.get(name) or {}).get("arn"))
        if ":lambda:" in arn:
            calls.append(let_invoke_no_more(arn, _sid(have, name)))
        elif _is_queue(arn):
            calls += let_send_no_more(arn, _sid(have, name), known)
    return Line(f"Let rule '{have.name}' start {', '.join(names)} no more", "Asked for", tuple(calls))
