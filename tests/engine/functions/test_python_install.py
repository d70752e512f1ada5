"""Dependencies are installed for the target, from the real index, and come to the same bytes everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from genesys_tui.engine.functions.languages.python import Python
from genesys_tui.engine.functions.local.interpreters import python
from genesys_tui.engine.functions.packing.binaries import binary, check_binaries
from genesys_tui.engine.functions.workshop.host import Host
from genesys_tui.engine.model.build import Architecture
from genesys_tui.engine.model.errors import GenesysError
from tests.engine.functions.python_projects import PYENV, digest, files, host, installed, pack, project

LIB = {
    "lib/pyproject.toml": '[project]\nname = "lib"\nversion = "1"\ndependencies = ["idna==3.10"]\n'
    '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
    "lib/lib/__init__.py": "WORD = 'local'\n",
}


def names(opt: Path) -> set[str]:
    return {path.name for path in (opt / "python").iterdir()}


def test_the_layer_holds_what_is_imported_and_nothing_of_this_machine(tmp_path: Path) -> None:
    files(tmp_path / "work", {"requirements.txt": "idna==3.10\ncharset-normalizer==3.4.4"})
    opt = installed(project(tmp_path / "work"), tmp_path / "home")
    assert names(opt) == {"idna", "idna-3.10.dist-info", "charset_normalizer", "charset_normalizer-3.4.4.dist-info"}
    kept = {path.name for path in (opt / "python" / "idna-3.10.dist-info").iterdir()}
    assert {"METADATA", "WHEEL"} <= kept
    assert not kept & {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}
    assert not [path for path in opt.rglob("*") if path.suffix == ".pyc" or path.name == "__pycache__"]
    assert [path.name for path in opt.iterdir()] == ["python"]
    assert list((tmp_path / "home" / "functions" / "staging").iterdir()) == []


@pytest.mark.parametrize(("architecture", "machine"), [("x86_64", 62), ("arm64", 183)])
def test_it_is_for_the_target_and_never_for_this_machine(
    tmp_path: Path, architecture: Architecture, machine: int
) -> None:
    files(tmp_path / "work", {"requirements.txt": "markupsafe==3.0.3"})
    for runtime in ("python3.13", "python3.10"):
        asked = project(tmp_path / "work", runtime, architecture)
        opt = installed(asked, tmp_path / runtime)
        check_binaries(opt, pack().runtime(asked.target), architecture)
        [compiled] = opt.rglob("*.so")
        found = binary(compiled)
        assert found is not None and found.machine == machine
        assert f"cpython-{runtime.removeprefix('python').replace('.', '')}" in compiled.name


def test_two_folders_give_the_same_bytes(tmp_path: Path) -> None:
    digests = set()
    for place in ("here", "there"):
        files(tmp_path / place, LIB | {"work/requirements.txt": "../lib\nidna==3.10\n"})
        opt = installed(project(tmp_path / place / "work"), tmp_path / place / "home")
        assert {"lib", "idna"} <= names(opt)
        digests.add(digest(opt))
    assert len(digests) == 1


def test_a_lock_of_uv_is_taken_as_it_is(tmp_path: Path) -> None:
    shop = host(tmp_path / "home")
    wish = (
        '[project]\nname = "work"\nversion = "1"\nrequires-python = ">=3.10"\n'
        'dependencies = ["lib", "colorama==0.4.6; sys_platform == \'win32\'"]\n'
        '[dependency-groups]\ndev = ["urllib3"]\n[tool.uv.sources]\nlib = { path = "../lib", editable = true }\n'
    )
    files(tmp_path, LIB | {"work/pyproject.toml": wish})
    shop.run([shop.uv(), "lock", "--quiet", "--python", sys.executable], folder=tmp_path / "work")
    before = sorted((tmp_path / "work").iterdir())
    opt = installed(project(tmp_path / "work"), tmp_path / "home")
    assert names(opt) == {"lib", "lib-1.dist-info", "idna", "idna-3.10.dist-info"}
    assert not list(opt.rglob("*.pth"))
    assert sorted((tmp_path / "work").iterdir()) == before


def test_a_member_of_a_workspace_gets_what_it_needs_and_not_itself(tmp_path: Path) -> None:
    shop = host(tmp_path / "home")
    members = {
        name: f'[project]\nname = "{name}"\nversion = "1"\nrequires-python = ">=3.10"\ndependencies = [{wants}]\n'
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        "[tool.uv.sources]\nlib = { workspace = true }\n"
        for name, wants in (("one", '"lib"'), ("two", '"certifi"'), ("lib", '"idna==3.10"'))
    }
    root = '[tool.uv.workspace]\nmembers = ["functions/*", "lib"]\n'
    places = {"one": "functions/one", "two": "functions/two", "lib": "lib"}
    files(tmp_path, {f"{places[name]}/pyproject.toml": text for name, text in members.items()})
    files(tmp_path, {"pyproject.toml": root, "lib/lib/__init__.py": "", "functions/one/one/__init__.py": ""})
    shop.run([shop.uv(), "lock", "--quiet", "--python", sys.executable], folder=tmp_path)
    opt = installed(project(tmp_path / "functions" / "one"), tmp_path / "home")
    assert names(opt) == {"lib", "lib-1.dist-info", "idna", "idna-3.10.dist-info"}


@pytest.mark.slow
def test_dependencies_that_a_project_reads_from_a_file(tmp_path: Path) -> None:
    wish = (
        '[project]\nname = "work"\nversion = "1"\ndynamic = ["dependencies"]\n'
        '[tool.setuptools]\npy-modules = []\n[tool.setuptools.dynamic]\ndependencies = { file = "needed.txt" }\n'
    )
    files(tmp_path, {"pyproject.toml": wish, "needed.txt": "idna==3.10\n"})
    opt = installed(project(tmp_path), tmp_path / "home")
    assert names(opt) == {"idna", "idna-3.10.dist-info"}


def test_a_project_without_a_lock_does_not_get_one(tmp_path: Path) -> None:
    files(tmp_path, {"pyproject.toml": '[project]\nname = "work"\nversion = "1"\ndependencies = ["idna==3.10"]\n'})
    opt = installed(project(tmp_path), tmp_path / "home")
    assert "idna" in names(opt)
    assert not (tmp_path / "uv.lock").exists()


def test_a_script_says_what_it_needs(tmp_path: Path) -> None:
    files(tmp_path, {"job.py": '# /// script\n# dependencies = ["idna==3.10"]\n# ///\n'})
    assert "idna" in names(installed(project(tmp_path / "job.py"), tmp_path / "home"))


def test_an_exact_commit_is_installed(tmp_path: Path) -> None:
    files(tmp_path, LIB)
    repository = tmp_path / "lib"
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "init.defaultBranch=main"]
    for command in (["init"], ["add", "."], ["commit", "-m", "one"]):
        subprocess.run([*git, *command], cwd=repository, check=True, capture_output=True)
    files(tmp_path / "work", {"requirements.txt": f"lib @ git+file://{repository}@main\n"})
    lock = Python().lock(project(tmp_path / "work"), pack(), host(tmp_path / "home"))
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=repository, check=True, capture_output=True, text=True)
    assert lock is not None and f"lib @ git+file://{repository}@{head.stdout.strip()}" in lock.text
    assert {"lib", "idna"} <= names(installed(project(tmp_path / "work"), tmp_path / "home"))


def test_what_was_not_locked_is_not_installed(tmp_path: Path) -> None:
    files(tmp_path / "work", {"requirements.txt": "idna==3.10"})
    shop, builder = host(tmp_path / "home"), Python()
    lock = builder.lock(project(tmp_path / "work"), pack(), shop)
    assert lock is not None
    files(tmp_path / "work", {"requirements.txt": "idna==3.9"})
    with pytest.raises(GenesysError, match="changed while"):
        builder.install(lock, project(tmp_path / "work"), pack(), shop, tmp_path / "opt")


def test_an_index_that_cannot_be_reached_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    files(tmp_path / "work", {"requirements.txt": "idna"})
    (tmp_path / "home" / "functions" / "cache").mkdir(parents=True)
    with pytest.raises(GenesysError, match="index can't be reached") as caught:
        installed(project(tmp_path / "work"), tmp_path / "home")
    assert "proxy" in caught.value.todo


def test_a_wish_that_cannot_be_met_is_told_in_words_of_uv(tmp_path: Path) -> None:
    files(tmp_path / "work", {"requirements.txt": "idna==3.10\nidna==3.9"})
    with pytest.raises(GenesysError, match=r"requirements\.txt can't be resolved: .*idna==3\.10 and idna==3\.9"):
        installed(project(tmp_path / "work"), tmp_path / "home")


# source -----------------------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_source_that_is_the_same_everywhere_is_built_here(tmp_path: Path) -> None:
    files(tmp_path / "work", {"requirements.txt": "docopt==0.6.2"})
    digests = set()
    for architecture in ("x86_64", "arm64"):
        asked = project(tmp_path / "work", "python3.13", "arm64" if architecture == "arm64" else "x86_64")
        lock = Python().lock(asked, pack(), host(tmp_path / architecture))
        assert lock is not None and lock.compiled == ()
        opt = installed(asked, tmp_path / architecture)
        assert "docopt.py" in names(opt)
        digests.add(digest(opt))
    assert len(digests) == 1


@pytest.mark.slow
@pytest.mark.parametrize("runtime", ["python3.13", f"python3.{sys.version_info[1]}"])
def test_source_that_compiles_needs_a_container(tmp_path: Path, runtime: str) -> None:
    """Also where the target's Python is this one, so that what is built here would seem to fit."""
    files(tmp_path / "work", {"requirements.txt": "--no-binary markupsafe\nmarkupsafe==3.0.3\n"})
    asked = project(tmp_path / "work", runtime)
    lock = Python().lock(asked, pack(), host(tmp_path))
    assert lock is not None and lock.compiled == ("markupsafe",)
    with pytest.raises(GenesysError, match="markupsafe can't be built on this machine") as caught:
        installed(asked, tmp_path / "home")
    assert "container" in caught.value.todo


