"""What a wish says of code becomes hashes and layers."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from genesys_tui.engine.functions.build import Builds
from genesys_tui.engine.functions.sealing import project_of, sealed
from genesys_tui.engine.functions.starters import starter_zip
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.resource import Desired, Fragment, Mark, Reference
from genesys_tui.engine.model.source_error import SourceError
from genesys_tui.engine.model.specs.function import STARTERS
from genesys_tui.engine.workspace import Settings, Workspace, read_stack_file

MAIN = "def handler(event, context):\n    return 1\n"


@pytest.fixture
def builds(tmp_path: Path) -> Iterator[Builds]:
    builds = Builds(tmp_path / "home", print)
    yield builds
    builds.close()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "stack" / "src"
    folder.mkdir(parents=True)
    (folder / "main.py").write_text(MAIN)
    return folder


def wanted(spec: Document, mark: Mark | None = None, **more: Any) -> Desired:
    return Desired("function.f", "function", "f", spec, mark=mark, **more)


def remembered(**spec: Any) -> Fragment:
    return Fragment("function.f", "function", "f", "f", "eu-west-1", spec)


def test_a_source_becomes_its_hash_and_the_zip_is_kept(builds: Builds, source: Path) -> None:
    [found] = sealed(wanted({"source": str(source), "runtime": "python3.13", "memory": 512}), None, builds)
    code = found.spec["code"]
    assert isinstance(code, str)
    assert found.spec == {"code": code, "runtime": "python3.13", "handler": "main.handler", "memory": 512}
    with ZipFile(builds.home / "artifacts" / b64decode(code).hex()) as zip:
        assert zip.read("main.py").decode() == MAIN
    assert sealed(found, None, builds) == (found,)


def test_a_path_in_a_file_starts_where_the_file_is(
    builds: Builds, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    mark = Mark("stack/genesys.yaml", 3)
    [in_file] = sealed(wanted({"source": "./src"}, mark), None, builds)
    [in_words] = sealed(wanted({"source": "stack/src"}), None, builds)
    [by_its_path] = sealed(wanted({"source": str(source)}), None, builds)
    assert in_file.spec == in_words.spec == by_its_path.spec


def test_the_runtime_of_a_new_one_is_told_by_its_files(builds: Builds, source: Path) -> None:
    [found] = sealed(wanted({"source": str(source)}), None, builds)
    assert str(found.spec["runtime"]).startswith("python3.")


def test_what_others_run_keeps_its_runtime(builds: Builds, source: Path) -> None:
    [found] = sealed(wanted({"source": str(source)}, modify=True), None, builds)
    assert "runtime" not in found.spec


def test_a_word_of_a_language_stays_what_it_meant(builds: Builds, source: Path) -> None:
    (source / "main.py").write_text("type X = int\n" + MAIN)  # from 3.12 on
    spec = {"source": str(source), "runtime": "python"}
    with pytest.raises(SourceError):
        sealed(wanted(spec), remembered(runtime="python3.11"), builds)
    sealed(wanted(spec), remembered(runtime="python3.12"), builds)


def test_a_runtime_that_no_langpack_builds_for_gets_its_files_as_they_are(builds: Builds, source: Path) -> None:
    for runtime in ("python3.8", "ruby3.4"):
        [found] = sealed(wanted({"source": str(source), "runtime": runtime, "handler": "main.handler"}), None, builds)
        assert found.spec["code"]


def test_a_handler_that_is_not_there_is_refused(builds: Builds, source: Path) -> None:
    with pytest.raises(SourceError):
        sealed(wanted({"source": str(source), "runtime": "python3.13", "handler": "app.run"}), None, builds)


def test_the_handler_is_asked_for_at_each_plan(builds: Builds, source: Path) -> None:
    spec = {"source": str(source), "runtime": "python3.13"}
    [first] = sealed(wanted(spec), None, builds)
    [second] = sealed(wanted(spec), remembered(**first.spec), builds)
    assert first.spec == second.spec


def with_packages(source: Path) -> dict[str, Any]:
    (source / "requirements.txt").write_text("six==1.17.0\n")
    return {"source": str(source), "runtime": "python3.12"}


def test_dependencies_become_a_layer_that_it_needs(builds: Builds, source: Path) -> None:
    spec = with_packages(source)
    function, layer = sealed(wanted(spec), None, builds)
    assert function.spec["layers"] == f"${{{layer.address}.arn}}"
    assert isinstance(function.spec["layers"], Reference)
    assert layer.address in function.needs
    assert layer.spec["runtimes"] == ["python3.12"]
    with ZipFile(builds.home / "artifacts" / b64decode(str(layer.spec["code"])).hex()) as zip:
        assert "python/six.py" in zip.namelist()


def test_the_users_own_layers_come_first(builds: Builds, source: Path) -> None:
    own = "arn:aws:lambda:eu-west-1:123456789012:layer:own:3"
    function, layer = sealed(wanted({**with_packages(source), "layers": own}), None, builds)
    assert function.spec["layers"] == f"{own}, ${{{layer.address}.arn}}"


def test_a_comment_changes_no_layer_and_another_target_does(builds: Builds, source: Path) -> None:
    spec = with_packages(source)
    _, before = sealed(wanted(spec), None, builds)
    (source / "requirements.txt").write_text("# why\nsix==1.17.0  # compatibility\n")
    _, same = sealed(wanted(spec), None, builds)
    _, other = sealed(wanted({**spec, "architecture": "arm64"}), None, builds)
    assert same.address == before.address != other.address


def test_a_layer_that_is_needed_no_more_is_left_out(builds: Builds, source: Path) -> None:
    spec = with_packages(source)
    function, _ = sealed(wanted(spec), None, builds)
    (source / "requirements.txt").unlink()
    [after] = sealed(wanted(spec), remembered(**function.spec), builds)
    assert after.spec["layers"] is None


@pytest.mark.parametrize("language", STARTERS)
def test_a_starter_is_kept_among_the_artifacts(language: str, builds: Builds) -> None:
    [found] = sealed(wanted({"starter": language}), None, builds)
    assert (builds.home / "artifacts" / b64decode(str(found.spec["starter"])).hex()).is_file()


def test_a_starter_goes_by_the_handler_that_is_asked_for() -> None:
    with ZipFile(BytesIO(starter_zip("python", "shop.orders.main"))) as zip:
        space: dict[str, Any] = {}
        exec(zip.read("shop/orders.py"), space)
    answer = space["main"]({"rawPath": "/x"}, None)
    assert (answer["statusCode"], answer["body"]) == (200, '{"message": "It works", "path": "/x"}')
    for handler in ("main", "../main.handler", "main.1", "a b.handler"):
        with pytest.raises(GenesysError, match="no starter"):
            starter_zip("python", handler)


def test_a_saved_plan_is_applied_from_anywhere(
    aws: str, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = source.parent / "genesys.yaml"
    entry = "{name: f, type: function, runtime: python3.13, source: src}"
    file.write_text(f"provider: aws\nregion: eu-west-1\nresources:\n  serverless:\n    - {entry}\n")
    workspace = Workspace(Settings(region="eu-west-1", endpoint=aws, home=tmp_path / "home"))
    monkeypatch.chdir(source.parent)
    wish = read_stack_file(Path("genesys.yaml"))
    workspace.save_plan(workspace.plan(wish), wish, tmp_path / "saved.json")
    monkeypatch.chdir(tmp_path)
    plan = workspace.load_plan(tmp_path / "saved.json")
    assert any(step.address == "function.f" for step in plan.steps)
    workspace.close()


@pytest.mark.parametrize(
    ("spec", "fragment", "more", "package"),
    [
        ({}, None, {}, None),
        ({"package": "image"}, None, {}, "image"),
        ({}, remembered(code="x"), {}, "zip"),
        ({}, remembered(image="x"), {}, "image"),
        ({}, None, {"adopt": True}, None),  # whoever says --adopt says it of all that the file names
        ({}, None, {"modify": True}, "zip"),
        ({"layers": "arn:aws:lambda:eu-west-1:1:layer:theirs:1"}, None, {}, "zip"),
    ],
)
def test_only_what_is_new_and_nobody_spoke_of_may_become_an_image(
    spec: Document, fragment: Fragment | None, more: dict[str, bool], package: str | None, source: Path, tmp_path: Path
) -> None:
    asked = wanted({"source": str(source), "runtime": "python3.13", **spec}, None, **more)
    project = project_of(asked, fragment, tmp_path)
    assert project is not None
    assert project.package == package
