"""Zips: the same files are the same bytes everywhere, and nothing leads out of a folder."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Iterable
from hashlib import sha256
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uv import find_uv_bin

from genesys_tui.engine.functions.packing import archive
from genesys_tui.engine.functions.packing.archive import RECIPE, files_in, packed_sizes, unzip, write_zip, zipped
from genesys_tui.engine.functions.packing.zip_format import packed, pieces
from genesys_tui.engine.model.build import Member
from genesys_tui.engine.model.errors import GenesysError

PROJECT = (
    Member("main.py", b"def handler(event, context):\n    return event\n" * 40),
    Member("bootstrap", b"\x7fELF" + bytes(range(256)), executable=True),
    Member("data/gr\u00fc\u00dfe.txt", "Gr\u00fc\u00dfe".encode()),
    Member("empty", b""),
    Member("noise", random.Random(7).randbytes(5_000)),
)

PARTS = st.text(st.characters(codec="utf-8", exclude_characters="\\/:\0", exclude_categories=["Cc", "Cs"]), min_size=1)
NAMES = st.lists(
    PARTS.filter(lambda part: part not in (".", "..") and len(part.encode()) < 200), min_size=1, max_size=3
)
MEMBERS = st.builds(Member, NAMES.map("/".join), st.binary(max_size=300), st.booleans())


def fitting(members: Iterable[Member]) -> list[Member]:
    """Those whose names may lie side by side."""
    kept: dict[str, Member] = {}
    folders: set[str] = set()
    for member in members:
        above = {str(path) for path in Path(member.name).parents} - {"."}
        if member.name not in kept and member.name not in folders and not above & kept.keys():
            kept[member.name] = member
            folders |= above
    return list(kept.values())


def put(folder: Path, members: Iterable[Member]) -> Path:
    for member in members:
        path = folder / member.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(member.content)
        path.chmod(0o700 if member.executable else 0o600)
    return folder


def foreign(path: Path, entries: Iterable[tuple[str, bytes]], mode: int = 0o100644) -> Path:
    """A zip of somebody else's."""
    with ZipFile(path, "w") as zip:
        for name, content in entries:
            info = ZipInfo()
            info.filename = name
            info.external_attr = mode << 16
            zip.writestr(info, content)
    return path


@given(st.lists(MEMBERS, max_size=8).map(fitting), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_what_is_zipped_comes_out_again_whatever_its_order(
    tmp_path_factory: pytest.TempPathFactory, members: list[Member], random: random.Random
) -> None:
    content = zipped(members)
    random.shuffle(members)
    assert zipped(members) == content
    with ZipFile(BytesIO(content)) as zip:
        assert zip.testzip() is None
        found = {info.filename: info for info in zip.infolist()}
        assert {name: (zip.read(name), found[name].external_attr >> 16) for name in found} == {
            one.name: (one.content, 0o100755 if one.executable else 0o100644) for one in members
        }
    folder = tmp_path_factory.mktemp("zip")
    (folder / "it.zip").write_bytes(content)
    unzip(folder / "it.zip", folder / "out")
    assert {name: (folder / "out" / name).read_bytes() for name in files_in(folder / "out")} == {
        one.name: one.content for one in members
    }
    assert write_zip(folder / "out", folder / "again.zip").sha256 == sha256(content).hexdigest()


def test_nothing_of_a_machine_is_in_a_zip() -> None:
    with ZipFile(BytesIO(zipped(PROJECT))) as zip:
        infos = zip.infolist()
    assert [info.filename for info in infos] == ["bootstrap", "data/gr\u00fc\u00dfe.txt", "empty", "main.py", "noise"]
    assert {(info.date_time, info.create_system, info.extra, info.comment) for info in infos} == {
        ((1980, 1, 1, 0, 0, 0), 3, b"", b"")
    }
    assert {
        info.filename: oct(info.external_attr >> 16) for info in infos if info.filename in ("bootstrap", "empty")
    } == {
        "bootstrap": "0o100755",
        "empty": "0o100644",
    }
    how = {info.filename: info.compress_type for info in infos}
    assert (how["main.py"], how["noise"]) == (ZIP_DEFLATED, ZIP_STORED), "what does not get smaller stays as it is"


def test_the_bytes_are_those_of_the_recipe() -> None:
    """Another digest here is another recipe: give it a number of its own, or layers made before are never found."""
    assert RECIPE == "libdeflate-1", "Genesys depends on libdeflate"
    assert sha256(zipped(PROJECT)).hexdigest() == "798fa0c8249ffbfdfc59aadc6e1ca8e171599d1159798e775733695c029449f2"


def test_a_folder_and_its_members_are_the_same_bytes_in_every_folder(tmp_path: Path) -> None:
    content = zipped(PROJECT)
    for place in ("one", "other/place"):
        folder = put(tmp_path / place, sorted(PROJECT, key=lambda one: place + one.name))
        found = write_zip(folder, tmp_path / "it.zip")
        assert (tmp_path / "it.zip").read_bytes() == content
        assert found == archive.Zip(sha256(content).hexdigest(), len(content), sum(len(one.content) for one in PROJECT))


def test_every_python_makes_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "path").mkdir()
    if (spec := find_spec("deflate")) and spec.origin:
        (tmp_path / "path" / "deflate").symlink_to(Path(spec.origin).parent)
    source = put(tmp_path / "source", PROJECT)
    code = (
        "import sys; from pathlib import Path;"
        "from genesys_tui.engine.functions.packing.archive import RECIPE, write_zip;"
        "print(RECIPE, write_zip(Path(sys.argv[1]), Path(sys.argv[2])).sha256)"
    )
    checkout = Path(archive.__file__).parents[3]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(checkout), str(tmp_path / "path")))}
    runs = [
        subprocess.Popen([python, "-S", "-c", code, str(source), str(tmp_path / f"{number}.zip")], env=env, stdout=-1)
        for number, python in enumerate(pythons())
    ]
    told = {run.communicate()[0].decode().strip() for run in runs}
    assert told == {f"{RECIPE} {sha256(zipped(PROJECT)).hexdigest()}"}


