"""Projects as people have them build, with real packages of real indexes, and answer on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from genesys_tui.engine.functions import events
from genesys_tui.engine.functions.local.interpreters import python
from genesys_tui.engine.functions.packing.archive import unzip
from genesys_tui.engine.functions.packing.binaries import binary
from genesys_tui.engine.model.build import Architecture, Built
from genesys_tui.engine.model.errors import GenesysError
from tests.engine.functions.containers import IN_STAND_IN
from tests.engine.functions.projects import GO_CACHE, written
from tests.engine.functions.python_projects import PYENV
from tests.engine.functions.test_binaries import elf
from tests.engine.functions.test_node_packages import USERS
from tests.engine.functions.whole_builds import bytes_of, house

pytestmark = pytest.mark.slow

OWN = f"python3.{sys.version_info[1]}"
MACHINES = {"x86_64": 62, "arm64": 183}

NUMBERS = {
    "requirements.txt": "numpy\npydantic\nrequests\n",
    "app.py": """\
import numpy, requests
from pydantic import BaseModel

class Order(BaseModel):
    prices: list[float]

def handler(event, context):
    order = Order.model_validate(event)
    url = requests.Request("GET", "https://example.com", params={"n": len(order.prices)}).prepare().url
    return {"sum": float(numpy.array(order.prices).sum()), "url": url, "from": numpy.__file__}
""",
}
POWERTOOLS = {
    "requirements.txt": "boto3\naws-lambda-powertools\n",
    "app.py": """\
import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

log = Logger(service="shop")
app = APIGatewayHttpResolver()

@app.get("/orders/<number>")
def order(number: str):
    log.info("asked for an order", number=number)
    return {"number": number, "signs": boto3.client("s3", region_name="eu-west-1").meta.region_name}

@log.inject_lambda_context
def handler(event, context):
    return app.resolve(event, context)
""",
}
WEB = {
    "requirements.txt": "fastapi\nmangum\n",
    "app.py": """\
from fastapi import FastAPI
from mangum import Mangum

app = FastAPI()

@app.get("/items/{number}")
def item(number: int, q: str = ""):
    return {"number": number, "q": q}

handler = Mangum(app, lifespan="off")
""",
}
PURE_SOURCE = {
    "requirements.txt": "docopt==0.6.2\n",
    "app.py": """\
import docopt

def handler(event, context):
    return docopt.docopt("usage: x [--fast]", argv=["--fast"])["--fast"]
""",
}
C_SOURCE = {
    "requirements.txt": "crcmod==1.7\n",
    "app.py": """\
import crcmod
from crcmod import _crcfunext

def handler(event, context):
    return [crcmod.mkCrcFun(0x11021)(b"123456789"), _crcfunext.__file__]
""",
}


@pytest.fixture(autouse=True)
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The interpreters, caches and registries that this machine has."""
    monkeypatch.setenv("PYENV_ROOT", PYENV)
    monkeypatch.setenv("GOCACHE", GO_CACHE)
    monkeypatch.setenv("npm_config_userconfig", USERS)


def machines(built: Built, home: Path) -> set[int]:
    """Of the binaries in what would be sent."""
    code = home / "unzipped" / built.sha256
    unzip(home / "artifacts" / built.sha256, code)
    folders = [code, *(layer.folder for layer in built.layers)]
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {found.machine for path in paths if (found := binary(path))}


# they answer ----------------------------------------------------------------------------------------------------------
def test_numpy_pydantic_and_requests(tmp_path: Path, world: Path) -> None:
    with house(world / "genesys") as here:
        built = here.build(written(tmp_path / "src", NUMBERS), OWN)
        answer, _ = here.answer(built, {"prices": [1, 2.5]})
    assert answer.ok, answer.error
    said: Any = answer.payload
    assert (said["sum"], said["url"]) == (3.5, "https://example.com/?n=2")
    assert said["from"].startswith(str(built.layers[0].folder))


def test_boto3_and_powertools(tmp_path: Path, world: Path) -> None:
    with house(world / "genesys") as here:
        built = here.build(written(tmp_path / "src", POWERTOOLS), OWN)
        answer, lines = here.answer(built, events.http(events.Place("work"), "GET", "/orders/42"))
    assert answer.ok, answer.error
    said: Any = answer.payload
    assert (said["statusCode"], json.loads(said["body"])) == (200, {"number": "42", "signs": "eu-west-1"})
    [logged] = [json.loads(line.text) for line in lines if "asked for an order" in line.text]
    assert (logged["service"], logged["number"]) == ("shop", "42")
    assert logged["function_request_id"] == answer.request


