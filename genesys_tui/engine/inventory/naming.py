"""What a name says, however it is written: its words, and the environment it speaks of. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

ENVIRONMENTS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("prod", "production", "prd", "live"), "prod"),
    **dict.fromkeys(("produktion", "produccion", "producao", "produzione"), "prod"),
    **dict.fromkeys(("staging", "stg", "stage", "preprod", "uat"), "staging"),
    **dict.fromkeys(("abn", "abnahme", "hml", "homolog", "homologacao", "recette", "preproduction"), "staging"),
    **dict.fromkeys(("dev", "devel", "development"), "dev"),
    **dict.fromkeys(("entw", "entwicklung", "desarrollo", "desenvolvimento", "sviluppo"), "dev"),
    **dict.fromkeys(("test", "tst", "testing", "teste", "prueba", "pruebas"), "test"),
    **dict.fromkeys(("qa", "quality"), "qa"),
    **dict.fromkeys(("sandbox", "sbx", "demo"), "sandbox"),
    **dict.fromkeys(("integration", "acceptance"), "integration"),
}
"""The words for an environment in the languages of the offices, and the one that stands for all alike."""

SAME: Final[Mapping[str, str]] = {
    "dlq": "dead",
    "deadletter": "dead",
    "db": "database",
    "fn": "function",
    "svc": "service",
    "bkp": "backup",
    "bak": "backup",
    "cfg": "config",
    "configuration": "config",
    "doc": "document",
    "evt": "event",
    "img": "image",
    "msg": "message",
    "notif": "notification",
    "pkg": "package",
    "tmp": "temp",
    "txn": "transaction",
    "usr": "user",
}
"""Short words, and what they stand for."""

QUALIFIERS: Final = frozenset(
    {
        *("old", "new", "copy", "backup", "archive", "temp", "legacy", "deprecated", "restored", "restore", "replay"),
        *("replica", "manual", "local", "orig", "original", "draft", "dead", "retry"),
        *("falha", "falhas", "fehler", "fallo", "fallos", "erro", "erros", "echec", "echecs", "errori", "alt", "kopie"),
    }
)
"""Words that set one apart from another one of the same name: a copy of it, what it was before, what failed in it."""

FILLERS: Final = frozenset(
    {
        *("bucket", "table", "queue", "topic", "function", "lambda", "database", "rds", "cluster", "service", "role"),
        *("vpc", "net", "network", "alb", "nlb", "lb", "sg", "group", "log", "repo", "key", "secret", "letter", "api"),
        *("stack", "aws", "s3", "sqs", "sns", "ecs", "handler", "resource"),
    }
)
"""Words that only say what kind of thing it is: they count where there are no others."""

_LONG: Final = ("bucket", "table", "queue", "topic", "function", "stack", "database", "cluster", "service", "role")

_PIECES: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|\d+")
_HASHES: Final = (
    re.compile(r"(?<=[a-z])(?=[0-9a-f]*\d)[0-9a-f]{8}(?=-[a-z0-9]{10,}$)"),  # the CDK's, in a bucket's name
    re.compile(r"-(?=[a-z]*\d)[a-z0-9]{12,}$"),  # CloudFormation's, in a bucket's name
    re.compile(r"[-_](?=.*[A-Z\d])[A-Za-z0-9]{11,13}$"),  # CloudFormation's
    re.compile(r"(?<=[a-z])[0-9A-F]{8}(?=$|[-_])"),  # the CDK's, within a stack
    re.compile(r"[-_.](?=[a-z]*\d)[0-9a-f]{7,}$"),  # what Pulumi and others add
    re.compile(r"[-_](\d{12}|[a-z]{2}-[a-z]+-\d)(?=$|[-_])"),  # an account, a region
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a name, the environment left out; `environment` is empty where it names none."""

    core: frozenset[str]
    environment: str


@lru_cache(maxsize=20_000)
def words_of(name: str) -> Words:
    """`courier_prod_track` speaks of a courier's track, in prod."""
    for pattern in _HASHES:
        shorter = pattern.sub("", name)
        name = shorter if re.search(r"[A-Za-z]{2}", shorter) else name
    pieces = [piece.lower() for piece in _PIECES.findall(name)]
    place = next((at for at, piece in enumerate(pieces) if piece in ENVIRONMENTS), None)
    environment = "" if place is None else ENVIRONMENTS[pieces[place]]
    words = [_singular(SAME.get(piece, _short(piece))) for at, piece in enumerate(pieces) if at != place]
    telling = [word for word in words if word not in FILLERS]
    return Words(frozenset(telling or words or pieces), environment)


def parted(words: Words, known: frozenset[str]) -> Words:
    """The same, with what is written together (`ordersdb`) taken apart where every part is a word: one of `known` at
    least, the others too, or what says the kind or the environment."""
    if not any(len(word) > len(one) >= _SHORTEST and one in word for word in words.core for one in known):
        return words
    core: set[str] = set()
    environment = words.environment
    for word in words.core:
        parts = None if word in known else _apart(word, known)
        for part in parts or (word,):
            if parts and part in ENVIRONMENTS:
                environment = environment or ENVIRONMENTS[part]
            elif not parts or part in known:
                core.add(part)
    return Words(frozenset(core), environment)


_SHORTEST: Final = 3
_BESIDE: Final = FILLERS | ENVIRONMENTS.keys() | SAME.keys()


def _apart(word: str, known: frozenset[str]) -> tuple[str, ...] | None:
    """The words that a word is made of, one of `known` among them; None where it is none of that."""
    for one in sorted(known, key=len, reverse=True):
        if len(one) < _SHORTEST:
            continue
        before, found, after = word.partition(one)
        if not found:
            continue
        after = after.removeprefix("s") if after not in _BESIDE else after
        rest = [_pieces(piece, known) for piece in (before, after)]
        if rest[0] is not None and rest[1] is not None:
            return (*rest[0], one, *rest[1])
    return None


def _pieces(text: str, known: frozenset[str]) -> tuple[str, ...] | None:
    """The words that a text is made of to its end; None where it is not."""
    if not text:
        return ()
    for length in range(len(text), 1, -1):
        head = text[:length]
        if (head in _BESIDE or head in known) and (tail := _pieces(text[length:], known)) is not None:
            return (head, *tail)
    return None


def telling_in(tags: Mapping[str, str]) -> frozenset[str]:
    """The words of what tags say, as far as a name could say them: not sentences, nor what a cloud or tool noted."""
    texts = (text for key, text in tags.items() if ":" not in key and len(text) <= _LONGEST)
    return frozenset(word for text in texts for word in words_of(text).core)


_LONGEST: Final = 24
"""Letters of a tag's value that may stand in a name too."""


def _short(piece: str) -> str:
    """`assets` of `assetsbucket`: where all is small, what kind of thing it is runs into the name."""
    filler = next((one for one in _LONG if piece.endswith(one) and len(piece) > len(one) + 2), "")
    return piece.removesuffix(filler)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def environment_in(tags: Mapping[str, str]) -> str:
    """The environment that tags name; empty where they name none."""
    for key, value in tags.items():
        if re.fullmatch(r"(?i)(.*[:_-])?(env(ironment)?|stage)", key) and value.lower() in ENVIRONMENTS:
            return ENVIRONMENTS[value.lower()]
    return ""
