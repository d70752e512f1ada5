"""Functions as container images: base, dependencies and code, as layers whose bytes tell what is in them."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from genesys_tui.engine.functions import build as builds_
from genesys_tui.engine.functions.build import Builds
from genesys_tui.engine.functions.images import images
from genesys_tui.engine.functions.images.image_layers import below, keep_layer
from genesys_tui.engine.functions.packing import parts
from genesys_tui.engine.functions.workshop.settings import BuilderSettings
from genesys_tui.engine.local import read_piece
from genesys_tui.engine.model.build import Architecture, Built, BuiltImage, Member, Project, Target
from genesys_tui.engine.model.errors import GenesysError
from tests.engine.functions.bases import BASE, ENV, archive, configuration_of, engine_with_base, files_of, tar_of
from tests.engine.functions.containers import FakeEngine

BOTTOM = tar_of({"etc/os-release": b"Amazon Linux"})
MAIN = "import six\n\ndef handler(event, context):\n    return 1\n"


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    return engine_with_base(tmp_path, archive(BOTTOM))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "genesys"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "src"
    folder.mkdir()
    (folder / "main.py").write_text(MAIN)
    (folder / "requirements.txt").write_text("six==1.17.0\n")
    return folder


def builds_in(home: Path, engine: FakeEngine) -> Builds:
    return Builds(home, print, BuilderSettings(builder="host", engine=str(engine.path), base=BASE))


@pytest.fixture
def builds(home: Path, engine: FakeEngine) -> Iterator[Builds]:
    builds = builds_in(home, engine)
    yield builds
    builds.close()


def project(source: Path, architecture: Architecture = "x86_64") -> Project:
    return Project("f", source, Target("python3.12", architecture), package="image")


def image_of(built: Built) -> BuiltImage:
    assert built.image
    return built.image


def test_an_image_is_the_base_the_dependencies_and_the_code(builds: Builds, source: Path) -> None:
    built = builds.build(project(source))
    artifacts = builds.home / "artifacts"
    base, dependencies, code = files_of(image_of(built), artifacts)
    assert list(base) == ["etc/os-release"]
    assert "opt/python/six.py" in dependencies
    assert "var/task/main.py" in code
    configuration = configuration_of(image_of(built), artifacts)
    assert configuration["config"] == {"Env": ENV, "Cmd": ["main.handler"]}
    assert len(configuration["history"]) == 3
    [layer] = built.layers
    assert (artifacts / layer.sha256).stat().st_size == layer.size
    assert (layer.folder / "python" / "six.py").is_file()


def test_the_same_source_gives_the_same_bytes_in_another_home(
    builds: Builds, engine: FakeEngine, source: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(source, tmp_path / "elsewhere")
    (copy / "main.py").touch()
    other = builds_in(tmp_path / "other", engine)
    one, two = image_of(builds.build(project(source))), image_of(other.build(project(copy)))
    other.close()
    assert (one.id, one.manifest) == (two.id, two.manifest)


def test_other_code_leaves_the_layers_below_it_as_they_are(builds: Builds, source: Path) -> None:
    before = json.loads(image_of(builds.build(project(source))).manifest)["layers"]
    (source / "main.py").write_text(MAIN + "# more\n")
    after = json.loads(image_of(builds.build(project(source))).manifest)["layers"]
    assert after[:2] == before[:2]
    assert after[2] != before[2]


def test_the_base_is_taken_once(builds: Builds, engine: FakeEngine, source: Path) -> None:
    first = image_of(builds.build(project(source)))
    again = builds_in(builds.home, engine)
    assert image_of(again.build(project(source))).id == first.id
    again.close()
    assert sum(asked.startswith("save") for asked in engine.asked) == 1


def test_what_was_thrown_away_is_made_again(builds: Builds, engine: FakeEngine, source: Path) -> None:
    """Artifacts may go at any time; a plan never names what is not there."""
    image = image_of(builds.build(project(source)))
    shutil.rmtree(builds.home / "artifacts")
    for builder in (builds, builds_in(builds.home, engine)):
        assert image_of(builder.build(project(source))) == image
        files_of(image, builds.home / "artifacts")
        shutil.rmtree(builds.home / "artifacts")


def test_layers_that_an_engine_has_compressed_are_the_same(builds: Builds, tmp_path: Path, source: Path) -> None:
    folder = tmp_path / "newer"
    folder.mkdir()
    newer = engine_with_base(folder, archive(BOTTOM, stored=gzip.compress(BOTTOM, 1)))
    other = builds_in(tmp_path / "other", newer)
    assert image_of(other.build(project(source))) == image_of(builds.build(project(source)))
    other.close()


def test_a_base_that_is_not_what_it_says_is_refused(builds: Builds, engine: FakeEngine, source: Path) -> None:
    cut = archive(BOTTOM, stored=gzip.compress(BOTTOM)[:-9])
    for broken in (archive(BOTTOM, stored=tar_of({"etc/os-release": b"other"})), tar_of({"a": b""}), b"nothing", cut):
        (engine.folder / "saved").write_bytes(broken)
        with pytest.raises(GenesysError, match=f"without its base, {BASE}"):
            builds.build(project(source))
    assert not any((builds.home / "functions" / "staging").iterdir())


def test_a_base_of_another_architecture_is_refused(builds: Builds, engine: FakeEngine, source: Path) -> None:
    engine.does("pull", "exit 0")
    with pytest.raises(GenesysError, match="without its base") as caught:
        builds.build(project(source, "arm64"))
    assert "is for x86_64" in caught.value.why
    assert f"pull --platform linux/arm64 {BASE}" in engine.asked


def test_without_an_engine_it_is_said_what_to_install(home: Path, source: Path, tmp_path: Path) -> None:
    builds = Builds(home, print, BuilderSettings(builder="host", engine=str(tmp_path / "no" / "podman")))
    with pytest.raises(GenesysError, match=r"without its base, public\.ecr\.aws/lambda/python:3\.12") as caught:
        builds.build(project(source))
    assert "podman, docker or finch" in caught.value.todo
    builds.close()


def test_a_base_is_named_for_all_runtimes_or_for_each(tmp_path: Path) -> None:
    (tmp_path / "builder.toml").write_text('base = { "python3.12" = "mine:3.12" }')
    each = BuilderSettings.load(tmp_path, {})
    assert (each.base_for("python3.12"), each.base_for("python3.13")) == ("mine:3.12", "")
    assert BuilderSettings.load(tmp_path, {"GENESYS_BASE": "mine:1"}).base_for("nodejs22.x") == "mine:1"


def test_a_piece_of_an_artifact_that_was_cut_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ab").write_bytes(b"01234567")
    assert read_piece(tmp_path, "ab", 2, 4) == b"2345"
    for digest, start in (("ab", 5), ("cd", 0)):
        with pytest.raises(GenesysError, match="the artifact") as caught:
            read_piece(tmp_path, digest, start, 4)
        assert caught.value.todo == "plan again"


def test_what_is_too_big_for_a_zip_becomes_an_image(
    builds: Builds, source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parts, "UNZIPPED_LIMIT", 1_000)
    monkeypatch.setattr(builds_, "machine", lambda: "x86_64")
    asked = Project("f", source, Target("python3.12"))
    built = builds.build(asked)
    assert image_of(built) == image_of(builds.build(project(source))), "as if it had been asked for"
    assert (builds.here(built).code / "main.py").read_text() == MAIN, "it runs here too"
    assert "six 0 MB: so it is a container image" in builds.hints(built)[0]
    assert [layer.reused for layer in built.layers] == [False]
    (source / "main.py").write_text(MAIN + "# more\n")
    assert [layer.reused for layer in builds.build(asked).layers] == [True]
    said = capsys.readouterr().out
    assert said.count("installing six") == 1
    assert said.count("it becomes a container image") == 1
    monkeypatch.setattr(images, "UNPACKED_LIMIT", 10_000)
    with pytest.raises(GenesysError, match=r"can't be made a container image: .*image of function 'f' is too big"):
        builds.build(asked)


def test_what_is_too_big_and_can_be_no_image_says_both(
    home: Path, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "UNZIPPED_LIMIT", 1_000)
    builds = Builds(home, print, BuilderSettings(builder="host", engine=str(tmp_path / "no" / "podman")))
    with pytest.raises(GenesysError, match=r"too big for a zip.*unzipped it is 0 MB.*without its base") as caught:
        builds.build(Project("f", source, Target("python3.12")))
    assert caught.value.todo.startswith("leave out what it does not need, or see that podman")
    builds.close()


def test_what_was_asked_to_be_a_zip_and_is_too_big_is_refused(
    builds: Builds, source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parts, "UNZIPPED_LIMIT", 1_000)
    for _ in range(2):
        with pytest.raises(GenesysError, match=r"too big: unzipped it is 0 MB.*the biggest are six 0 MB") as caught:
            builds.build(Project("f", source, Target("python3.12"), package="zip"))
        assert "package: image" in caught.value.todo
        assert "another name" in caught.value.todo
    assert capsys.readouterr().out.count("installing six") == 1, "what is known is refused at once"


def test_the_code_alone_is_too_big_for_a_zip(builds: Builds, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (source / "requirements.txt").unlink()
    monkeypatch.setattr(parts, "UNZIPPED_LIMIT", 10)
    assert image_of(builds.build(Project("f", source, Target("python3.12"), "main.handler"))).size


def test_for_another_machine_it_runs_here_without_another_base(
    builds: Builds, engine: FakeEngine, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builds_, "machine", lambda: "aarch64")
    monkeypatch.setattr(parts, "UNZIPPED_LIMIT", 10)
    unsaid = Project("f", source, Target("python3.12"))
    for asked in (project(source), unsaid):
        here = builds.here(builds.build(asked))
        assert (here.project.target.architecture, here.image) == ("arm64", None)
        assert (here.code / "main.py").read_text() == MAIN
        assert (here.layers[0].folder / "python" / "six.py").is_file()
    before = builds.here(builds.build(unsaid)).sent
    (source / "main.py").write_text(MAIN + "# more\n")
    assert builds.here(builds.build(unsaid)).sent != before, "other code, though no zip tells it"
    assert not any(asked.startswith("pull") for asked in engine.asked)


def test_what_becomes_an_image_later_is_told_then(
    builds: Builds, source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = Project("f", source, Target("python3.12"))
    assert builds.build(asked).image is None
    monkeypatch.setattr(parts, "UNZIPPED_LIMIT", 10)
    assert builds.build(asked).image is not None
    assert "it becomes a container image" in capsys.readouterr().out
    monkeypatch.undo()
    again = builds.build(asked)
    assert again.image is None
    assert (builds.home / "artifacts" / again.sha256).read_bytes()[:2] == b"PK"


def test_what_no_langpack_builds_is_not_told_to_become_an_image(
    builds: Builds, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "UNZIPPED_LIMIT", 10)
    with pytest.raises(GenesysError, match="too big") as caught:
        builds.build(Project("f", source, Target("java21"), "main.handler"))
    assert caught.value.todo == "leave out what it does not need"


def test_a_zip_and_a_runtime_without_a_langpack_become_no_image(builds: Builds, tmp_path: Path) -> None:
    (tmp_path / "code.zip").write_bytes(b"")
    zipped = Project("f", tmp_path / "code.zip", Target("python3.12"), "main.handler", "image")
    ruby = Project("f", tmp_path, Target("ruby3.4"), "main.handler", "image")
    for one in (zipped, ruby):
        with pytest.raises(GenesysError, match="can't become an image"):
            builds.build(one)


def test_a_layer_tells_what_is_in_it_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "opt"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / ("long" * 60)).write_text("é")
    (folder / "run").write_bytes(b"x" * 600)
    (folder / "run").chmod(0o700)
    one = keep_layer(below(folder, "opt"), tmp_path / "a", tmp_path / "part")
    members = [Member("opt/run", b"x" * 600, executable=True), Member(f"opt/deep/{'long' * 60}", "é".encode())]
    assert keep_layer(members, tmp_path / "a", tmp_path / "part") == one
    image = BuiltImage("c", json.dumps({"layers": [{"digest": f"sha256:{one.sha256}", "size": one.size}]}), one.size)
    (tmp_path / "a" / "c").write_text(json.dumps({"rootfs": {"diff_ids": [f"sha256:{one.diff_id}"]}}))
    [files] = files_of(image, tmp_path / "a")
    assert {name: (file.mode, file.uid, file.mtime) for name, file in files.items()} == {
        f"opt/deep/{'long' * 60}": (0o644, 0, 0),
        "opt/run": (0o755, 0, 0),
    }


def test_names_that_lead_out_of_their_place_are_refused(tmp_path: Path) -> None:
    (tmp_path / "opt").mkdir()
    (tmp_path / "opt" / "link").symlink_to("/etc/passwd")
    with pytest.raises(GenesysError, match="leads out"):
        keep_layer(below(tmp_path / "opt", "opt"), tmp_path / "a", tmp_path / "part")
    with pytest.raises(GenesysError, match="could lead out"):
        keep_layer([Member("var/task/../../etc/passwd", b"")], tmp_path / "a", tmp_path / "part")