def pythons() -> set[str]:
    """Those of this machine that Genesys runs on, one of each minor version."""
    listing = [find_uv_bin(), "python", "list", "--only-installed", "--output-format", "json"]
    found = json.loads(subprocess.run(listing, check=True, capture_output=True, text=True).stdout)
    parts = {(one["version_parts"]["minor"], one["implementation"]): one["path"] for one in found}
    return {path for (minor, kind), path in parts.items() if minor >= 11 and kind == "cpython"}


def test_more_files_than_16_bits_count() -> None:
    content = b"".join(pieces(packed(b"%x" % number, b"", executable=False) for number in range(65_536)))
    with ZipFile(BytesIO(content)) as zip:
        assert len(zip.namelist()) == 65_536


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../up", "a/../../up", "a//b", "", "a/", "./a", "C:/a", "c:a", "a\\b", "a\0"]
)
def test_a_name_that_leads_out_is_refused_both_ways(name: str, tmp_path: Path) -> None:
    with pytest.raises(GenesysError, match="could lead out of its folder"):
        zipped([Member(name, b"")])
    if name and name[-1] not in "/\0":
        path = foreign(tmp_path / "it.zip", [("good", b"x"), (name, b"x")])
        with pytest.raises(GenesysError, match="could lead out of its folder"):
            unzip(path, tmp_path / "inner" / "out")
        assert not (tmp_path / "inner").exists()


def test_names_that_can_not_lie_side_by_side_are_refused() -> None:
    with pytest.raises(GenesysError, match="a is in it twice"):
        zipped([Member("a", b"1"), Member("a", b"2")])
    with pytest.raises(GenesysError, match="a is a file and a folder"):
        zipped([Member("a", b""), Member("a/b/c", b"")])
    with pytest.raises(GenesysError, match="no text in UTF-8"):
        zipped([Member(os.fsdecode(b"caf\xe9.py"), b"")])


def test_more_than_lambda_unzips_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "UNZIPPED_LIMIT", 1 << 20)
    big = [Member("a", bytes(1 << 19)), Member("b", bytes((1 << 19) + 1))]
    for make in (lambda: zipped(big), lambda: write_zip(put(tmp_path / "big", big), tmp_path / "it.zip")):
        with pytest.raises(GenesysError, match="Lambda unzips 1 MB at most"):
            make()


