"""`managed` encryption: by the key that AWS keeps for a service. Source: DescribeKey, KMS API reference."""

from __future__ import annotations

from genesys_tui.engine.model.call import Answer, Call, read


def managed_key(service: str) -> Call:
    """The key that AWS keeps for a service (`ebs`). AWS makes it when it is first asked for."""
    return read("kms", "DescribeKey", {"KeyId": f"alias/aws/{service}"}, absent_on=("NotFoundException",))


def arn_in(answer: Answer | None) -> str | None:
    """The ARN of the key that was described."""
    arn: str | None = (answer or {}).get("KeyMetadata", {}).get("Arn")
    return arn


def encryption_of(key: str | None, managed: str | None) -> str:
    """`managed`, or the key. A service that names none uses its managed one."""
    return "managed" if key in (None, "", managed) else str(key)
