"""What of the user's surroundings a build in a container needs: the settings of indexes, proxies and certificates, and
the files that they name. Everything else stays outside, credentials of clouds above all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

PROXIES = ("http_proxy", "https_proxy", "all_proxy")
_FAMILIES = ("UV_", "PIP_", "NPM_CONFIG_")
_NAMES = frozenset({
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO",
    "NETRC", "GOPROXY", "GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOSUMDB", "GOINSECURE", "GOFLAGS", "GOAUTH",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
})  # fmt: skip
_OF_THIS_MACHINE = (
    "UV_CACHE_DIR", "UV_PYTHON", "UV_TOOL", "UV_PROJECT", "UV_WORKING", "UV_INSTALL", "UV_RUN_", "UV_ENV_FILE",
    "UV_LINK_MODE", "UV_SYSTEM_PYTHON", "UV_TARGET", "PIP_CACHE_DIR", "PIP_TARGET", "PIP_PREFIX", "PIP_USER",
    "PIP_PYTHON", "NPM_CONFIG_CACHE", "NPM_CONFIG_PREFIX", "NPM_CONFIG_GLOBAL", "NPM_CONFIG_INIT",
)  # fmt: skip
"""Where the tools keep their things here, which is elsewhere in a container."""

_FILES = (
    ".netrc", ".config/uv/uv.toml", ".config/pip/pip.conf", ".pip/pip.conf", ".npmrc", ".config/go/env",
    "/etc/uv/uv.toml", "/etc/pip.conf",
)  # fmt: skip
"""Where such settings lie; the relative ones are in the user's home folder."""


def passed_on(environment: Mapping[str, str], proxy: str = "") -> dict[str, str]:
    """The variables that a container gets. `proxy`: takes the place of the environment's."""
    found = {name: value for name, value in environment.items() if value and _is_passed(name.upper())}
    if proxy:
        found = {name: value for name, value in found.items() if name.lower() not in PROXIES}
        found |= {written: proxy for name in PROXIES for written in (name, name.upper())}
    return found


def files_named(variables: Mapping[str, str], home: Path) -> list[Path]:
    """The files and folders that these settings lie in or name: certificates, folders of packages, `file://` indexes.
    Only such that exist, each once, none within another."""
    settings = [path for name in _FILES if (path := home / name).is_file()]
    named = [path for value in variables.values() for path in _paths(value)]
    settings += [path for path in named if path.suffix in (".toml", ".conf") and path.is_file()]
    for path in settings:
        named += re.findall(r"file://(?:localhost)?(/[^\s\"',]+)", path.read_text("utf-8", "replace"))
    paths = sorted({Path(path) for path in (*settings, *named) if Path(path).exists()})
    return [path for path in paths if not any(other in path.parents for other in paths)]


def _is_passed(name: str) -> bool:
    return name in _NAMES or (name.startswith(_FAMILIES) and not name.startswith(_OF_THIS_MACHINE))


def _paths(value: str) -> Iterator[Path]:
    """The paths in a value: the whole of it, or words of it (indexes are separated by spaces, `=` names them)."""
    for word in {value, *re.split(r"[\s,]+", value)}:
        path = re.sub(r"^([\w-]+=)?file://(localhost)?", "", word)
        if path.startswith("/") and len(path) > 1:
            yield Path(path)
