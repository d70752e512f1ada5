"""EFS filesystems. Source: the EFS API reference; prices of us-east-1, November 2026.

A filesystem goes by its tag `Name`. Its mount targets are parts of it; its policy is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from genesys_tui.engine.model.call import Value, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.references import name_in
from genesys_tui.engine.model.resource import Actual, Reference
from genesys_tui.engine.model.specs.filesystem import FilesystemSpec
from genesys_tui.engine.providers.aws import ec2, kms
from genesys_tui.engine.providers.aws.described import Described, Part, Told
from genesys_tui.engine.providers.aws.named import the_one
from genesys_tui.engine.providers.aws.network.network import Network
from genesys_tui.engine.providers.aws.storage import filesystem_calls as calls
from genesys_tui.engine.providers.aws.storage.filesystem_lines import (
    create_call,
    lifecycle_line,
    reachable,
    target_lines,
    unreachable,
)
from genesys_tui.engine.providers.aws.storage.filesystem_parts import (
    actual,
    alive,
    domain_of,
    in_words,
    lifecycle_of,
    lifecycle_on_wire,
    one_for_each_zone,
    throughput_on_wire,
)
from genesys_tui.engine.providers.aws.tags import Tagging

STORED: Final = Price("filesystem storage", "GB-month", 0.30, low=1, typical=20, high=1000)
READ: Final = Price("elastic reads", "GB", 0.03, low=0, typical=10, high=1000)
WRITTEN: Final = Price("elastic writes", "GB", 0.06, low=0, typical=5, high=200)
EMPTY: Final = 6 * 1024
"""Bytes that EFS tells of a filesystem without a file."""


@dataclass(frozen=True, slots=True)
class FilesystemFacts:
    """`subnets`: one of each zone of the network that was named; None where the network is not there yet."""

    subnets: Sequence[str] | None = ()


class Filesystem(Described[FilesystemSpec]):
    """An EFS filesystem. Its id is the one that EFS gives."""

    name = "filesystem"
    title = "EFS filesystem"
    noun = "filesystem"
    purpose = "shared filesystem"
    spec = FilesystemSpec
    create_only: ClassVar[frozenset[str]] = frozenset({"performance", "encryption", "network"})
    kept: ClassVar[frozenset[str]] = frozenset({"subnets", "security_groups"})
    defaults: ClassVar[Document] = {
        "performance": "general",
        "throughput": "elastic",
        "encryption": "managed",
        "backups": True,
    }
    practice: ClassVar[frozenset[str]] = frozenset({"backups", "encryption"})
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name", "dns_name"})
    tagging = Tagging("efs", on="ResourceId")
    parts: ClassVar[Mapping[str, Part]] = {
        "filesystem": Part(calls.describe),
        "lifecycle": Part(
            lambda id: read("efs", "DescribeLifecycleConfiguration", {"FileSystemId": id}, absent_on=calls.NOT_THERE),
            frozenset({"lifecycle"}),
        ),
        "backups": Part(
            lambda id: read(
                "efs", "DescribeBackupPolicy", {"FileSystemId": id}, absent_on=("PolicyNotFound", *calls.NOT_THERE)
            ),
            frozenset({"backups"}),
        ),
        "targets": Part(calls.targets_with_groups, frozenset({"network", "subnets", "security_groups"})),
        "key": Part(lambda _: kms.managed_key("elasticfilesystem"), frozenset({"encryption"})),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("efs", "DescribeFileSystems", paginate=True)
        yield Found(tuple(actual(raw) for raw in answer.get("FileSystems", ()) if alive(raw)))

    def locate(self, name: str) -> Reading[Actual | None]:
        answer = yield read("efs", "DescribeFileSystems", paginate=True)
        return the_one(self.name, name, (actual(raw) for raw in answer.get("FileSystems", ()) if alive(raw)))

    def composed(self, id: str, told: Told) -> Actual | None:
        raw = next(iter((told["filesystem"] or {}).get("FileSystems", ())), None)
        if raw is None or not alive(raw):
            return None
        spec: dict[str, Any] = {}
        targets: Sequence[Mapping[str, Any]] = (told.get("targets") or {}).get("MountTargets", ())
        if "key" in told:
            managed = kms.arn_in(told["key"])
            spec["encryption"] = kms.encryption_of(raw.get("KmsKeyId"), managed) if raw.get("Encrypted") else None
        if "lifecycle" in told:
            spec["lifecycle"] = lifecycle_of(told["lifecycle"])
        if "backups" in told:
            status = ((told["backups"] or {}).get("BackupPolicy") or {}).get("Status")
            spec["backups"] = status in ("ENABLED", "ENABLING")
        if "targets" in told:
            spec["network"] = next((target.get("VpcId") for target in targets), None)
            spec["subnets"] = sorted(target["SubnetId"] for target in targets) or None
            spec["security_groups"] = sorted({group for one in targets for group in one["SecurityGroups"]}) or None
        return actual(raw, spec, targets)

    def prepare(self, name: str, want: FilesystemSpec, have: Actual | None) -> Reading[FilesystemFacts]:
        """The subnets of the network, where only that is named."""
        if want.network is None or want.has("subnets"):
            return FilesystemFacts()
        network: str | None = want.network
        if isinstance(want.network, Reference):
            there = yield from Network().locate(name_in(want.network))
            network = there.id if there else None
        if network is None:
            return FilesystemFacts(None)
        where = ec2.filters({"vpc-id": network, "state": "available"})
        answer = yield read("ec2", "DescribeSubnets", {"Filters": where}, paginate=True)
        return FilesystemFacts(one_for_each_zone(answer.get("Subnets", ())))

    # lowering -----------------------------------------------------------------------------------------------------
    def fill(self, want: FilesystemSpec, facts: FilesystemFacts, siblings: Sequence[FilesystemSpec]) -> FilesystemSpec:
        bursts = {"throughput": "bursting"} if want.performance == "max-io" else {}
        chosen = {"subnets": list(facts.subnets)} if facts.subnets and not want.has("subnets") else {}
        return self.spec.of({**self.defaults, **bursts, **chosen, **want.document})

    def blank(self) -> Document:
        return {
            "performance": "general",
            "throughput": "bursting",
            "encryption": None,
            "lifecycle": None,
            "backups": False,
            "subnets": None,
            "tags": {},
        }

    def create(self, name: str, want: FilesystemSpec, place: Placement, facts: FilesystemFacts) -> Iterator[Line]:
        if want.network and not want.subnets and not want.has("subnets"):
            raise GenesysError(
                f"filesystem '{name}' has no subnets",
                why="its network is not there yet" if facts.subnets is None else "its network has none",
                todo=f"name them, as in `subnets: [${{network.{name_in(want.network)}.subnet_private_a}}]`",
            )
        how = "encrypted" if want.encryption else "not encrypted"
        backups = ", backed up each day" if want.backups else ""
        yield Line(
            f"Create filesystem '{name}', {how}{backups}",
            "Files that many instances share"
            + ("" if want.subnets else "; nothing can mount it yet: it is in no subnet"),
            (create_call(name, want, place),),
        )
        arn = place.arn("elasticfilesystem", "file-system/*")
        made = Actual("filesystem", "", name, place.region, arn=arn)
        if want.lifecycle and (rules := lifecycle_on_wire(want.lifecycle.model_dump())):
            yield lifecycle_line(made, rules)
        if want.subnets:
            yield reachable(made, want.subnets, want.security_groups)

    def update(self, have: Actual, changed: FilesystemSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if changed.aws:
            raise GenesysError(
                f"{', '.join(sorted(changed.aws))} of filesystem '{have.name}' can't change in place",
                todo="leave it as it is, or make another filesystem under another name",
            )
        if changed.has("throughput"):
            wire = throughput_on_wire(changed.throughput)
            speed = f"{changed.throughput} MiB/s" if isinstance(changed.throughput, int) else changed.throughput
            yield Line(
                f"Set the throughput of filesystem '{have.name}' to {speed}",
                "Asked for: EFS takes one such change a day",
                (calls.set_throughput(have.id, have.name, wire, have.arn),),
            )
        if changed.has("lifecycle"):
            before: Any = have.spec.get("lifecycle") or {}
            after = changed.lifecycle.model_dump(exclude_unset=True) if changed.lifecycle else None
            yield lifecycle_line(have, lifecycle_on_wire({**before, **after} if after else {}))
        if changed.has("backups"):
            words = "each day" if changed.backups else "no more"
            call = calls.set_backups(have.id, have.arn, on=bool(changed.backups))
            yield Line(f"Back filesystem '{have.name}' up {words}", "Asked for", (call,))
        yield from target_lines(have, changed)
        yield from self.retag(have, changed)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        targets = [target["MountTargetId"] for target in have.provider_data.get("targets", ())]
        if targets:
            yield unreachable(have, targets)
        yield self.removal_line(have, calls.delete(have.id, have.name, have.arn))

    def tag_target(self, have: Actual) -> Value:
        return have.id

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        return {**super().outputs_of(have), "dns_name": f"{have.id}.{domain_of(have.region)}"}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: FilesystemSpec) -> tuple[Price, ...]:
        if isinstance(want.throughput, int):
            speed = want.throughput
            return (STORED, Price("provisioned throughput", "MiBps-month", 6.00, speed, speed, speed))
        return (STORED, READ, WRITTEN) if want.throughput == "elastic" else (STORED,)

    def findings(self, address: str, want: FilesystemSpec) -> Iterator[Finding]:
        if want.has("encryption") and want.encryption is None:
            yield Finding("warning", address, "it is not encrypted at rest", "--encryption managed")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", "an empty one with these settings is made again, with another id")

    def holds(self, have: Actual, facts: Facts) -> str:
        size = (have.provider_data.get("SizeInBytes") or {}).get("Value") or 0
        return f"its {in_words(size)} of files" if size > EMPTY else ""