@pytest.mark.slow
def test_a_local_package_that_compiles_needs_a_container(tmp_path: Path) -> None:
    local = {
        "lib/setup.py": "from setuptools import Extension, setup\n"
        'setup(name="lib", version="1", ext_modules=[Extension("lib", ["lib.c"], optional=True)])\n',
        "lib/lib.c": "not C",
    }
    files(tmp_path, local | {"work/requirements.txt": "../lib\n"})
    with pytest.raises(GenesysError, match="lib can't be built on this machine"):
        installed(project(tmp_path / "work", f"python3.{sys.version_info[1]}"), tmp_path / "home")


@pytest.mark.slow
def test_a_local_package_that_has_to_be_asked_does_not_cost_the_others_their_wheels(tmp_path: Path) -> None:
    """The newest numpy for Python 3.11 has no wheel for Amazon Linux 2; an older one has."""
    local = {
        "lib/setup.py": "from setuptools import setup\n"
        'setup(name="lib", version="1", py_modules=["lib"], install_requires=["docopt", "numpy"])\n',
        "lib/lib.py": "",
    }
    files(tmp_path, local | {"work/requirements.txt": "../lib\n"})
    asked = project(tmp_path / "work", "python3.11", "arm64")
    opt = installed(asked, tmp_path / "home")
    assert {"lib.py", "docopt.py", "numpy"} <= names(opt)
    check_binaries(opt, pack().runtime(asked.target), "arm64")


