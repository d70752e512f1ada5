"""What an operator would say of a filesystem's making and of its mount targets, with the calls that do it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from genesys_tui.engine.model.call import Call, Capture, Find, Params, Token, Value, read
from genesys_tui.engine.model.kind import Placement
from genesys_tui.engine.model.plan import Line
from genesys_tui.engine.model.references import Output, name_in
from genesys_tui.engine.model.resource import Actual, Reference
from genesys_tui.engine.model.specs.filesystem import FilesystemSpec
from genesys_tui.engine.providers.aws.described import fixed, present
from genesys_tui.engine.providers.aws.storage import filesystem_calls as calls
from genesys_tui.engine.providers.aws.storage.filesystem_parts import PERFORMANCE, domain_of, throughput_on_wire
from genesys_tui.engine.providers.aws.tags import marked, tags_on_wire


def create_call(name: str, want: FilesystemSpec, place: Placement) -> Call:
    key = want.encryption if want.encryption != "managed" else None
    params: Params = present(
        {
            "CreationToken": Token(digest=True),
            "PerformanceMode": PERFORMANCE[want.performance or "general"],
            **throughput_on_wire(want.throughput),
            "Encrypted": bool(want.encryption),
            "KmsKeyId": key,
            "Backup": bool(want.backups),
            "Tags": tags_on_wire({"Name": name, **marked(want.tags, place)}),
            **(want.aws or {}),
        }
    )
    prefix = place.arn("elasticfilesystem", "file-system/")
    domain = domain_of(place.region)

    def captures(found: str) -> dict[str, Capture]:
        return {
            "id": Capture(f"{found}.FileSystemId | [0]"),
            "arn": Capture(f"{found}.join('', ['{prefix}', FileSystemId]) | [0]"),
            "name": fixed(name),
            "dns_name": Capture(f"{found}.join('.', [FileSystemId, '{domain}']) | [0]"),
        }

    look = read("efs", "DescribeFileSystems", {"CreationToken": Token(digest=True)}, absent_on=calls.NOT_THERE)
    needs: dict[str, tuple[str, ...]] = {"elasticfilesystem:TagResource": (f"{prefix}*",)}
    if key:
        on = ("*",) if isinstance(key, Reference) else (key,)
        needs |= dict.fromkeys(calls.BY_KEY, on)
    return Call(
        "efs",
        "CreateFileSystem",
        params,
        captures=captures("[@][]"),
        find=Find(look, captures("FileSystems[]"), ("FileSystemAlreadyExists",)),
        wait=calls.until_ready(Output("id"), name),
        also_needs=needs,
        seconds=5,
    )


def lifecycle_line(have: Actual, rules: Sequence[Value]) -> Line:
    call = calls.set_lifecycle(have.id or Output("id"), rules, have.arn)
    if rules:
        return Line(
            f"Move unread files of filesystem '{have.name}' to cheaper storage", "They cost less there", (call,)
        )
    return Line(f"Leave the files of filesystem '{have.name}' where they are", "Asked for", (call,))


def reachable(have: Actual, subnets: Sequence[str], groups: Sequence[str] | None) -> Line:
    """A mount target in each of these subnets."""
    id = have.id or Output("id")
    made = [calls.create_target(id, subnet, groups, have.arn) for subnet in subnets]
    sentence = f"Let filesystem '{have.name}' be mounted in {', '.join(subnets)}"
    return Line(sentence, "Instances reach it in their own zone", (*made, calls.all_reachable(id, have.name)))


def unreachable(have: Actual, targets: Sequence[str]) -> Line:
    gone = [calls.delete_target(target, have.arn) for target in targets]
    sentence = f"Take away {len(targets)} mount target{'s' * (len(targets) != 1)} of filesystem '{have.name}'"
    return Line(
        sentence,
        "What has it mounted there can't reach it any more",
        (*gone, calls.none_left(have.id, have.name, targets)),
    )


def target_lines(have: Actual, changed: FilesystemSpec) -> Iterator[Line]:
    """First those that go: a zone takes one."""
    there: Mapping[str, str] = {
        target["SubnetId"]: target["MountTargetId"] for target in have.provider_data.get("targets", ())
    }
    wanted = list(there) if not changed.has("subnets") else changed.subnets or []
    before: Any = have.spec.get("security_groups")
    groups = changed.security_groups or before
    if gone := [id for subnet, id in there.items() if subnet not in wanted]:
        yield unreachable(have, gone)
    if new := [subnet for subnet in wanted if subnet not in there]:
        yield reachable(have, new, groups)
    if changed.security_groups:
        kept = [id for subnet, id in there.items() if subnet in wanted]
        regroup = tuple(calls.set_groups(target, changed.security_groups, have.arn) for target in kept)
        named = ", ".join(f"'{name_in(group)}'" for group in changed.security_groups)
        sentence = f"Put the mount targets of filesystem '{have.name}' into {named} only"
        yield Line(sentence, "Asked for: who may reach it", regroup)