def test_fastapi_and_mangum(tmp_path: Path, world: Path) -> None:
    with house(world / "genesys") as here:
        built = here.build(written(tmp_path / "src", WEB), OWN)
        answer, _ = here.answer(built, events.http(events.Place("work"), "GET", "/items/7?q=yes"))
        refused, _ = here.answer(built, events.url(events.Place("work"), "GET", "/items/seven"))
    assert answer.ok and refused.ok, answer.error or refused.error
    said: Any = answer.payload
    assert (said["statusCode"], json.loads(said["body"])) == (200, {"number": 7, "q": "yes"})
    said = refused.payload
    assert said["statusCode"] == 422


def test_a_pure_package_that_comes_as_source_only(tmp_path: Path, world: Path) -> None:
    with house(world / "genesys") as here:
        built = here.build(written(tmp_path / "src", PURE_SOURCE), OWN)
        answer, _ = here.answer(built)
    assert answer.payload is True


def test_a_package_in_c_that_comes_as_source_only(tmp_path: Path, world: Path) -> None:
    """It is compiled in a container, and this machine is refused; what was compiled in the container runs here."""
    source = written(tmp_path / "src", C_SOURCE)
    with house(world / "genesys", IN_STAND_IN, shared=False) as inside:
        built = inside.build(source, "python3.11")
        answer, _ = inside.answer(built)
    assert answer.ok, answer.error
    said: Any = answer.payload
    assert said[0] == 0x6F91  # the check value of CRC-16/MCRF4XX
    assert said[1].startswith(str(built.layers[0].folder))
    assert machines(built, world / "genesys") == {MACHINES["x86_64"]}
    with house(tmp_path / "other") as outside, pytest.raises(GenesysError, match="crcmod can't be built"):
        outside.build(source, "python3.11")


def test_node_with_zod(tmp_path: Path, world: Path) -> None:
    code = """\
const { z } = require("zod");
exports.handler = async (event) => z.object({ n: z.number() }).safeParse(event).success;
"""
    files = {"index.js": code, "package.json": json.dumps({"dependencies": {"zod": "3.23.8"}})}
    with house(world / "genesys") as here:
        built = here.build(written(tmp_path / "src", files), "nodejs22.x")
        answers = [here.answer(built, event)[0] for event in ({"n": 1}, {"n": "one"})]
    assert [answer.payload for answer in answers] == [True, False], answers[0].error
    assert built.layers


GO = """\
package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
)

func main() {
	api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
	for {
		next, err := http.Get(api + "next")
		if err != nil {
			os.Exit(1)
		}
		body, _ := io.ReadAll(next.Body)
		var event struct{ Numbers []int }
		json.Unmarshal(body, &event)
		sum := 0
		for _, number := range event.Numbers {
			sum += number
		}
		said, _ := json.Marshal(map[string]int{"sum": sum})
		answer := api + next.Header.Get("Lambda-Runtime-Aws-Request-Id") + "/response"
		http.Post(answer, "application/json", bytes.NewReader(said))
	}
}
"""


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_go_with_its_own_library(tmp_path: Path, world: Path, architecture: Architecture) -> None:
    """One for another machine is built for this one once more, to be run here."""
    files = {"main.go": GO, "go.mod": "module example.com/f\n\ngo 1.19\n"}
    with house(world / "genesys") as here:
        built = here.build(written(tmp_path / "src", files), "provided.al2023", architecture)
        assert machines(built, world / "genesys") == {MACHINES[architecture]}
        answer, _ = here.answer(built, {"Numbers": [1, 2, 3]})
    assert answer.payload == {"sum": 6}, answer.error


# for the machine they run on ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_no_binary_of_another_machine_slips_in(tmp_path: Path, world: Path, architecture: Architecture) -> None:
    """Nor one for this machine's own Python or system."""
    with house(world / "genesys") as here:
        built = here.build(written(tmp_path / "src", NUMBERS), "python3.13", architecture)
    assert machines(built, world / "genesys") == {MACHINES[architecture]}
    [layer] = built.layers
    tags = [line for path in layer.folder.rglob("WHEEL") for line in path.read_text().splitlines() if "Tag:" in line]
    assert tags and not [tag for tag in tags if tag.split("-")[-1].startswith("linux_")]
    modules = [path.name for path in layer.folder.rglob("*.so")]
    assert modules and all("cpython-313" in name or "abi3" in name or "." not in name[:-3] for name in modules), modules


