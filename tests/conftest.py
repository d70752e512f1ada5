"""What all tests share: a world of their own, and an AWS to talk to, in another process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.faults import FaultProxy

_SERVER = """
import sys
from moto.server import ThreadedMotoServer
from genesys_tui.engine.demo.server import teach_public_images
teach_public_images()
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print("http://%s:%s" % server.get_host_and_port(), flush=True)
sys.stdin.read()  # until the tests end, however they do
"""


_QUICK = {"MOTO_ACM_VALIDATION_WAIT": "0", "MOTO_ECS_SERVICE_RUNNING": "10"}
"""The emulator validates certificates at once, and its containers run."""

_UV_CACHE = os.environ.get("UV_CACHE_DIR", str(Path.home() / ".cache" / "uv"))
"""Packages are fetched once for all tests."""


@pytest.fixture(autouse=True)
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test sees the settings of the one who runs it, or leaves any: a HOME of its own, fake credentials."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "GENESYS_"))]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    settings = {
        "HOME": str(home),
        "GENESYS_HOME": str(home / "genesys"),
        "GENESYS_BUILDER": "host",
        "UV_CACHE_DIR": _UV_CACHE,
        "AWS_CONFIG_FILE": str(home / "aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "aws-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_REGION": "us-east-1",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return home


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """The endpoint URL of a moto server, one for all tests. Tests want `aws` or `proxy`, that are empty at first."""
    command = [sys.executable, "-c", _SERVER]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, env=os.environ | _QUICK
    ) as server:
        assert server.stdout
        yield server.stdout.readline().strip()
        server.kill()


@pytest.fixture
def aws(moto: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty AWS account, and the environment that leads to it. Its endpoint URL."""
    connection = HTTPConnection(urlsplit(moto).netloc)
    connection.request("POST", "/moto-api/reset")
    assert connection.getresponse().status == 200
    connection.close()
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto)
    return moto


@pytest.fixture
def proxy(aws: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultProxy]:
    """`aws` with a fault proxy before it, to which the environment leads."""
    with FaultProxy(aws) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        yield proxy
