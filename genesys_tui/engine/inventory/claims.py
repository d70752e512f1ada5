"""State files of other tools, read for what they own: Terraform's `terraform.tfstate` and Pulumi's checkpoints.

Only addresses, types and ids are taken out: such files hold secrets too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from genesys_tui.engine.model.errors import UsageError
from genesys_tui.engine.model.owner import Claim

SUFFIXES: Final = (".tfstate", ".json", ".checkpoint")
"""Of the files that a folder is searched for."""
LARGEST: Final = 200 * 1024 * 1024
"""Bytes of one file; Terraform itself is slow long before."""


def claims_in(path: Path) -> tuple[Claim, ...]:
    """What a file owns, or all state files of a folder. Raises UsageError for what can't be read, or is no state."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.name.endswith(SUFFIXES) and file.is_file())
        found = tuple(claim for file in files for claim in _of_folder(file))
        if not found:
            raise UsageError(
                f"there is no state file in {path}", todo="name a terraform.tfstate, or the folder of some"
            )
        return found
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path} is larger than a state file can be", todo="name a terraform.tfstate")
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} can't be read", why=str(error), todo="name a terraform.tfstate") from error
    return claims_of(text, str(path))


def _of_folder(file: Path) -> tuple[Claim, ...]:
    """A `.json` that is no state is passed over; a `.tfstate` that is none is a mistake."""
    try:
        return claims_in(file)
    except UsageError:
        if file.name.endswith(".tfstate"):
            raise
        return ()


def claims_of(text: str, source: str) -> tuple[Claim, ...]:
    """What the text of a state file owns. `source`: what it is called. Raises UsageError for what is none."""
    try:
        document: Any = json.loads(text) if text.strip() else None
    except ValueError as error:
        todo = "restore it from its backup, or pull it anew: terraform state pull > terraform.tfstate"
        raise UsageError(f"{source} is broken", why=f"it is no JSON: {error}", todo=todo) from error
    if isinstance(document, Mapping):
        if isinstance(document.get("resources"), list) and "terraform_version" in document:
            return tuple(_of_terraform(document["resources"], source))
        if isinstance(document.get("modules"), list) and "terraform_version" in document:
            todo = "let Terraform rewrite it: terraform refresh"
            raise UsageError(f"{source} has the format of Terraform before 0.12", todo=todo)
        pulumi = _pulumi_resources(document)
        if pulumi is not None:
            return tuple(_of_pulumi(pulumi, source))
    todo = "name a terraform.tfstate, or the output of `pulumi stack export`"
    raise UsageError(f"{source} is no state of Terraform or Pulumi", todo=todo)


# Terraform ------------------------------------------------------------------------------------------------------------
def _of_terraform(resources: list[Any], source: str) -> Iterator[Claim]:
    """Data sources are only looked at by Terraform: it does not own them."""
    for resource in resources:
        if not isinstance(resource, Mapping) or resource.get("mode") != "managed":
            continue
        type, name = str(resource.get("type", "")), str(resource.get("name", ""))
        module = f"{resource['module']}." if resource.get("module") else ""
        for instance in resource.get("instances") or ():
            attributes = instance.get("attributes") or instance.get("attributes_flat") or {}
            key = instance.get("index_key")
            index = "" if key is None else f"[{json.dumps(key)}]"
            if ids := _ids(attributes, ("arn", "id", "name", "bucket", "url", "function_name", "identifier")):
                yield Claim("terraform", source, f"{module}{type}.{name}{index}", type, ids)


# Pulumi ---------------------------------------------------------------------------------------------------------------
def _pulumi_resources(document: Mapping[str, Any]) -> list[Any] | None:
    """Of an export (`deployment`), or of a checkpoint (`checkpoint.latest`)."""
    checkpoint = document.get("checkpoint")
    latest = checkpoint.get("latest") if isinstance(checkpoint, Mapping) else None
    deployment = document.get("deployment") or latest
    resources = deployment.get("resources") if isinstance(deployment, Mapping) else None
    return resources if isinstance(resources, list) else None


def _of_pulumi(resources: list[Any], source: str) -> Iterator[Claim]:
    """What is `external` was only looked up."""
    for resource in resources:
        if not isinstance(resource, Mapping) or resource.get("external") or not resource.get("custom"):
            continue
        outputs = resource.get("outputs") or {}
        found = _ids({**outputs, "id": resource.get("id")}, ("arn", "id", "name", "bucket", "url", "identifier"))
        type = str(resource.get("type", ""))
        if found and type.startswith(("aws:", "aws-native:")):
            urn = str(resource.get("urn", "")).split("::")
            scope = f"{urn[1]}/{urn[0].rpartition(':')[2]}" if len(urn) > 1 else ""
            yield Claim("pulumi", source, urn[-1], type, found, scope)


def _ids(attributes: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, ...]:
    values = (attributes.get(name) for name in names)
    return tuple(dict.fromkeys(value for value in values if isinstance(value, str) and value))
