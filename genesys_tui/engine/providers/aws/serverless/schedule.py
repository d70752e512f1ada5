"""EventBridge schedules. Source: the EventBridge Scheduler API reference; prices of us-east-1, November 2026.

UpdateSchedule writes all: what stays is said again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Call, Capture, Find, Params, RetryOn, Token, Value, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Line, Price, Reversal
from genesys_tui.engine.model.resource import Actual, Desired, Fragment, Reference, address_of
from genesys_tui.engine.model.specs.schedule import ScheduleSpec
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed, present
from genesys_tui.engine.providers.aws.iam import passed
from genesys_tui.engine.providers.aws.tags import Tagging
from genesys_tui.engine.providers.aws.words import plain, settings_in_words

STARTS = Price("starts", "million", 1.00, low=0, typical=0.001, high=1)
GONE = ("ResourceNotFoundException",)
DEFAULT = "default"
ALLOWED = {"function": "lambda:InvokeFunction", "queue": "sqs:SendMessage", "topic": "sns:Publish"}
SERVICES = {"lambda": "function", "sqs": "queue", "sns": "topic"}


def _who(id: str) -> dict[str, Value]:
    group, _, name = id.partition("/")
    return {"GroupName": group, "Name": name}


class Schedule(Described[ScheduleSpec]):
    """A schedule. Its id is its group's name and its own."""

    name = "schedule"
    title = "EventBridge schedule"
    noun = "schedule"
    purpose = "schedule"
    spec = ScheduleSpec
    create_only: ClassVar[frozenset[str]] = frozenset({"group"})
    kept: ClassVar[frozenset[str]] = frozenset({"when", "target", "role"})
    defaults: ClassVar[Document] = {"timezone": "UTC", "enabled": True}
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name"})
    tagging = Tagging("scheduler")
    parts: ClassVar[Mapping[str, Part]] = {
        "schedule": Part(lambda id: read("scheduler", "GetSchedule", _who(id), absent_on=GONE))
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("scheduler", "ListSchedules", paginate=True)
        yield Found(tuple(map(_bare, answer.get("Schedules", ()))))

    def locate(self, name: str) -> Reading[Actual | None]:
        return (yield from self.read(f"{DEFAULT}/{name}", frozenset()))

    def composed(self, id: str, told: Told) -> Actual | None:
        raw = told["schedule"] or {}
        target = raw["Target"]
        spec: dict[str, Any] = {
            "when": raw["ScheduleExpression"],
            "timezone": raw.get("ScheduleExpressionTimezone") or "UTC",
            "target": {"arn": target["Arn"], "input": target.get("Input")},
            "role": target["RoleArn"],
            "enabled": raw.get("State") != "DISABLED",
            "window": raw.get("FlexibleTimeWindow", {}).get("MaximumWindowInMinutes"),
            "description": raw.get("Description") or None,
            "group": raw.get("GroupName", DEFAULT),
        }
        return replace(_bare(raw), spec=spec, provider_data={"spec": spec})

    # what comes along ---------------------------------------------------------------------------------------------
    def companions(self, desired: Desired, fragment: Fragment | None) -> tuple[Desired, ...]:
        """A role that may start the target; what is adopted, and what words change, keeps the role it has."""
        name = f"{desired.name}-schedule"
        own = Reference(f"${{role.{name}.arn}}")
        target: Any = desired.spec.get("target") or {}
        foreign = fragment is not None and fragment.spec.get("role") != own
        if "role" in desired.spec or desired.adopt or foreign or not target.get("arn"):
            return (desired,)
        grants = {"start": {"allow": [ALLOWED[_kind_of(target["arn"])]], "on": [target["arn"]]}}
        spec: dict[str, Any] = {"trusts": ["scheduler.amazonaws.com"], "policies": grants}
        role = replace(desired, address=address_of("role", name), kind="role", name=name, spec=spec)
        whole = {**desired.spec, "role": own}
        return (replace(desired, spec=whole, needs=(*desired.needs, role.address)), role)

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"window": None, "description": None, "group": DEFAULT}

    def create(self, name: str, want: ScheduleSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if not want.when or not want.target:
            todo = "say `when` and its `target`"
            raise GenesysError(f"schedule '{name}' lacks its time or its target", todo=todo)
        if not want.role:
            raise GenesysError(f"schedule '{name}' has no role", todo="leave `role` out, and it gets one of its own")
        id = f"{want.group or DEFAULT}/{name}"
        arn = place.arn("scheduler", f"schedule/{id}")
        outputs = {"id": fixed(id), "name": fixed(name), "arn": Capture("ScheduleArn")}
        look = read("scheduler", "GetSchedule", _who(id), absent_on=GONE)
        call = Call(
            "scheduler",
            "CreateSchedule",
            {**_whole(id, want.document), "ClientToken": Token(digest=True)},
            captures=outputs,
            find=Find(look, {**outputs, "arn": Capture("Arn")}, ("ConflictException",)),
            retry_on=(RetryOn("ValidationException", 60, "must allow AWS EventBridge Scheduler to assume the role"),),
            on=(arn,),
            also_needs=passed(want.role, place=place),
        )
        what = plain(str(want.target.arn))
        yield Line(f"Start {what} at {want.when} ({want.timezone})", f"Schedule '{name}'", (call,))

    def update(self, have: Actual, changed: ScheduleSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        before = have.provider_data["spec"]
        document = changed.document
        if changed.target:
            document = {**document, "target": {**before["target"], **changed.target.model_dump(exclude_unset=True)}}
        params = _whole(have.id, {**before, **document})
        needs = passed(str(document.get("role") or before["role"]), place=place)
        call = Call("scheduler", "UpdateSchedule", params, idempotent=True, on=(have.arn,), also_needs=needs)
        yield Line(f"Set {settings_in_words(changed.document)} of schedule '{have.name}'", "Asked for", (call,))

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        call = Call("scheduler", "DeleteSchedule", _who(have.id), absent_on=GONE, idempotent=True, on=(have.arn,))
        yield self.removal_line(have, call)

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        return {"id": have.id, "name": have.name, "arn": have.arn}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: ScheduleSpec) -> tuple[Price, ...]:
        return (STARTS,)

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal()


def _bare(raw: Mapping[str, Any]) -> Actual:
    name, group = raw["Name"], raw.get("GroupName", DEFAULT)
    return Actual("schedule", f"{group}/{name}", name, "", arn=raw["Arn"], created=raw.get("CreationDate"))


def _kind_of(arn: str) -> str:
    """The kind of a target, by its ARN or by what it refers to."""
    if "${" in arn:
        return arn.partition("${")[2].partition(".")[0]
    return SERVICES.get(arn.split(":")[2], "function")


def _whole(id: str, spec: Mapping[str, Any]) -> dict[str, Value]:
    window: Params = (
        {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": spec["window"]} if spec.get("window") else {"Mode": "OFF"}
    )
    target = present({"Arn": spec["target"]["arn"], "RoleArn": spec["role"], "Input": spec["target"].get("input")})
    optional = {"Description": spec.get("description")}
    return {
        **_who(id),
        "ScheduleExpression": spec["when"],
        "ScheduleExpressionTimezone": spec.get("timezone") or "UTC",
        "State": "DISABLED" if spec.get("enabled") is False else "ENABLED",
        "FlexibleTimeWindow": window,
        "Target": target,
        **present(optional),
    }
