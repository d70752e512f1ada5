"""What uv resolves is read for the target, kept by what was asked, and has one form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from genesys_tui.engine.functions.languages import Lock
from genesys_tui.engine.functions.languages.python import Python
from genesys_tui.engine.functions.workshop.workshop import CommandError
from genesys_tui.engine.model.build import Architecture
from genesys_tui.engine.model.errors import GenesysError
from tests.engine.functions.python_projects import Rehearsed, files, pack, project

Env = Mapping[str, str]
_NONE: Env = {}


def wheel(name: str, digest: str) -> str:
    return f'{{ url = "https://files.example.com/{name}", hashes = {{ sha256 = "{digest}" }} }}'


def entry(name: str, *wheels: str, sdist: str | None = None, more: str = "") -> str:
    source = f'sdist = {{ url = "https://files.example.com/s.tar.gz", hashes = {{ sha256 = "{sdist}" }} }}\n'
    files = f"wheels = [{', '.join(wheels)}]\n"
    return f'[[packages]]\nname = "{name}"\nversion = "1.0"\n{more}\n{source if sdist else ""}{files}'


PLAIN = entry("idna", wheel("idna-1.0-py3-none-any.whl", "aa"), sdist="ff")
FAST = entry(
    "fast",
    wheel("fast-1.0-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "a1"),
    wheel("fast-1.0-cp313-cp313-manylinux_2_28_aarch64.whl", "a2"),
    wheel("fast-1.0-cp311-cp311-manylinux_2_17_x86_64.whl", "a3"),
    wheel("fast-1.0-cp311-cp311-manylinux_2_28_x86_64.whl", "a4"),
    wheel("fast-1.0-cp313-cp313t-manylinux_2_17_x86_64.whl", "b1"),
    wheel("fast-1.0-cp313-cp313-musllinux_1_2_x86_64.whl", "b2"),
    wheel("fast-1.0-cp313-cp313-manylinux_2_39_x86_64.whl", "b3"),
    wheel("fast-1.0-cp313-cp313-macosx_11_0_arm64.whl", "b4"),
    wheel("fast-1.0-cp313-cp313-win_amd64.whl", "b5"),
    wheel("fast-1.0-cp38-abi3-manylinux2010_x86_64.whl", "a5"),
)


def locked(
    tmp_path: Path, shop: Rehearsed, runtime: str = "python3.13", architecture: Architecture = "x86_64"
) -> Lock | None:
    return Python().lock(project(tmp_path, runtime, architecture), pack(), shop)


def text(lock: Lock | None) -> str:
    assert lock is not None
    return lock.text


@pytest.mark.parametrize(
    ("runtime", "architecture", "hashes"),
    [
        ("python3.13", "x86_64", ["a1", "a5"]),
        ("python3.13", "arm64", ["a2"]),
        ("python3.11", "x86_64", ["a3", "a5"]),
        ("python3.12", "x86_64", ["a5"]),
    ],
)
def test_only_what_fits_the_target_may_be_installed(
    tmp_path: Path, runtime: str, architecture: Architecture, hashes: list[str]
) -> None:
    files(tmp_path, {"requirements.txt": "fast"})
    lock = locked(tmp_path, Rehearsed(tmp_path / "home", FAST), runtime, architecture)
    assert text(lock) == f"fast==1.0 {' '.join(f'--hash=sha256:{one}' for one in hashes)}\n"


def test_what_fits_nowhere_is_refused(tmp_path: Path) -> None:
    files(tmp_path, {"requirements.txt": "fast"})
    with pytest.raises(GenesysError, match=r"fast==1\.0 can't be installed: no wheel fits Python 3\.11") as caught:
        locked(tmp_path, Rehearsed(tmp_path / "home", FAST), "python3.11", "arm64")
    assert "another architecture" in caught.value.todo


def test_the_target_is_told_to_uv(tmp_path: Path) -> None:
    files(tmp_path, {"requirements.txt": "idna"})
    shop = Rehearsed(tmp_path / "home", PLAIN, PLAIN)
    locked(tmp_path, shop, "python3.12", "arm64")
    locked(tmp_path, shop, "python3.10")
    said = [" ".join(command) for command in shop.commands]
    assert "--python-version 3.12 --python-platform aarch64-manylinux_2_34" in said[0]
    assert "--python-version 3.10 --python-platform x86_64-manylinux_2_17" in said[1]
    assert all("--only-binary :all:" in one for one in said)


def test_markers_of_a_lock_are_for_the_target(tmp_path: Path) -> None:
    files(tmp_path, {"pyproject.toml": '[project]\nname = "work"\n', "uv.lock": "version = 1\n"})
    idna = wheel("idna-1.0-py3-none-any.whl", "aa")
    universal = "".join(
        (
            entry("windows", idna, more="marker = \"sys_platform == 'win32'\""),
            entry("old", idna, more="marker = \"python_full_version < '3.12'\""),
            entry("arm", idna, more="marker = \"platform_machine == 'aarch64'\""),
            entry("always", idna),
        )
    )
    lock = locked(tmp_path, Rehearsed(tmp_path / "home", universal))
    assert [line.split("==")[0] for line in text(lock).splitlines()] == ["always"]
    lock = locked(tmp_path, Rehearsed(tmp_path / "home", universal), "python3.11", "arm64")
    assert [line.split("==")[0] for line in text(lock).splitlines()] == ["always", "arm", "old"]


@pytest.mark.parametrize("origin", [{}, {"uv.lock": "version = 1\n"}])
def test_a_package_with_an_index_of_its_own_is_named_by_its_best_wheel(tmp_path: Path, origin: dict[str, str]) -> None:
    wish = (
        '[project]\nname = "work"\ndependencies = ["Fast", "idna"]\n'
        '[[tool.uv.index]]\nname = "ours"\nurl = "https://example.com/simple"\nexplicit = true\n'
        '[tool.uv.sources]\nFast = [{ index = "ours" }]\n'
    )
    files(tmp_path, {"pyproject.toml": wish} | origin)
    lock = locked(tmp_path, Rehearsed(tmp_path / "home", FAST + PLAIN))
    best = "fast-1.0-cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
    assert text(lock).splitlines() == [
        f"fast @ https://files.example.com/{best} --hash=sha256:a1",
        "idna==1.0 --hash=sha256:aa",
    ]


# the second time ----------------------------------------------------------------------------------------------------
def test_nothing_is_run_for_what_is_known(tmp_path: Path) -> None:
    files(tmp_path, {"requirements.txt": "idna\ncertifi"})
    shop = Rehearsed(tmp_path / "home", PLAIN)
    first = locked(tmp_path, shop)
    files(tmp_path, {"requirements.txt": "# of ours\nidna  # names\n\ncertifi\n", "main.py": "x = 1"})
    assert locked(tmp_path, shop) == first
    assert len(shop.commands) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"requirements.txt": "idna>1"},
        {"requirements.txt": "-r more.txt"},
        {"more.txt": "certifi"},
        {"uv.toml": "no-index = true"},
    ],
)
def test_another_wish_is_resolved_anew(tmp_path: Path, change: dict[str, str]) -> None:
    files(tmp_path, {"requirements.txt": "idna\n-r more.txt", "more.txt": "urllib3"})
    shop = Rehearsed(tmp_path / "home", PLAIN, FAST)
    first = text(locked(tmp_path, shop))
    files(tmp_path, change)
    assert text(locked(tmp_path, shop)) != first


def test_what_a_pyproject_says_of_other_tools_does_not_matter(tmp_path: Path) -> None:
    wish = '[project]\nname = "work"\nversion = "1"\ndependencies = ["idna"]\n'
    files(tmp_path, {"pyproject.toml": wish})
    shop = Rehearsed(tmp_path / "home", PLAIN)
    first = locked(tmp_path, shop)
    files(tmp_path, {"pyproject.toml": f"# ours\n{wish}\n[tool.ruff]\nline-length = 90\n"})
    assert locked(tmp_path, shop) == first


@pytest.mark.parametrize("remains", ["", "{", '{"packages": [{"name": "idna"}], "compiled": []}', "[]", "null"])
def test_a_broken_memory_is_none(tmp_path: Path, remains: str) -> None:
    files(tmp_path, {"requirements.txt": "idna"})
    shop = Rehearsed(tmp_path / "home", PLAIN, PLAIN)
    first = locked(tmp_path, shop)
    [kept] = (tmp_path / "home" / "locks").iterdir()
    kept.write_text(remains)
    assert locked(tmp_path, shop) == first
    assert len(shop.commands) == 2


def test_another_index_is_asked_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files(tmp_path, {"requirements.txt": "idna"})
    shop = Rehearsed(tmp_path / "home", PLAIN, PLAIN)
    locked(tmp_path, shop)
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://example.com/simple")
    locked(tmp_path, shop)
    assert len(shop.commands) == 2


# local packages -----------------------------------------------------------------------------------------------------
LIB = '[project]\nname = "lib"\nversion = "1"\n'
LOCAL = '[[packages]]\nname = "lib"\ndirectory = { path = "../lib", editable = true }\n'


@pytest.mark.parametrize(
    "origin",
    [
        {"work/requirements.txt": "-e ../lib"},
        {
            "work/pyproject.toml": '[project]\nname = "work"\ndependencies = ["lib"]\n'
            '[tool.uv.sources]\nlib = { path = "../lib" }\n'
        },
        {
            "work/pyproject.toml": '[project]\nname = "work"\ndependencies = ["lib"]\n',
            "work/uv.lock": 'source = { directory = "../lib" }\n',
        },
    ],
)
def test_a_local_package_counts_by_its_content(tmp_path: Path, origin: dict[str, str]) -> None:
    package = {"lib/pyproject.toml": LIB, "lib/lib/__init__.py": "x = 1", "lib/.git/HEAD": "1"}
    texts = []
    for place in ("here", "there"):
        files(tmp_path / place, package | origin)
        texts.append(text(locked(tmp_path / place / "work", Rehearsed(tmp_path / place / "home", LOCAL))))
    assert texts[0] == texts[1]
    assert texts[0].startswith("lib @ local --hash=sha256:")
    here = tmp_path / "here"
    files(here, {"lib/.git/HEAD": "2", "lib/lib/__pycache__/x.pyc": "bytes"})
    assert text(locked(here / "work", Rehearsed(here / "home", LOCAL))) == texts[0]
    files(here, {"lib/lib/__init__.py": "x = 2"})
    lock = locked(here / "work", Rehearsed(here / "home", LOCAL))
    assert text(lock) != texts[0]
    assert lock is not None and here / "lib" in lock.files


def test_uv_sees_a_local_package_where_the_project_sees_it(tmp_path: Path) -> None:
    files(tmp_path, {"lib/pyproject.toml": LIB, "a/b/work/requirements.txt": "../../../lib"})
    seen: list[bool] = []

    class Looking(Rehearsed):
        def run(
            self, command: Sequence[str], *, folder: Path | None = None, env: Env = _NONE, limit: float = 600
        ) -> str:
            assert folder is not None
            seen.append((folder / "../../../lib/pyproject.toml").is_file())
            return super().run(command, folder=folder, env=env, limit=limit)

    shop = Looking(tmp_path / "home", "")
    assert locked(tmp_path / "a" / "b" / "work", shop) is None
    assert seen == [True]
    assert list((tmp_path / "home" / "staging").iterdir()) == []


def test_a_local_package_that_is_gone_is_named(tmp_path: Path) -> None:
    files(tmp_path, {"requirements.txt": "./lib"})
    with pytest.raises(GenesysError, match="lib is not there"):
        locked(tmp_path, Rehearsed(tmp_path / "home"))


def test_a_project_does_not_install_itself(tmp_path: Path) -> None:
    files(tmp_path, {"requirements.txt": "-e .", "pyproject.toml": LIB})
    own = '[[packages]]\nname = "lib"\ndirectory = { path = ".", editable = true }\n'
    lock = locked(tmp_path, Rehearsed(tmp_path / "home", own + PLAIN))
    assert text(lock) == "idna==1.0 --hash=sha256:aa\n"


# what goes wrong ----------------------------------------------------------------------------------------------------
def failed(said: str) -> CommandError:
    return CommandError("uv failed (exit code 1)", 1, said)


def test_a_wheel_wins_over_newer_source_but_source_is_taken_where_it_is_all(tmp_path: Path) -> None:
    files(tmp_path, {"requirements.txt": "idna\nsource"})
    refusal = failed("hint: Wheels are required for `source` because building from source is disabled")
    shop = Rehearsed(tmp_path / "home", refusal, PLAIN)
    locked(tmp_path, shop)
    assert shop.commands[1][-4:] == ["--only-binary", ":all:", "--no-binary", "source"]


@pytest.mark.parametrize(
    ("said", "what", "todo"),
    [
        ("error: No solution found\n  cause: no such version", "can't be resolved: No solution found", "correct"),
        ("error: x\n  cause: async-timeout was not found in the package registry", "can't be resolved", "correct"),
        ("error: Failed to fetch\n  cause: dns error", "index can't be reached: dns error", "UV_INDEX"),
        ("error: Request failed after 3 retries", "index can't be reached", "network"),
        ("error: Failed\n  cause: No space left on device (os error 28)", "the disk is full", "make room"),
    ],
)
def test_what_is_in_the_way_is_told(tmp_path: Path, said: str, what: str, todo: str) -> None:
    files(tmp_path, {"requirements.txt": "idna"})
    with pytest.raises(GenesysError, match=what) as caught:
        locked(tmp_path, Rehearsed(tmp_path / "home", failed(said)))
    assert todo in caught.value.todo
    assert not (tmp_path / "home" / "locks").exists()


def test_a_project_for_another_python_is_refused(tmp_path: Path) -> None:
    wish = '[project]\nname = "work"\nrequires-python = ">=3.12"\ndependencies = ["idna"]\n'
    files(tmp_path, {"pyproject.toml": wish})
    with pytest.raises(GenesysError, match=r"asks for Python >=3\.12, and the runtime has 3\.11"):
        locked(tmp_path, Rehearsed(tmp_path / "home"), "python3.11")
    assert locked(tmp_path, Rehearsed(tmp_path / "home", PLAIN), "python3.12") is not None
