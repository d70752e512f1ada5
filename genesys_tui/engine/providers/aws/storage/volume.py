"""EBS volumes. Source: the EC2 API reference and the EBS user guide; prices of us-east-1, November 2026.

A volume goes by its tag `Name`. Instances attach it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from genesys_tui.engine.model.call import Answer, Call, Capture, Find, Token, Value, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import CallError, GenesysError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Finding, Line, Price, Reversal
from genesys_tui.engine.model.references import Output
from genesys_tui.engine.model.resource import Actual, Reference
from genesys_tui.engine.model.specs.volume import VolumeSpec
from genesys_tui.engine.providers.aws import ec2, kms
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed, present, to_wire
from genesys_tui.engine.providers.aws.named import STACK_TAG, the_one
from genesys_tui.engine.providers.aws.storage import volume_calls as calls
from genesys_tui.engine.providers.aws.tags import tags_from_wire
from genesys_tui.engine.providers.aws.words import settings_in_words

SETTINGS: Final[Mapping[str, str]] = {
    "size": "Size",
    "volume_type": "VolumeType",
    "iops": "Iops",
    "throughput": "Throughput",
}
GB_MONTH: Final[Mapping[str, float]] = {
    "gp3": 0.08,
    "gp2": 0.10,
    "io1": 0.125,
    "io2": 0.125,
    "st1": 0.045,
    "sc1": 0.015,
    "standard": 0.05,
}
"""US dollars, by type."""
BY_KEY: Final = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
"""What it takes to use a key of one's own. Source: "Amazon EBS encryption", EBS user guide."""
TRANSITIONS: Final = {"creating": "creating", "deleting": "deleting"}


@dataclass(frozen=True, slots=True)
class VolumeFacts:
    """`zones`: by letter. `managed_key`: the ARN of the key that AWS keeps for volumes."""

    zones: Mapping[str, str]
    managed_key: str | None


def _told(id: str) -> Reading[Answer | None]:
    """The volume; where its ARN is not told, it is composed, for which the account must be known."""
    answer = yield calls.describe(id)
    raw = next(iter((answer or {}).get("Volumes", ())), None)
    if raw is None or raw.get("VolumeArn"):
        return raw
    identity = yield read("sts", "GetCallerIdentity")
    place = Placement(ec2.region_of(raw.get("AvailabilityZone", "")), account=identity["Account"])
    return {**raw, "VolumeArn": place.arn("ec2", f"volume/{id}")}


