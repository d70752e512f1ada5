"""Lambda functions. Source: the Lambda API reference; prices of us-east-1, November 2026.

Code and configuration of a function change one after the other: Lambda refuses a change while another is under way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Answer, Call, Capture, Find, Params, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import CallError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.references import name_in
from genesys_tui.engine.model.resource import Actual, Desired, Fragment
from genesys_tui.engine.model.specs.function import DEPRECATED, FunctionSpec
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed
from genesys_tui.engine.providers.aws.network.network_calls import lambda_gone
from genesys_tui.engine.providers.aws.serverless import artifacts, function_parts
from genesys_tui.engine.providers.aws.serverless.function_change import (
    YOUNG_ROLE,
    change,
    configuration,
    guard_of,
    needed,
    new_code,
    refuse_half,
    settled,
)
from genesys_tui.engine.providers.aws.serverless.function_documents import (
    code,
    hexadecimal,
    opened_to_all,
    queues_of,
    settings,
    spec_of,
    url_of,
)
from genesys_tui.engine.providers.aws.serverless.function_limits import (
    Limits,
    limits,
    network_of,
    refuse_too_much,
    shown_again,
)
from genesys_tui.engine.providers.aws.serverless.function_lines import (
    BUSY,
    GONE,
    concurrency_line,
    queue_lines,
    removed_mapping,
    url_lines,
)
from genesys_tui.engine.providers.aws.tags import Tagging, marked, users_tags
from genesys_tui.engine.providers.aws.words import settings_in_words

CODE = frozenset({"code", "image", "architecture"})
BESIDE = frozenset({"url", "queues", "concurrency", "tags"})
"""What has calls of its own."""
REQUESTS = Price("calls of it", "million", 0.20, low=0, typical=1, high=100)
GB_SECOND = {"x86_64": 0.0000166667, "arm64": 0.0000133334}
SECRETIVE = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY", re.IGNORECASE)
"""Variables whose values should be written nowhere."""
STATES = {"Pending": "creating", "Deleting": "deleting"}


def _url(name: str) -> Reading[Answer | None]:
    """The URL, and the policy that says who may call it."""
    who = {"FunctionName": name}
    url, policy = yield [
        read("lambda", "GetFunctionUrlConfig", who, absent_on=GONE),
        read("lambda", "GetPolicy", who, absent_on=GONE),
    ]
    for answer in (url, policy):
        if isinstance(answer, CallError):
            raise answer
    return {"url": url, "policy": policy}


class Function(Described[FunctionSpec]):
    """A Lambda function. Its id is its name."""

    name = "function"
    title = "Lambda function"
    noun = "function"
    purpose = "function"
    spec = FunctionSpec
    kept: ClassVar[frozenset[str]] = frozenset({"code", "starter", "image", "runtime", "handler", "role"})
    defaults: ClassVar[Document] = {
        "memory": 256,
        "timeout": 30,
        "architecture": "x86_64",
        "disk": 512,
        "tracing": False,
    }
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name", "url", "log_group"})
    tagging = Tagging("lambda", on="Resource", shape="map")
    parts: ClassVar[Mapping[str, Part]] = {
        "function": Part(lambda name: read("lambda", "GetFunction", {"FunctionName": name}, absent_on=GONE)),
        "url": Part(_url, frozenset({"url"}), outputs=True),
        "mappings": Part(
            lambda name: read(
                "lambda", "ListEventSourceMappings", {"FunctionName": name}, paginate=True, absent_on=GONE
            ),
            frozenset({"queues"}),
        ),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        """Of the variables nothing is taken from a listing: they may hold what should be written nowhere."""
        answer = yield read("lambda", "ListFunctions", paginate=True)
        yield Found(tuple(_listed(one) for one in answer.get("Functions", ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        return (yield from self.read(name, frozenset({"memory"})))

    def composed(self, id: str, told: Told) -> Actual | None:
        whole = told["function"] or {}
        tags: Mapping[str, str] = whole.get("Tags", {})
        image = (whole.get("Code") or {}).get("ImageUri")
        more: dict[str, Any] = {
            "image": image,
            "concurrency": (whole.get("Concurrency") or {}).get("ReservedConcurrentExecutions"),
            "tags": users_tags(tags),
        }
        data: dict[str, Any] = {"image": image}
        if asked := told.get("url"):
            data["opened"] = opened_to_all(asked["policy"])
            data["url"] = (asked["url"] or {}).get("FunctionUrl")
            more["url"] = url_of(asked["url"], data["opened"])
        if "mappings" in told:
            listed = (told["mappings"] or {}).get("EventSourceMappings", ())
            more["queues"] = queues_of(listed)
            data["mappings"] = [one["UUID"] for one in listed]
            data["queues"] = {
                name_in(one["EventSourceArn"]): one["UUID"]
                for one in listed
                if ":sqs:" in one.get("EventSourceArn", "") and one.get("State") != "Deleting"
            }
        return _actual(whole["Configuration"], more, tags, data)

    def prepare(self, name: str, want: FunctionSpec, have: Actual | None) -> Reading[Facts]:
        return (yield from limits(want, have))

    # what comes along ---------------------------------------------------------------------------------------------
    def companions(self, desired: Desired, fragment: Fragment | None) -> tuple[Desired, ...]:
        return tuple(function_parts.companions(desired, fragment))

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {
            "image": None,
            "disk": 512,
            "environment": {},
            "layers": None,
            "tracing": False,
            "description": None,
            "concurrency": None,
            "subnets": None,
            "security_groups": None,
            "url": None,
            "queues": {},
            "tags": {},
        }

    def create(self, name: str, want: FunctionSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        known: Limits = facts or Limits()
        refuse_half(name, want)
        refuse_too_much(name, want, known)
        arn = place.arn("lambda", f"function:{name}")
        digest = "" if want.image else hexadecimal(want.code or want.starter)
        outputs = {
            "id": fixed(name),
            "name": fixed(name),
            "arn": Capture("FunctionArn"),
            "log_group": fixed(_log(name)),
        }
        params: Params = {
            "FunctionName": name,
            "Code": code(want.image, digest, place),
            "PackageType": "Image" if want.image else "Zip",
            "Architectures": [want.architecture or "x86_64"],
            **settings(want, {}),
            "Tags": marked(want.tags, place),
        }
        call = Call(
            "lambda",
            "CreateFunction",
            params,
            captures=outputs,
            find=Find(configuration(name), outputs, ("ResourceConflictException",)),
            wait=settled(name, "State=='Active'", "State=='Failed'", f"until function '{name}' can run"),
            retry_on=YOUNG_ROLE,
            on=(arn,),
            also_needs={**needed(want, place), **artifacts.needed(digest, place), "lambda:TagResource": (arn,)},
            seconds=3,
        )
        yield from artifacts.uploaded(digest, f"the code of function '{name}'", place)
        runs = "its image" if want.image else want.runtime
        sentence = f"Create function '{name}' on {runs} with {want.memory} MB and {want.timeout} s"
        yield Line(sentence, "Run code when something happens, and pay for that only", (call,))
        made = Actual("function", name, name, "", arn=arn)
        yield from self._beside(made, want, shown_again(want.timeout, known.visibility))

    def update(self, have: Actual, changed: FunctionSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        known: Limits = facts or Limits()
        raw: Mapping[str, Any] = have.provider_data.get("configuration", {})
        refuse_too_much(have.name, changed, known, have)
        hidden = shown_again(changed.timeout or raw.get("Timeout"), known.visibility)
        fields = {
            field: value
            for field, value in changed.document.items()
            if field not in CODE | BESIDE | FunctionSpec.write_only
        }
        if fields:
            params: Params = {"FunctionName": have.id, **settings(FunctionSpec.of(fields), raw)}
            guard = guard_of(have, raw) if "environment" in fields else None
            needs = needed(changed, place)
            call = change(have, "UpdateFunctionConfiguration", params, guard=guard, needs=needs)
            warned = [f"{name}: {words}" for name, words in hidden.items()] if changed.timeout else []
            yield Line(f"Set {_words(fields)} of function '{have.name}'", "; ".join(warned) or "Asked for", (call,))
        if CODE & changed.model_fields_set:
            yield from new_code(have, changed, place, alone=not fields)
        yield from self._beside(have, changed, hidden)
        yield from self.retag(have, changed)

    def _beside(self, have: Actual, changed: FunctionSpec, hidden: Mapping[str, str]) -> Iterator[Line]:
        """What has calls of its own."""
        if changed.has("concurrency") and (have.spec or changed.concurrency is not None):
            yield concurrency_line(have, changed.concurrency)
        if changed.has("url") and (have.spec.get("url") or changed.url):
            yield from url_lines(have, changed.url)
        yield from queue_lines(have, changed.queues or {}, hidden)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        mappings = [removed_mapping(have, id) for id in have.provider_data.get("mappings", ())]
        params = {"FunctionName": have.id}
        last = Call("lambda", "DeleteFunction", params, absent_on=GONE, idempotent=True, on=(have.arn,), retry_on=BUSY)
        subnets, groups = network_of(have)
        here = {"subnet-id": list(subnets), "group-id": list(groups)}
        # Lambda takes its network interfaces away by the role of the function, which may go next.
        free = (replace(lambda_gone(here), seconds=600),) if facts and facts.alone else ()
        yield self.removal_line(have, *mappings, last, *free)

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        url = have.provider_data.get("url")
        outputs = {"id": have.id, "name": have.name, "arn": have.arn, "log_group": _log(have.name)}
        return {**outputs, **({"url": url} if url else {})}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: FunctionSpec) -> tuple[Price, ...]:
        second = GB_SECOND[want.architecture or "x86_64"] * (want.memory or 128) / 1024
        return (REQUESTS, Price("its time", "million seconds", second * 1e6, low=0, typical=0.1, high=10))

    def findings(self, address: str, want: FunctionSpec) -> Iterator[Finding]:
        if want.url and want.url.auth != "iam":
            yield Finding("note", address, "anybody who knows its URL may call it", "auth: iam")
        if want.runtime in DEPRECATED:
            message = f"{want.runtime} gets no security fixes any more, and Lambda takes it until February 2027 only"
            yield Finding("warning", address, message, "choose a newer `runtime`")
        for name, value in (want.environment or {}).items():
            if value and SECRETIVE.search(name) and not value.startswith("arn:") and "${" not in value:
                message = f"the value of its variable {name} stands in plain text, in your files too"
                yield Finding("warning", address, message, "give it the ARN of a secret, and let the code read that")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal(
            "reversible",
            "it is made again only if its code is still among the artifacts of this machine; AWS keeps none",
        )

    def reversal(self, have: Actual, changed: FunctionSpec) -> Reversal:
        if changed.has("code"):
            return Reversal("reversible", "its code now comes back if it is still among the artifacts of this machine")
        return Reversal()


def _log(name: str) -> str:
    return f"/aws/lambda/{name}"


def _words(fields: Mapping[str, Any]) -> str:
    """Variables by name only: their values are the program's own business."""
    plain = {field: value for field, value in fields.items() if field != "environment"}
    names = ", ".join(fields.get("environment") or ())
    variables = f"the environment ({names})" if names else ""
    return " and ".join(filter(None, (settings_in_words(plain), variables)))


def _listed(raw: Mapping[str, Any]) -> Actual:
    there = _actual({**raw, "Environment": {}}, {})
    return replace(there, spec={key: value for key, value in there.spec.items() if key not in ("environment", "aws")})


def _actual(
    raw: Mapping[str, Any], more: Mapping[str, Any], tags: Mapping[str, str] = {}, data: Mapping[str, Any] = {}
) -> Actual:
    name = raw["FunctionName"]
    state = str(raw.get("State", "Active"))
    return Actual(
        "function",
        name,
        name,
        "",
        {**spec_of(raw), **more},
        tags,
        raw["FunctionArn"],
        provider_data={"configuration": raw, **data},
        transition=STATES.get(state) or ("updating" if raw.get("LastUpdateStatus") == "InProgress" else ""),
    )
