"""State files of other tools that lie in S3, where Terraform's teams keep them."""

from __future__ import annotations

from genesys_tui.engine.inventory.claims import LARGEST, SUFFIXES, claims_of
from genesys_tui.engine.model.errors import CallError, UsageError
from genesys_tui.engine.model.owner import Claim
from genesys_tui.engine.providers.aws.objects import MISSING, SCHEME, Place, tags_under, text_at
from genesys_tui.engine.providers.aws.session import Session


def is_remote(source: str) -> bool:
    """Whether it names something in S3."""
    return source.startswith(SCHEME)


def remote_claims(session: Session, source: str, stamp: str = "") -> tuple[str, tuple[Claim, ...]] | None:
    """What an object, or all state files under a prefix, own, with a stamp that changes when they do. None: it is still
    as at `stamp`. Raises UsageError for what can't be read, or is no state."""
    place = Place.parse(source)
    try:
        if place.key and not place.key.endswith("/"):
            try:
                return _of_object(session, place, stamp)
            except CallError as error:
                if error.code not in MISSING:
                    raise
                place = Place(place.bucket, f"{place.key}/")
        return _of_folder(session, place, stamp)
    except CallError as error:
        raise UsageError(f"{source} can't be read", why=str(error), todo=error.todo or "check its name") from error


def _of_object(session: Session, place: Place, stamp: str) -> tuple[str, tuple[Claim, ...]] | None:
    found = text_at(session, place, known=stamp, largest=LARGEST)
    return None if found is None else (found.etag, claims_of(found.text, str(place)))


def _of_folder(session: Session, place: Place, stamp: str) -> tuple[str, tuple[Claim, ...]] | None:
    tags = {key: tag for key, tag in tags_under(session, place).items() if key.endswith(SUFFIXES)}
    now = "|".join(f"{key} {tag}" for key, tag in sorted(tags.items()))
    if stamp and now == stamp:
        return None
    found = tuple(claim for key in sorted(tags) for claim in _of_key(session, Place(place.bucket, key)))
    if not found:
        raise UsageError(f"there is no state file at {place}", todo="name a terraform.tfstate, or a folder of some")
    return now, found


def _of_key(session: Session, place: Place) -> tuple[Claim, ...]:
    """As in a folder of this machine: a `.json` that is no state is passed over."""
    found = text_at(session, place, largest=LARGEST)
    try:
        return claims_of(found.text, str(place)) if found else ()
    except UsageError:
        if place.key.endswith(".tfstate"):
            raise
        return ()
