"""What a sweep found, judged: whose each resource is, and how safely it may be taken over. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from genesys_tui.engine.inventory.adoption import adoption_of, surroundings
from genesys_tui.engine.inventory.discovery import Resource
from genesys_tui.engine.inventory.ownership import Evidence, Subject, judged


def assessed(resources: Sequence[Resource], evidence: Evidence, now: datetime) -> tuple[Resource, ...]:
    """Each with its owner and its score. What is managed already, and what has no kind, has no score."""
    subjects = [Subject(resource.actual, resource.stack) for resource in resources]
    judgements = judged(subjects, evidence)
    around = surroundings(subjects, judgements, evidence)
    found = []
    for resource, subject in zip(resources, subjects, strict=True):
        judgement = judgements[subject.key]
        adoption = None if resource.managed else adoption_of(resource.actual, judgement, around, now)
        found.append(replace(resource, owner=judgement.owner, adoption=adoption))
    return tuple(found)
