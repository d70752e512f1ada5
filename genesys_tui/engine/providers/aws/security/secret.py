"""Secrets of Secrets Manager. Source: its API reference; prices of us-east-1, November 2026.

A version's id is ours to choose: it is the keyed fingerprint of the value, so that DescribeSecret tells whether the
value is still the one that is wanted, and nobody ever reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from genesys_tui.engine.model.call import Call, Capture, Find, Params, Secret, Token, Value, read
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.kind import Facts, Found, Placement, Reading
from genesys_tui.engine.model.plan import Line, Price, Reversal
from genesys_tui.engine.model.resource import Actual
from genesys_tui.engine.model.specs.secret import SecretSpec
from genesys_tui.engine.providers.aws.described import Described, Part, Told, fixed, present
from genesys_tui.engine.providers.aws.tags import Tagging, marked, tags_from_wire, tags_on_wire, users_tags

MONTHLY = Price("secret", "secret-month", 0.40, low=1, typical=1, high=1)
REQUESTS = Price("reads of it", "10,000 requests", 0.05, low=0, typical=1, high=100)
GONE = ("ResourceNotFoundException",)
WINDOW = 30


def _describe(id: str) -> Call:
    return read("secretsmanager", "DescribeSecret", {"SecretId": id}, absent_on=GONE)


class SecretKind(Described[SecretSpec]):
    """A secret. Its id is its ARN; one that waits for its deletion is no longer there."""

    name = "secret"
    title = "Secrets Manager secret"
    noun = "secret"
    purpose = "secret"
    spec = SecretSpec
    kept: ClassVar[frozenset[str]] = frozenset({"value", "source"})
    outputs: ClassVar[frozenset[str]] = frozenset({"id", "arn", "name"})
    tagging = Tagging("secretsmanager", on="SecretId")
    parts: ClassVar[Mapping[str, Part]] = {"secret": Part(_describe)}

    # reading ------------------------------------------------------------------------------------------------------
    def discover(self, place: Placement) -> Reading[None]:
        answer = yield read("secretsmanager", "ListSecrets", paginate=True)
        yield Found(tuple(_actual(one, one["ARN"]) for one in answer.get("SecretList", ()) if "DeletedDate" not in one))

    def locate(self, name: str) -> Reading[Actual | None]:
        answer = yield _describe(name)
        return None if answer is None or answer.get("DeletedDate") else _actual(answer, answer["ARN"])

    def composed(self, id: str, told: Told) -> Actual | None:
        raw = told["secret"] or {}
        return None if raw.get("DeletedDate") else _actual(raw, id)

    def prepare(self, name: str, want: SecretSpec, have: Actual | None) -> Reading[Facts]:
        """Does one of this name wait for its deletion? Then it is restored, for no other may take its name."""
        if have is not None:
            return None
        answer = yield _describe(name)
        return answer["ARN"] if answer and answer.get("DeletedDate") else None

    # lowering -----------------------------------------------------------------------------------------------------
    def blank(self) -> Document:
        return {"key": None, "description": None, "tags": {}}

    def create(self, name: str, want: SecretSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if not want.source:
            todo = "say where its value comes from: --value env:NAME"
            raise GenesysError(f"secret '{name}' has no value", todo=todo)
        if facts is not None:
            yield from self._restore(name, want, place, facts)
            return
        arn = place.arn("secretsmanager", f"secret:{name}-*")
        outputs = {"id": Capture("ARN"), "arn": Capture("ARN"), "name": fixed(name)}
        params: Params = present(
            {
                "Name": name,
                "SecretString": Secret(want.source),
                "ClientRequestToken": want.value or Token(digest=True),
                "KmsKeyId": want.key,
                "Description": want.description,
                "Tags": tags_on_wire(marked(want.tags, place)),
            }
        )
        find = Find(_describe(name), outputs, ("ResourceExistsException",))
        needs = {"secretsmanager:TagResource": (arn,)}
        call = Call("secretsmanager", "CreateSecret", params, captures=outputs, find=find, on=(arn,), also_needs=needs)
        yield Line(f"Create secret '{name}' from {want.source}", "Only those who need it can read it", (call,))

    def _restore(self, name: str, want: SecretSpec, place: Placement, arn: str) -> Iterator[Line]:
        outputs = {"id": Capture("ARN"), "arn": Capture("ARN"), "name": fixed(name)}
        call = Call("secretsmanager", "RestoreSecret", {"SecretId": arn}, captures=outputs, idempotent=True, on=(arn,))
        yield Line(f"Restore secret '{name}', which waits for its deletion", "No other may take its name", (call,))
        have = Actual("secret", arn, name, "", arn=arn)
        yield from self.update(have, SecretSpec.of({**want.document, "tags": {}}), place, None)
        yield from self.mark(have, {key: str(value) for key, value in _plain(want, place).items()}, None)

    def update(self, have: Actual, changed: SecretSpec, place: Placement, facts: Facts) -> Iterator[Line]:
        if changed.value and changed.source:
            params: Params = {
                "SecretId": have.id,
                "SecretString": Secret(changed.source),
                "ClientRequestToken": changed.value,
            }
            call = Call("secretsmanager", "PutSecretValue", params, idempotent=True, on=(have.arn,))
            yield Line(f"Write a new value from {changed.source} to secret '{have.name}'", "It is another one", (call,))
        fields = {"key": "KmsKeyId", "description": "Description"}
        wire: Params = {fields[field]: value or "" for field, value in changed.document.items() if field in fields}
        if wire:
            words = " and ".join("description" if key == "Description" else "key" for key in wire)
            call = Call(
                "secretsmanager", "UpdateSecret", {"SecretId": have.id, **wire}, idempotent=True, on=(have.arn,)
            )
            yield Line(f"Set the {words} of secret '{have.name}'", "Asked for", (call,))
        yield from self.retag(have, changed)

    def delete(self, have: Actual, facts: Facts) -> Iterator[Line]:
        params: Params = {"SecretId": have.id, "RecoveryWindowInDays": WINDOW}
        absent = (*GONE, "InvalidRequestException")
        call = Call("secretsmanager", "DeleteSecret", params, absent_on=absent, idempotent=True, on=(have.arn,))
        yield Line(f"Delete secret '{have.name}' in {WINDOW} days", "No longer wanted", (call,))

    def tag_target(self, have: Actual) -> Value:
        return have.id

    # words and numbers --------------------------------------------------------------------------------------------
    def prices(self, want: SecretSpec) -> tuple[Price, ...]:
        return (MONTHLY, REQUESTS)

    def reversal(self, have: Actual, changed: SecretSpec) -> Reversal:
        gone = changed.has("value") and have.spec.get("value") is not None
        return Reversal("irreversible", "its value before is kept nowhere here") if gone else Reversal()

    def removal(self, have: Actual, facts: Facts) -> Reversal:
        return Reversal("reversible", f"its value can be restored for {WINDOW} days")


def _plain(want: SecretSpec, place: Placement) -> Mapping[str, Any]:
    return {**{key: value for key, value in want.tags.items() if value is not None}, "genesys:stack": place.stack}


def _actual(raw: Mapping[str, Any], id: str) -> Actual:
    versions = raw.get("VersionIdsToStages") or raw.get("SecretVersionsToStages") or {}
    current = next((version for version, stages in versions.items() if "AWSCURRENT" in stages), None)
    tags = tags_from_wire(raw.get("Tags"))
    owner = raw.get("OwningService")
    spec: dict[str, Any] = {
        "value": current,
        "key": raw.get("KmsKeyId"),
        "description": raw.get("Description") or None,
        "tags": users_tags(tags),
    }
    of_aws = f"kept by {owner}" if owner else ""
    return Actual("secret", id, raw["Name"], "", spec, tags, raw["ARN"], raw.get("CreatedDate"), of_aws=of_aws)
