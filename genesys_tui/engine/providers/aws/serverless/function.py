"""Lambda functions. Source: the Lambda API reference; prices of us-east-1, November 2026.

Code and configuration of a function change one after the other: Lambda refuses a change while another is under way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Call, Capture, Find, Guard, Params, RetryOn, Value, Wait, fingerprint, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.resource import Actual, Desired, Fragment, Reference
from genesys_tui.engine.model.specs.function import FunctionSpec
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed
from genesys_tui.engine.providers.aws.serverless import function_parts
from genesys_tui.engine.providers.aws.serverless.function_documents import code, queues_of, settings, spec_of, url_of
from genesys_tui.engine.providers.aws.serverless.function_lines import queue_lines, url_lines
from genesys_tui.engine.providers.aws.tags import Tagging, marked, users_tags
from genesys_tui.engine.providers.aws.words import settings_in_words

GONE = ("ResourceNotFoundException",)
CODE = frozenset({"code", "image", "architecture"})
BESIDE = frozenset({"url", "queues", "concurrency", "tags"})
"""What has calls of its own."""
REQUESTS = Price("calls of it", "million", 0.20, low=0, typical=1, high=100)
GB_SECOND = 0.0000166667


class Function(Described[FunctionSpec]):
    """A Lambda function. Its id is its name."""

    name = "function"
    title = "Lambda function"
    noun = "function"
    purpose = "function"
    spec = FunctionSpec
    kept: ClassVar[frozenset[str]] = frozenset({"code", "runtime", "handler", "role"})
    defaults: ClassVar[Document] = {"memory": 256, "timeout": 30, "architecture": "x86_64"}
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name", "url", "log_group"})
    tagging = Tagging("lambda", on="Resource", shape="map")
    parts: ClassVar[Mapping[str, Part]] = {
        "function": Part(lambda name: read("lambda", "GetFunction", {"FunctionName": name}, absent_on=GONE)),
        "url": Part(
            lambda name: read("lambda", "GetFunctionUrlConfig", {"FunctionName": name}, absent_on=GONE),
            frozenset({"url"}),
            outputs=True,
        ),
        "mappings": Part(
            lambda name: read(
                "lambda", "ListEventSourceMappings", {"FunctionName": name}, paginate=True, absent_on=GONE
            ),
            frozenset({"queues"}),
        ),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("lambda", "ListFunctions", paginate=True)
        yield Found(tuple(_actual(one, {}) for one in answer.get("Functions", ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        return (yield from self.read(name, frozenset({"memory"})))

    def composed(self, id: str, told: Told) -> Actual | None:
        whole = told["function"] or {}
        tags: Mapping[str, str] = whole.get("Tags", {})
        concurrency = (whole.get("Concurrency") or {}).get("ReservedConcurrentExecutions")
        more: dict[str, Any] = {
            "image": (whole.get("Code") or {}).get("ImageUri"),
            "concurrency": concurrency,
            "tags": users_tags(tags),
        }
        data: dict[str, Any] = {}
        if "url" in told:
            more["url"] = url_of(told["url"])
            data["url"] = (told["url"] or {}).get("FunctionUrl")
        if "mappings" in told:
            more["queues"] = queues_of(told["mappings"])
            listed = (told["mappings"] or {}).get("EventSourceMappings", ())
            data["mappings"] = {one["EventSourceArn"].rpartition(":")[2]: one["UUID"] for one in listed}
        return _actual(whole["Configuration"], more, tags, data)

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
        self._check(name, want)
        arn = place.arn("lambda", f"function:{name}")
        log = f"/aws/lambda/{name}"
        outputs = {"id": fixed(name), "name": fixed(name), "arn": Capture("FunctionArn"), "log_group": fixed(log)}
        params: Params = {
            "FunctionName": name,
            "Code": code(want),
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
            find=Find(_configuration(name), outputs, ("ResourceConflictException",)),
            wait=_settled(name, "State=='Active'", "State=='Failed'", f"until function '{name}' can run"),
            retry_on=(
                RetryOn("InvalidParameterValueException", 60, "cannot be assumed by Lambda"),
                RetryOn("InvalidParameterValueException", 60, "KMS"),
            ),
            on=(arn,),
            also_needs={"iam:PassRole": _passed(want.role, place), "lambda:TagResource": (arn,)},
            seconds=3,
        )
        runs = "its image" if want.image else want.runtime
        sentence = f"Create function '{name}' on {runs} with {want.memory} MB and {want.timeout} s"
        yield Line(sentence, "Run code when something happens, and pay for that only", (call,))
        made = Actual("function", name, name, "", arn=arn)
        yield from self._beside(made, want)

    def _check(self, name: str, want: FunctionSpec) -> None:
        if want.role is None:
            raise GenesysError(f"function '{name}' has no role", todo="leave `role` out, and it gets one of its own")
        if want.image is None and not want.code:
            raise GenesysError(f"function '{name}' has no code", todo="say where it is: --source DIR, or an image")
        if want.image is None and not want.handler:
            todo = "say what is to be called: --handler main.handler"
            raise GenesysError(f"function '{name}' has no handler", todo=todo)

    def update(self, have: Actual, changed: FunctionSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        who = {"FunctionName": have.id}
        if changed.has("code") or changed.has("image") or changed.has("architecture"):
            whole = FunctionSpec.of({**{key: have.spec.get(key) for key in ("code", "image")}, **changed.document})
            architecture = {"Architectures": [changed.architecture]} if changed.architecture else {}
            params: Params = {**who, **code(whole), **architecture}
            yield Line(
                f"Send new code to function '{have.name}'",
                "It is another one; callers get it at once",
                (_change(have, "UpdateFunctionCode", params),),
            )
        fields = {field: value for field, value in changed.document.items() if field not in CODE | BESIDE}
        if fields:
            raw = have.provider_data.get("configuration", {})
            wire = settings(FunctionSpec.of(fields), raw)
            guard = _guard(have, raw) if "environment" in fields else None
            needs = {"iam:PassRole": _passed(changed.role, place)} if changed.role else {}
            call = _change(have, "UpdateFunctionConfiguration", {**who, **wire}, guard=guard, needs=needs)
            yield Line(f"Set {_words(fields)} of function '{have.name}'", "Asked for", (call,))
        yield from self._beside(have, changed)
        yield from self.retag(have, changed)

    def _beside(self, have: Actual, changed: FunctionSpec) -> Iterator[Line]:
        """What has calls of its own."""
        if changed.has("concurrency") and (have.spec or changed.concurrency is not None):
            yield _concurrency(have, changed.concurrency)
        if changed.has("url") and (have.spec.get("url") or changed.url):
            yield from url_lines(have, changed.url)
        yield from queue_lines(have, changed.queues or {})

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        mappings = [
            Call("lambda", "DeleteEventSourceMapping", {"UUID": id}, absent_on=GONE, idempotent=True)
            for id in have.provider_data.get("mappings", {}).values()
        ]
        params = {"FunctionName": have.id}
        last = Call("lambda", "DeleteFunction", params, absent_on=GONE, idempotent=True, on=(have.arn,))
        yield self.removal_line(have, *mappings, last)

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        url = have.provider_data.get("url")
        outputs = {"id": have.id, "name": have.name, "arn": have.arn, "log_group": f"/aws/lambda/{have.name}"}
        return {**outputs, **({"url": url} if url else {})}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: FunctionSpec) -> tuple[Price, ...]:
        second = GB_SECOND * (want.memory or 128) / 1024
        return (REQUESTS, Price("its time", "million seconds", second * 1e6, low=0, typical=0.1, high=10))

    def findings(self, address: str, want: FunctionSpec) -> Iterator[Finding]:
        if want.url and want.url.auth != "iam":
            yield Finding("note", address, "anybody who knows its URL may call it", "auth: iam")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "it is made again as long as its code is among this machine's artifacts")


def _configuration(name: str) -> Call:
    return read("lambda", "GetFunctionConfiguration", {"FunctionName": name}, absent_on=GONE)


def _settled(name: str, done: str, failed: str, why: str) -> Wait:
    return Wait(_configuration(name), done, why, failed=failed, interval=0.3, limit=300)


def _change(
    have: Actual,
    operation: str,
    params: Params,
    *,
    guard: Guard | None = None,
    needs: Mapping[str, tuple[str, ...]] = {},
) -> Call:
    ok, bad = "LastUpdateStatus=='Successful'", "LastUpdateStatus=='Failed'"
    return Call(
        "lambda",
        operation,
        params,
        idempotent=True,
        guard=guard,
        wait=_settled(have.id, f"!LastUpdateStatus || {ok}", bad, f"until function '{have.name}' runs as changed"),
        retry_on=(
            RetryOn("ResourceConflictException", 60),
            RetryOn("InvalidParameterValueException", 60, "cannot be assumed by Lambda"),
        ),
        on=(have.arn,),
        also_needs=needs,
        seconds=2,
    )


def _guard(have: Actual, raw: Mapping[str, Any]) -> Guard:
    """The variables are one document: what others wrote into it since is not overwritten."""
    before = (raw.get("Environment") or {}).get("Variables")
    return Guard(_configuration(have.id), "Environment.Variables", fingerprint(before))


def _concurrency(have: Actual, most: int | None) -> Line:
    who: dict[str, Value] = {"FunctionName": have.name}
    if most is None:
        call = Call("lambda", "DeleteFunctionConcurrency", who, idempotent=True, on=(have.arn,))
        return Line(f"Let function '{have.name}' run as often at once as the account can", "Asked for", (call,))
    params: Params = {**who, "ReservedConcurrentExecutions": most}
    call = Call("lambda", "PutFunctionConcurrency", params, idempotent=True, on=(have.arn,))
    return Line(f"Let function '{have.name}' run at most {most} times at once", "Asked for", (call,))


def _passed(role: str | None, place: Placement) -> tuple[str, ...]:
    """The roles that the caller must be allowed to give to the function."""
    if role is None or isinstance(role, Reference):
        name = str(role).split(".")[1] if role else "*"
        return (place.arn("iam", f"role/{name}", region=""),)
    return (role,)


def _words(fields: Mapping[str, Any]) -> str:
    """Variables by name only: their values are the program's own business."""
    plain = {field: value for field, value in fields.items() if field != "environment"}
    names = ", ".join(fields.get("environment") or ())
    variables = f"the environment ({names})" if names else ""
    return " and ".join(filter(None, (settings_in_words(plain), variables)))


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
        transition={"Pending": "creating", "Deleting": "deleting"}.get(state, ""),
    )
