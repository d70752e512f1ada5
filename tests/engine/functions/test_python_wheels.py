"""Where wheels come from once it is known which: the cache, the place that the lock names, the index."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from genesys_tui.engine.functions.languages import Lock
from genesys_tui.engine.functions.languages.python import Python
from genesys_tui.engine.functions.languages.python.pylock import File, Package, packages_in, pylock_of
from genesys_tui.engine.functions.workshop.host import Host
from genesys_tui.engine.model.build import Project
from genesys_tui.engine.model.errors import GenesysError
from tests.engine.functions.python_projects import files, pack, project
from tests.engine.functions.wheel_index import NAME, Index, serving, wheel


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    with serving() as found:
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://{found.url}/simple/")
        monkeypatch.delenv("UV_FIND_LINKS", raising=False)
        yield found


@pytest.fixture
def asked(tmp_path: Path) -> Project:
    return project(files(tmp_path / "work", {"requirements.txt": "lib\n"}))


def locked(asked: Project, shop: Host) -> Lock:
    lock = Python().lock(asked, pack(), shop)
    assert lock is not None
    return lock


def word(asked: Project, shop: Host, lock: Lock) -> str:
    """What the module says that was installed."""
    into = shop.folder / "opt"
    rmtree(into, ignore_errors=True)
    Python().install(lock, asked, pack(), shop, into)
    return (into / "python" / "lib.py").read_text()


@pytest.mark.parametrize("wish", ["lib", f"lib @ http://{{}}/files/{NAME}"])
def test_what_is_in_the_cache_is_installed_without_asking_anybody(
    wish: str, index: Index, asked: Project, tmp_path: Path
) -> None:
    files(asked.source, {"requirements.txt": wish.format(index.url)})
    shop = Host(tmp_path / "home")
    lock = locked(asked, shop)
    assert "first" in word(asked, shop, lock)
    index.asked.clear()
    assert "first" in word(asked, shop, lock)
    assert index.asked == []


def test_a_file_that_moved_is_looked_for_in_the_index(index: Index, asked: Project, tmp_path: Path) -> None:
    shop = Host(tmp_path / "home")
    lock = locked(asked, shop)
    rmtree(tmp_path / "home" / "cache")
    index.files = "elsewhere"
    assert "first" in word(asked, shop, lock)


def test_an_index_that_wants_a_password_gives_its_files(
    index: Index, asked: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.needs = "user:secret"
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://user:secret@{index.url}/simple/")
    shop = Host(tmp_path / "home")
    lock = locked(asked, shop)
    pages = index.asked.count("/simple/lib/")
    assert "first" in word(asked, shop, lock)
    assert index.asked.count("/simple/lib/") == pages, "from where the lock says that it is"
    assert not [path for path in (tmp_path / "home" / "locks").iterdir() if "secret" in path.read_text()]


def test_other_bytes_under_the_same_name_are_refused(index: Index, asked: Project, tmp_path: Path) -> None:
    shop = Host(tmp_path / "home")
    lock = locked(asked, shop)
    rmtree(tmp_path / "home" / "cache")
    index.content = wheel("other")
    with pytest.raises(GenesysError, match="Hash mismatch"):
        word(asked, shop, lock)
    assert not list((shop.folder / "opt").rglob("lib.py"))


def test_an_address_that_is_signed_for_a_while_is_not_kept() -> None:
    wheel = '{ url = "https://x/lib-1.0-py3-none-any.whl?X-Signature=s", hashes = { sha256 = "aa" } }'
    said = f'[[packages]]\nname = "lib"\nversion = "1.0"\nwheels = [{wheel}]\n'
    [package] = packages_in(said, "3.13", "x86_64-manylinux_2_34")
    assert package.files == (File("aa"),)


def test_what_was_resolved_before_places_were_kept_stays(index: Index, asked: Project, tmp_path: Path) -> None:
    shop = Host(tmp_path / "home")
    lock = locked(asked, shop)
    [path] = (tmp_path / "home" / "locks").iterdir()
    kept = json.loads(path.read_text())
    for one in kept["packages"]:
        one["hashes"] = [file["sha256"] for file in one.pop("files")]
    path.write_text(json.dumps(kept))
    index.asked.clear()
    assert locked(asked, shop).text == lock.text
    assert index.asked == [], "it is not resolved anew"
    assert "first" in word(asked, shop, lock)


def test_a_password_in_a_requirements_file_is_on_no_command_line(
    asked: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as index:
        index.needs = "user:s3cret"
        wish = f"--index-url=http://user:s3cret@{index.url}/simple/\nlib\n"
        files(asked.source, {"requirements.txt": wish})
        shop = Host(tmp_path / "home")
        said: list[str] = []
        run = Host.run

        def heard(self: Host, command: Sequence[str], **more: Any) -> str:
            said.extend(command)
            return run(self, command, **more)

        monkeypatch.setattr(Host, "run", heard)
        assert "first" in word(asked, shop, locked(asked, shop))
        assert not [one for one in said if "s3cret" in one]


def test_a_lock_of_ours_says_what_was_found() -> None:
    odd = 'https://x/a "b"\\\x7f/lib-1.0-py3-none-any.whl?a==b'
    packages = [
        Package("lib", "wheel", "lib==1.0", (File("aa", odd), File("bb", "https://x/lib-1.0-py2.py3-none-any.whl"))),
        Package("own", "wheel", "own @ https://x/own-1-py3-none-any.whl?a==b", (File("cc", "https://x/own.whl?a==b"),)),
    ]
    said = pylock_of(packages)
    assert said is not None
    [lib, own] = tomllib.loads(said)["packages"]
    assert [one["url"] for one in lib["wheels"]] == [odd, "https://x/lib-1.0-py2.py3-none-any.whl"]
    assert own["archive"] == {"url": "https://x/own.whl?a==b", "hashes": {"sha256": "cc"}}
    assert packages_in(said, "3.13", "x86_64-manylinux_2_34")[0].name == "lib"
    assert pylock_of([Package("lib", "wheel", "lib==1.0", (File("aa"),))]) is None, "a folder of wheels has no URLs"