class Volume(Described[VolumeSpec]):
    """An EBS volume. Its id is the one that EC2 gives."""

    name = "volume"
    title = "EBS volume"
    noun = "volume"
    purpose = "encrypted volume"
    spec = VolumeSpec
    create_only: ClassVar[frozenset[str]] = frozenset({"zone", "encryption", "snapshot"})
    kept: ClassVar[frozenset[str]] = frozenset({"size", "iops", "throughput"})
    defaults: ClassVar[Document] = {"volume_type": "gp3", "encryption": "managed"}
    practice: ClassVar[frozenset[str]] = frozenset({"encryption"})
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name", "zone"})
    tagging = ec2.TAGGING
    parts: ClassVar[Mapping[str, Part]] = {
        "volume": Part(_told),
        "key": Part(lambda _: kms.managed_key("ebs"), frozenset({"encryption"})),
    }

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("ec2", "DescribeVolumes", paginate=True)
        yield Found(tuple(_actual(raw, place) for raw in answer.get("Volumes", ())))

    def locate(self, name: str) -> Reading[Actual | None]:
        # The whole listing: it is asked once for all names of a plan, and a filter would read `*` as a pattern.
        answer = yield read("ec2", "DescribeVolumes", paginate=True)
        return the_one(self.name, name, map(_actual, answer.get("Volumes", ())))

    def composed(self, id: str, told: Told) -> Actual | None:
        raw = told["volume"] or {}
        spec: dict[str, Any] = {}
        if "key" in told:
            managed = kms.arn_in(told["key"])
            spec["encryption"] = kms.encryption_of(raw.get("KmsKeyId"), managed) if raw.get("Encrypted") else None
        return _actual(raw, more=spec)

    def prepare(self, name: str, want: VolumeSpec, have: Actual | None) -> Reading[VolumeFacts]:
        """What a create chooses from."""
        if have is not None and not want.model_fields_set & self.create_only:
            return VolumeFacts({}, None)
        wanted = ec2.filters({"state": "available", "zone-type": "availability-zone"})
        answers = yield [
            read("ec2", "DescribeAvailabilityZones", {"Filters": wanted}),
            kms.managed_key("ebs"),
        ]
        for answer in answers:
            if isinstance(answer, CallError):
                raise answer
        zones, key = answers
        names = sorted(zone["ZoneName"] for zone in zones.get("AvailabilityZones", ()))
        return VolumeFacts({name[-1]: name for name in names}, kms.arn_in(key))

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"snapshot": None, "encryption": None, "tags": {}}

    def create(self, name: str, want: VolumeSpec, place: Placement, facts: VolumeFacts) -> Iterator[Line]:
        if want.size is None and want.snapshot is None:
            raise GenesysError(f"volume '{name}' has no size", todo="give its GB: --size 20")
        zone = facts.zones.get(want.zone or min(facts.zones, default=""))
        if zone is None:
            letters = ", ".join(facts.zones)
            raise GenesysError(f"there is no zone '{want.zone}' in {place.region}", todo=f"zones here: {letters}")
        big = f"{want.size:,} GB, " if want.size else ""
        start = f" from {want.snapshot}" if want.snapshot else ""
        how = "encrypted" if want.encryption else "not encrypted"
        yield Line(
            f"Create volume '{name}' ({big}{want.volume_type}, {how}) in {zone}{start}",
            "A disk that outlives its instances",
            (_create(name, want, zone, place, facts.managed_key),),
        )

    def update(self, have: Actual, changed: VolumeSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        before = have.provider_data.get("Size", 0)
        if changed.size and changed.size < before:
            raise GenesysError(
                f"volume '{have.name}' can't become {changed.size:,} GB",
                why=f"it has {before:,} GB, and a volume can only grow",
                todo="make a smaller one under another name, and copy what it holds",
            )
        settings = {
            field: value for field, value in changed.document.items() if field in SETTINGS and value is not None
        }
        wire = {**to_wire(settings, SETTINGS), **(changed.aws or {})}
        if wire:
            yield Line(
                _in_words(have.name, {**settings, **(changed.aws or {})}),
                "Asked for: it can be used meanwhile",
                (calls.modify(have.id, wire, (have.arn,)),),
            )
        yield from self.retag(have, changed)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        """The snapshot is taken when nothing writes any more."""
        place = Placement(have.region, have.tags.get(STACK_TAG, ""))
        free = calls.until_available(have.id, f"until volume '{have.name}' is detached")
        look = replace(calls.describe(have.id), wait=free)
        yield Line(
            f"Keep a final snapshot of volume '{have.name}'",
            "What it holds can be restored from it",
            (look, calls.snapshot(have.id, have.name, place, (have.arn,))),
        )
        yield self.removal_line(have, calls.delete(have.id, have.name, (have.arn,)))

    def tag_calls(self, have: Actual, tags: Mapping[str, str | None]) -> tuple[Call, ...]:
        return ec2.tag_calls(have.id, tags)

    def outputs_of(self, have: Actual) -> Mapping[str, str]:
        return {**super().outputs_of(have), "zone": have.provider_data["AvailabilityZone"]}

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: VolumeSpec) -> tuple[Price, ...]:
        size, type_ = want.size or 8, want.volume_type or "gp3"
        stored = Price(f"{type_} volume", "GB-month", GB_MONTH[type_], size, size, size)
        more: list[Price] = []
        if type_ == "gp3" and (beyond := max(0, (want.iops or 3000) - 3000)):
            more.append(Price("IOPS beyond 3,000", "IOPS-month", 0.005, beyond, beyond, beyond))
        if type_ == "gp3" and (above := max(0, (want.throughput or 125) - 125)):
            more.append(Price("throughput beyond 125 MiB/s", "MiBps-month", 0.04, above, above, above))
        if type_ in ("io1", "io2") and want.iops:
            more.append(Price("provisioned IOPS", "IOPS-month", 0.065, want.iops, want.iops, want.iops))
        return (stored, *more)

    def findings(self, address: str, want: VolumeSpec) -> Iterator[Finding]:
        if want.has("encryption") and want.encryption is None:
            yield Finding("warning", address, "it is not encrypted at rest", "--encryption managed")

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("loses data", "a final snapshot is kept: name it as `snapshot` to have its data again")

    def holds(self, have: Actual, facts: Facts) -> str:
        return f"its {have.provider_data.get('Size', 0):,} GB"

    def reversal(self, have: Actual, changed: VolumeSpec) -> Reversal:
        return Reversal("irreversible", "a volume can't shrink") if changed.size else Reversal()


