"""The calls that make a function's code and configuration what they are to be, and what they need. Pure.

Lambda refuses a change while another is under way: each is waited for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from genesys_tui.engine.model.call import Call, Capture, Find, Guard, Params, RetryOn, Wait, fingerprint, read
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.references import name_in
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.base import in_order
from genesys_tui.engine.model.specs.function import FunctionSpec
from genesys_tui.engine.providers.aws.iam import passed
from genesys_tui.engine.providers.aws.serverless import artifacts
from genesys_tui.engine.providers.aws.serverless.function_documents import code, hexadecimal
from genesys_tui.engine.providers.aws.serverless.function_lines import BUSY, GONE

MOVED = ("PreconditionFailedException",)
"""What Lambda answers to a change of a revision that is not the latest any more."""

YOUNG_ROLE = tuple(
    RetryOn("InvalidParameterValueException", 60, message)
    for message in ("cannot be assumed by Lambda", "does not have permissions", "KMS")
)
"""A role that was made just now is not known everywhere yet."""


def refuse_half(name: str, want: FunctionSpec) -> None:
    """Raises GenesysError for what no function can be without, and what an outcome or a file left out."""
    if want.role is None:
        todo = "plan it without --adopt, and it gets a role of its own; or write its `role`"
        raise GenesysError(f"function '{name}' does not exist, and has no role to be made with", todo=todo)
    if want.image:
        return
    if not want.runtime:
        raise GenesysError(f"function '{name}' has no runtime", todo="say what runs its code: --runtime python")
    if not (want.code or want.starter):
        raise GenesysError(f"function '{name}' has no code", todo="say where it is: --source DIR, or an image")
    if not want.handler:
        raise GenesysError(f"function '{name}' has no handler", todo="say what is to be called: --handler main.handler")


def new_code(have: Actual, changed: FunctionSpec, place: Placement, *, alone: bool) -> Iterator[Line]:
    """The architecture changes with the code only: then the same code is sent again. `alone`: nothing else of the
    function is changed before."""
    raw: Mapping[str, Any] = have.provider_data.get("configuration", {})
    if bool(changed.image) != (raw.get("PackageType") == "Image") and (changed.image or changed.code):
        raise GenesysError(
            f"function '{have.name}' can't change between a zip and an image",
            why="AWS decides that when a function is made",
            todo="delete it first, or give the new one another name",
        )
    image = changed.image or have.provider_data.get("image")
    digest = None if image else hexadecimal(changed.code or raw.get("CodeSha256"))
    params: Params = {"FunctionName": have.id, **code(image, digest, place)}
    if changed.architecture:
        params = {**params, "Architectures": [changed.architecture]}
    needs = from_repository(changed.image, place) if image else artifacts.needed(digest or "", place)
    call = change(have, "UpdateFunctionCode", params, needs=needs)
    call = _unless_changed(call, have, raw, changed.code if alone and digest else None)
    if digest:
        yield from artifacts.uploaded(digest, f"the code of function '{have.name}'", place)
    if not (changed.code or changed.image):
        sentence = f"Run function '{have.name}' on {changed.architecture}"
        yield Line(sentence, "Its code is sent again; what is compiled in it must fit", (call,))
    else:
        yield Line(f"Send new code to function '{have.name}'", "It is another one; callers get it at once", (call,))


def _unless_changed(call: Call, have: Actual, raw: Mapping[str, Any], code: str | None) -> Call:
    """What somebody else sent since is not overwritten. Lambda itself sees to that by the revision, where nothing of
    ours changes it before; then a lost answer is settled by looking, for our own change makes it another one too."""
    revision = raw.get("RevisionId")
    if not (revision and code):
        return replace(call, guard=Guard(configuration(have.id), "CodeSha256", fingerprint(raw.get("CodeSha256"))))
    sent = {"_sent": Capture(f"CodeSha256=='{code}' && 'yes' || `null`")}
    return replace(
        call,
        params={**call.params, "RevisionId": revision},
        moved_on=MOVED,
        idempotent=False,
        find=Find(configuration(have.id), sent, MOVED),
    )


def configuration(name: str) -> Call:
    """The read that tells what is under way."""
    return read("lambda", "GetFunctionConfiguration", {"FunctionName": name}, absent_on=GONE)


def settled(name: str, done: str, failed: str, why: str) -> Wait:
    """Until `done` holds of its configuration. A function in a network takes a minute or two."""
    said = "LastUpdateStatusReason || StateReason"
    return Wait(configuration(name), done, why, failed=failed, interval=0.2, limit=300, reason=said)


def change(
    have: Actual,
    operation: str,
    params: Params,
    *,
    guard: Guard | None = None,
    needs: Mapping[str, tuple[str, ...]] = {},
) -> Call:
    """A change of code or configuration, and the wait for its end."""
    ok, bad = "LastUpdateStatus=='Successful'", "LastUpdateStatus=='Failed'"
    return Call(
        "lambda",
        operation,
        params,
        idempotent=True,
        guard=guard,
        wait=settled(have.id, f"!LastUpdateStatus || {ok}", bad, f"until function '{have.name}' runs as changed"),
        retry_on=(*BUSY, *YOUNG_ROLE),
        on=(have.arn,),
        also_needs=needs,
        seconds=2,
    )


def guard_of(have: Actual, raw: Mapping[str, Any]) -> Guard:
    """The variables are one document: what others wrote into it since is not overwritten."""
    before = (raw.get("Environment") or {}).get("Variables")
    return Guard(configuration(have.id), "Environment.Variables", fingerprint(before))


def from_repository(image: str | None, place: Placement) -> dict[str, tuple[str, ...]]:
    """Lambda lets itself read the repository of an image, by what the caller may do. Source: "Create a Lambda function
    using a container image", Lambda developer guide."""
    if not image:
        return {}
    found = re.match(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com[^/]*/([^:@]+)", image)
    pushed = name_in(image).partition(":")[0] if image.startswith("${image.") else "*"
    owner, region, name = found.groups() if found else (place.account, place.region, pushed)
    on = (replace(place, account=owner).arn("ecr", f"repository/{name}", region=region),)
    return {"ecr:GetRepositoryPolicy": on, "ecr:SetRepositoryPolicy": on}


def needed(want: FunctionSpec, place: Placement) -> dict[str, tuple[str, ...]]:
    """What the caller must be allowed beyond the call itself, to give the function what it is to have."""
    needs = passed(want.role, place=place) | from_repository(want.image, place)
    if want.layers:
        needs["lambda:GetLayerVersion"] = tuple(
            one if one.startswith("arn:") else place.arn("lambda", f"layer:{name_in(one)}:*")
            for one in in_order(want.layers)
        )
    if want.subnets:
        needs |= {f"ec2:Describe{what}": () for what in ("SecurityGroups", "Subnets", "Vpcs")}
    return needs