def test_links_in_a_folder(tmp_path: Path) -> None:
    folder = put(tmp_path / "folder", PROJECT)
    (folder / "link.py").symlink_to("main.py")
    write_zip(folder, tmp_path / "it.zip")
    with ZipFile(tmp_path / "it.zip") as zip:
        assert zip.read("link.py") == zip.read("main.py")
    (folder / "out").symlink_to(tmp_path / "it.zip")
    with pytest.raises(GenesysError, match="leads out of its folder"):
        write_zip(folder, tmp_path / "other.zip")
    (folder / "out").unlink()
    (folder / "again").symlink_to("data", target_is_directory=True)
    with pytest.raises(GenesysError, match="link to a folder"):
        write_zip(folder, tmp_path / "other.zip")


def test_some_files_of_a_folder_only(tmp_path: Path) -> None:
    folder = put(tmp_path / "folder", PROJECT)
    found = write_zip(folder, tmp_path / "it.zip", names=["main.py", "empty"])
    assert (tmp_path / "it.zip").read_bytes() == zipped([PROJECT[0], PROJECT[3]])
    assert found.unzipped == len(PROJECT[0].content)


def test_the_sizes_of_files_are_those_of_the_zip(tmp_path: Path) -> None:
    end_of_a_zip = 22
    folder = put(tmp_path / "folder", PROJECT)
    assert sum(packed_sizes(folder).values()) + end_of_a_zip == len(zipped(PROJECT))


def test_a_disk_that_says_no_is_told(tmp_path: Path) -> None:
    folder = put(tmp_path / "folder", PROJECT)
    with pytest.raises(GenesysError, match=r"can't be written: .*nowhere.*No such file"):
        write_zip(folder, tmp_path / "nowhere" / "it.zip")


def test_a_bomb_is_not_unzipped(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "bomb.zip", "w", ZIP_DEFLATED) as zip:
        for number in range(3):
            zip.writestr(f"zeros{number}", bytes(1 << 20))
    with pytest.raises(GenesysError, match="unzips to 3 MB, more than 2 MB"):
        unzip(tmp_path / "bomb.zip", tmp_path / "out", limit=2 << 20)
    assert not (tmp_path / "out").exists()


def test_a_zip_that_lies_of_its_sizes_is_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "liar.zip", "w", ZIP_DEFLATED) as zip:
        zip.writestr("zeros", bytes(1 << 20))
    content = (tmp_path / "liar.zip").read_bytes()
    (tmp_path / "liar.zip").write_bytes(content.replace((1 << 20).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(GenesysError, match="can't be unzipped"):
        unzip(tmp_path / "liar.zip", tmp_path / "out")


def test_links_of_a_strangers_zip(tmp_path: Path) -> None:
    path = foreign(tmp_path / "it.zip", [("lib/cli.js", b"code")])
    with ZipFile(path, "a") as zip:
        link = ZipInfo("bin/cli")
        link.external_attr = 0o120777 << 16
        zip.writestr(link, "../lib/cli.js")
    unzip(path, tmp_path / "out")
    assert (tmp_path / "out/bin/cli").read_bytes() == b"code"
    assert not (tmp_path / "out/bin/cli").is_symlink()
    for target in (b"/etc/passwd", b"../../etc/passwd", b"nowhere", b"lib", b"\xff"):
        bad = foreign(tmp_path / "bad.zip", [("bin/x", target)], mode=0o120777)
        with pytest.raises(GenesysError, match="link to no file of the zip"):
            unzip(bad, tmp_path / "other")
        assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("content", [b"no zip", b"", zipped(PROJECT)[:-30], b"PK\5\6" + bytes(10)])
def test_what_is_no_zip_is_told(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "it.zip").write_bytes(content)
    with pytest.raises(GenesysError, match="can't be unzipped"):
        unzip(tmp_path / "it.zip", tmp_path / "out")


def test_a_zip_with_a_password_is_told(tmp_path: Path) -> None:
    content = bytearray(foreign(tmp_path / "it.zip", [("a", b"x")]).read_bytes())
    for header, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(header) + flags] |= 1
    (tmp_path / "it.zip").write_bytes(content)
    with pytest.raises(GenesysError, match=r"can't be unzipped: .*password"):
        unzip(tmp_path / "it.zip", tmp_path / "out")