def _in_words(name: str, settings: dict[str, Any]) -> str:
    """`Grow volume 'data' to 80 GB and set IOPS to 4000`."""
    size = settings.pop("size", None)
    rest = settings_in_words(settings, {"volume_type": "type", "iops": "IOPS"})
    if size is None:
        return f"Set {rest} on volume '{name}'"
    return f"Grow volume '{name}' to {size:,} GB" + (f" and set {rest}" if rest else "")


def _create(name: str, want: VolumeSpec, zone: str, place: Placement, managed_key: str | None) -> Call:
    own_key = want.encryption not in (None, "managed")
    key: Value = want.encryption if own_key else managed_key
    params: dict[str, Value] = {
        "AvailabilityZone": zone,
        **to_wire({field: value for field, value in want.document.items() if value is not None}, SETTINGS),
        "SnapshotId": want.snapshot,
        "Encrypted": True if want.encryption else None,
        "KmsKeyId": key if want.encryption else None,
        "ClientToken": Token(digest=True),
        "TagSpecifications": ec2.tagged("volume", name, want.tags, place),
        **(want.aws or {}),
    }
    key_arn = "*" if isinstance(want.encryption, Reference) or not own_key else str(want.encryption)
    needs = dict.fromkeys(BY_KEY, (key_arn,)) if own_key else {}
    on = [place.arn("ec2", "volume/*")] + (
        [ec2.arn_of_nobody(place, f"snapshot/{want.snapshot}")] * bool(want.snapshot)
    )
    look = read("ec2", "DescribeVolumes", {"Filters": ec2.ours()})
    return Call(
        "ec2",
        "CreateVolume",
        present(params),
        captures=_captures("[@]", name, place),
        find=Find(look, _captures("Volumes", name, place)),
        wait=calls.until_available(Output("id"), f"until volume '{name}' is ready", limit=600),
        on=tuple(on),
        also_needs={**ec2.NEEDS_TAGGING, **needs},
        seconds=4,
    )


def _captures(found: str, name: str, place: Placement) -> Mapping[str, Capture]:
    """`found`: JMESPath of a list of volumes."""
    prefix = place.arn("ec2", "volume/")
    return {
        "id": Capture(f"{found}[].VolumeId | [0]"),
        "arn": Capture(f"{found}[].join('', ['{prefix}', VolumeId]) | [0]"),
        "name": fixed(name),
        "zone": Capture(f"{found}[].AvailabilityZone | [0]"),
    }


def _actual(raw: Answer, place: Placement | None = None, more: Document | None = None) -> Actual:
    id, zone = raw["VolumeId"], raw.get("AvailabilityZone", "")
    region = ec2.region_of(zone)
    spec: dict[str, Any] = {field: raw.get(wire) for field, wire in SETTINGS.items()}
    spec |= {"zone": zone[-1:] or None, "snapshot": raw.get("SnapshotId") or None, "tags": ec2.users_tags(raw)}
    spec |= {"aws": raw, **(more or {})}
    arn = raw.get("VolumeArn") or (place.arn("ec2", f"volume/{id}") if place else "")
    return Actual(
        "volume",
        id,
        ec2.name_of(raw, id),
        region,
        spec,
        tags_from_wire(raw.get("Tags")),
        arn,
        raw.get("CreateTime"),
        raw,
        of_aws=f"managed by {raw['Operator'].get('Principal', 'AWS')}" if _operated(raw) else "",
        transition=TRANSITIONS.get(raw.get("State", ""), ""),
    )


def _operated(raw: Answer) -> bool:
    return bool((raw.get("Operator") or {}).get("Managed"))