def test_binaries_that_ask_for_a_newer_system_are_refused(tmp_path: Path, world: Path) -> None:
    """A wheel whose tag lies: it says that it runs everywhere, and its binary asks for glibc 2.36."""
    wheel = tmp_path / "src" / "lie-1-py3-none-any.whl"
    wheel.parent.mkdir()
    with ZipFile(wheel, "w") as zip:
        zip.writestr("lie/__init__.py", "")
        zip.writestr("lie/lie.so", elf(MACHINES["x86_64"], ("GLIBC_2.36",)))
        zip.writestr("lie-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: lie\nVersion: 1\n")
        zip.writestr("lie-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        zip.writestr("lie-1.dist-info/RECORD", "")
    written(tmp_path / "src", {"requirements.txt": f"./{wheel.name}\n", "app.py": "def handler(e, c): ...\n"})
    with house(world / "genesys") as here, pytest.raises(GenesysError, match="lie") as caught:
        here.build(tmp_path / "src", "python3.13")
    assert "asks for glibc 2.36, and python3.13 has 2.34" in str(caught.value)
    assert "container" in caught.value.todo
    assert not list((world / "genesys" / "functions" / "layers").glob("*"))


# the same bytes -------------------------------------------------------------------------------------------------------
_BUILD = """
import sys
from pathlib import Path
from tests.engine.functions.whole_builds import bytes_of, house
with house(Path(sys.argv[1])) as here:
    print(*bytes_of(here.build(Path(sys.argv[2]), "python3.12", "arm64"), here.home))
"""


def test_every_python_here_sends_the_same_bytes(tmp_path: Path) -> None:
    """From two folders, in a process and a home each. Those tried are named by -s."""
    files = {"requirements.txt": "numpy==2.2.6\npydantic==2.12.3\ndocopt==0.6.2\n", "app.py": NUMBERS["app.py"]}
    sources = [written(tmp_path / place / "src", files) for place in ("one", "the/other")]
    (sources[1] / "app.py").chmod(0o600)
    os.utime(sources[1] / "app.py", (0, 0))
    found = [path for minor in range(11, 15) if (path := here_is(f"3.{minor}"))]
    sent = {}
    for number, interpreter in enumerate((*found, Path(sys.executable))):
        beside = tmp_path / "beside" / str(number)
        install = [uv(), "pip", "install", "--quiet", "--target", str(beside), "--python", str(interpreter)]
        wants = ["pydantic", "packaging", "uv", "pathspec", "deflate"]
        subprocess.run([*install, *wants], check=True, capture_output=True)
        env = os.environ | {"PYTHONPATH": os.pathsep.join([str(beside), str(Path.cwd())])}
        command = [str(interpreter), "-c", _BUILD, str(tmp_path / f"home-{number}"), str(sources[number % 2])]
        done = subprocess.run(command, env=env, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        sent[f"{interpreter} from {sources[number % 2].parent.name}"] = done.stdout
    sys.stdout.write(f"the same bytes by {', '.join(sent)}\n")
    assert len(sent) > 1
    assert len(set(sent.values())) == 1, sent


def test_what_comes_out_of_a_zip_has_one_date_and_two_modes(tmp_path: Path, world: Path) -> None:
    source = written(tmp_path / "src", {**PURE_SOURCE, "run.sh": "#!/bin/sh\n", "secret-ish.txt": "x"})
    (source / "run.sh").chmod(0o770)
    (source / "secret-ish.txt").chmod(0o600)
    with house(world / "genesys") as here:
        built = here.build(source, OWN)
        code, layer = (here.home / "artifacts" / one for one in bytes_of(built, here.home))
    for archive in (code, layer):
        with ZipFile(archive) as zip:
            assert {info.date_time for info in zip.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert not any(info.is_dir() for info in zip.infolist())
            assert zip.namelist() == sorted(zip.namelist())
            modes = {info.filename: info.external_attr >> 16 for info in zip.infolist()}
        assert {mode for name, mode in modes.items() if name != "run.sh"} == {0o100644}
        assert modes.get("run.sh") == (0o100755 if archive == code else None)


def here_is(minor: str) -> Path | None:
    try:
        return python(minor)
    except GenesysError:
        return None


def uv() -> str:
    import uv

    return uv.find_uv_bin()