# real projects ----------------------------------------------------------------------------------------------------
PROJECTS = {
    "numbers": "numpy\npydantic\nrequests\n",
    "powertools": "boto3\naws-lambda-powertools[tracer]\n",
    "web": "fastapi\nmangum\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PROJECTS)
@pytest.mark.parametrize(
    ("runtime", "architecture"), [("python3.13", "x86_64"), ("python3.12", "arm64"), ("python3.11", "arm64")]
)
def test_real_projects_are_built(tmp_path: Path, name: str, runtime: str, architecture: Architecture) -> None:
    files(tmp_path / "work", {"requirements.txt": PROJECTS[name]})
    asked = project(tmp_path / "work", runtime, architecture)
    opt = installed(asked, tmp_path / "home")
    check_binaries(opt, pack().runtime(asked.target), architecture)
    machines = {found.machine for path in opt.rglob("*") if path.is_file() and (found := binary(path))}
    assert machines <= {62 if architecture == "x86_64" else 183}


_BUILD = """
import sys
from pathlib import Path
from tests.engine.functions.python_projects import digest, installed, project
print(digest(installed(project(Path(sys.argv[1]), "python3.12", "arm64"), Path(sys.argv[2]))))
"""


@pytest.mark.slow
def test_every_python_here_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each runs this very code, with what it imports beside it. They are named where the digests differ, and by -s."""
    monkeypatch.setenv("PYENV_ROOT", PYENV)
    found = pythons()
    if len(found) < 2:
        pytest.skip("there is only one Python here that we run on")
    files(tmp_path, LIB | {"work/requirements.txt": "../lib\nnumpy==2.2.6\ndocopt==0.6.2\n"})
    digests = {}
    for interpreter in found:
        name = interpreter.name
        beside = tmp_path / "beside" / name
        uv = Host(tmp_path).uv()
        install = [uv, "pip", "install", "--quiet", "--target", str(beside), "--python", str(interpreter)]
        subprocess.run([*install, "pydantic", "packaging", "uv"], check=True, capture_output=True)
        env = os.environ | {"PYTHONPATH": os.pathsep.join([str(beside), str(Path.cwd())])}
        command = [str(interpreter), "-c", _BUILD, str(tmp_path / "work"), str(tmp_path / name)]
        digests[name] = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout
    sys.stdout.write(f"same bytes under {', '.join(digests)}\n")
    assert len(set(digests.values())) == 1, digests


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["functions/locks/*.json", "opt/python/numpy*", "functions/cache/uv/archive-v0/*"])
def test_a_kill_at_any_time_leaves_a_cache_that_is_right(tmp_path: Path, moment: str) -> None:
    files(tmp_path / "work", {"requirements.txt": "numpy==2.2.6\nidna==3.10\n"})
    asked, home = project(tmp_path / "work", "python3.12", "arm64"), tmp_path / "home"
    right = digest(installed(asked, tmp_path / "undisturbed"))
    (home / "functions" / "cache").mkdir(parents=True)
    command = [sys.executable, "-c", _BUILD, str(asked.source), str(home)]
    with subprocess.Popen(command, cwd=Path.cwd(), env=os.environ | {"PYTHONPATH": str(Path.cwd())}) as app:
        while app.poll() is None and not list(home.glob(moment)):
            threading.Event().wait(0.005)
        app.kill()
    assert digest(installed(asked, home, "again")) == right


def pythons() -> list[Path]:
    """Each Python here that we run on."""
    found = []
    for minor in range(11, 16):
        with suppress(GenesysError):
            found.append(python(f"3.{minor}"))
    return found
