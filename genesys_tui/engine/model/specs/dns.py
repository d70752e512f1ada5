"""Domain names, as the specs of zones, records, certificates and sites share them."""

from __future__ import annotations

import re

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:\*\.)?(?:{_LABEL}\.)+[a-z0-9][a-z0-9-]{{1,62}}")


def domain_mistake(name: str) -> str:
    """What would be right, where a name is no domain; empty where it is one."""
    if len(name) <= 253 and _DOMAIN.fullmatch(name):
        return ""
    return "a domain in lowercase, such as example.com"
