"""What is sent as a function's code: the same bytes for the same files, and words for what Lambda would not take."""

from __future__ import annotations

import os
from base64 import b64decode
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from genesys_tui.engine.desired import packages
from genesys_tui.engine.desired.packages import handler_in, sealed, starter_zip, zipped
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.resource import Desired, Mark
from genesys_tui.engine.model.specs.function import STARTERS

MAIN = "def handler(event, context):\n    return 1\n"


def written(folder: Path, name: str = "main.py", text: str = MAIN) -> Path:
    """The folder, with such a file in it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return folder


def wanted(spec: Document, mark: Mark | None = None) -> Desired:
    return Desired("function.f", "function", "f", spec, mark=mark)


def names(content: bytes) -> list[str]:
    return ZipFile(BytesIO(content)).namelist()


def test_the_same_files_are_the_same_bytes(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for name in ("b.py", "a/c.py", "main.py"):
        written(one, name)
    for name in ("main.py", "a/c.py", "b.py"):
        written(other, name)
    (other / "b.py").chmod(0o600)
    os.utime(other / "b.py", (0, 2**31))
    content = zipped(one)
    assert content == zipped(other)
    assert names(content) == ["a/c.py", "b.py", "main.py"], "sorted, and no folders among them"


def test_an_executable_stays_one_and_nothing_else_of_a_mode_is_told(tmp_path: Path) -> None:
    folder = written(written(tmp_path, "bootstrap"), "data")
    (folder / "bootstrap").chmod(0o700)
    (folder / "data").chmod(0o640)
    infos = {info.filename: info for info in ZipFile(BytesIO(zipped(folder))).infolist()}
    assert {name: oct(info.external_attr >> 16) for name, info in infos.items()} == {
        "bootstrap": "0o100755",
        "data": "0o100644",
    }
    assert {(info.create_system, info.date_time) for info in infos.values()} == {(3, (1980, 1, 1, 0, 0, 0))}


def test_what_belongs_to_the_workshop_stays_at_home(tmp_path: Path) -> None:
    for name in ("main.py", "node_modules/left/index.js", ".env"):
        written(tmp_path, name)
    for name in (".git/HEAD", ".venv/bin/python", "__pycache__/main.cpython-313.pyc", "old.pyc", "lib/.DS_Store"):
        written(tmp_path, name)
    assert names(zipped(tmp_path)) == [".env", "main.py", "node_modules/left/index.js"]


def test_links_are_followed_and_loops_are_not(tmp_path: Path) -> None:
    shared = written(tmp_path / "shared", "lib.py")
    folder = written(tmp_path / "code")
    for name in ("one", "other"):
        (folder / name).symlink_to(shared)
    (folder / "back").symlink_to(folder)
    (folder / "broken").symlink_to(tmp_path / "nowhere")
    assert names(zipped(folder)) == ["main.py", "one/lib.py", "other/lib.py"]


def test_one_file_is_enough_and_a_zip_is_sent_as_it_is(tmp_path: Path) -> None:
    folder = written(tmp_path)
    assert names(zipped(folder / "main.py")) == ["main.py"]
    with ZipFile(tmp_path / "ready.zip", "w") as zip:
        zip.writestr("app.py", MAIN)
    assert zipped(tmp_path / "ready.zip") == (tmp_path / "ready.zip").read_bytes()


def test_what_lambda_would_not_take_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.zip").write_text("no zip")
    for source, why in (
        ("missing", "it is not there"),
        ("empty", "there is nothing in it"),
        ("broken.zip", "it is no zip"),
    ):
        with pytest.raises(GenesysError, match=why):
            zipped(tmp_path / source)
    folder = written(tmp_path / "large")
    (folder / "noise").write_bytes(os.urandom(3 << 20))
    monkeypatch.setattr(packages, "DIRECT_LIMIT", 2 << 20)
    with pytest.raises(GenesysError, match="zipped it is 3 MB; Lambda takes 2 MB in one call"):
        zipped(folder)
    monkeypatch.setattr(packages, "UNZIPPED_LIMIT", 1 << 20)
    with pytest.raises(GenesysError, match="it holds 3 MB; Lambda unzips 1 MB at most"):
        zipped(folder)
    with ZipFile(tmp_path / "bomb.zip", "w") as zip:
        zip.writestr("zeros", b"\0" * (2 << 20))
    with pytest.raises(GenesysError, match="unzips"):
        zipped(tmp_path / "bomb.zip")


def test_a_name_that_is_no_text_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.py")).write_text("x")
    with pytest.raises(GenesysError, match="no name in UTF-8"):
        zipped(tmp_path)


def test_a_source_becomes_its_hash_and_the_zip_is_kept(tmp_path: Path) -> None:
    folder = written(tmp_path / "src")
    found = sealed(wanted({"source": str(folder), "memory": 512}), tmp_path / "home")
    code = found.spec["code"]
    assert isinstance(code, str)
    assert found.spec == {"code": code, "memory": 512}
    assert (tmp_path / "home" / "artifacts" / b64decode(code).hex()).read_bytes() == zipped(folder)
    assert sealed(found, tmp_path / "home") == found


def test_a_path_in_a_file_starts_where_the_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = written(tmp_path / "stack" / "src")
    monkeypatch.chdir(tmp_path)
    mark = Mark("stack/genesys.yaml", 3)
    in_file = sealed(wanted({"source": "./src"}, mark), tmp_path / "home")
    in_words = sealed(wanted({"source": "stack/src"}), tmp_path / "home")
    assert in_file.spec == in_words.spec == sealed(wanted({"source": str(folder)}), tmp_path / "home").spec


@pytest.mark.parametrize(
    ("runtime", "name", "text", "handler"),
    [
        ("python3.13", "main.py", MAIN, "main.handler"),
        (
            "python",
            "lambda_function.py",
            "async def lambda_handler(event, context): ...",
            "lambda_function.lambda_handler",
        ),
        ("python3.13", "orders.py", "def main(event, context): ...", "orders.main"),
        ("python3.13", "main.py", "x = 1  # def handler(", None),
        ("nodejs24.x", "index.mjs", "export const handler = async () => 1", "index.handler"),
        ("nodejs22.x", "app.js", "exports.handler = async () => 1", "app.handler"),
        ("provided.al2023", "bootstrap", "binary", "bootstrap"),
        ("java21", "App.class", "x", None),
    ],
)
def test_a_handler_is_found_by_the_names_that_people_give_it(
    tmp_path: Path, runtime: str, name: str, text: str, handler: str | None
) -> None:
    (tmp_path / name).write_text(text)
    assert handler_in(zipped(tmp_path), runtime) == handler


def test_a_named_handler_is_left_alone(tmp_path: Path) -> None:
    folder = written(tmp_path / "src")
    spec = {"source": str(folder), "runtime": "python3.13"}
    assert sealed(wanted(spec), tmp_path).spec["handler"] == "main.handler"
    assert sealed(wanted({**spec, "handler": "app.run"}), tmp_path).spec["handler"] == "app.run"


@pytest.mark.parametrize("language", packages.LANGPACKS)
def test_a_starter_has_the_handler_that_it_is_said_to_have(language: str, tmp_path: Path) -> None:
    assert handler_in(starter_zip(language), language) == STARTERS[language]
    starter = sealed(wanted({"starter": language}), tmp_path).spec["starter"]
    assert isinstance(starter, str)
    assert (tmp_path / "artifacts" / b64decode(starter).hex()).is_file()


def test_a_starter_goes_by_the_handler_that_is_asked_for() -> None:
    with ZipFile(BytesIO(starter_zip("python", "shop.orders.main"))) as zip:
        space: dict[str, Any] = {}
        exec(zip.read("shop/orders.py"), space)
    answer = space["main"]({"rawPath": "/x"}, None)
    assert (answer["statusCode"], answer["body"]) == (200, '{"message": "It works", "path": "/x"}')
    for handler in ("main", "../main.handler", "main.1", "a b.handler"):
        with pytest.raises(GenesysError, match="no starter"):
            starter_zip("python", handler)
