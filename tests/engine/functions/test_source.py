"""What of a folder is sent: source, and nothing that is private, built, or somebody else's."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from genesys_tui.engine.functions.source import source as source_room
from genesys_tui.engine.functions.source.source import Sources
from genesys_tui.engine.model.build import Member, Project, Target
from genesys_tui.engine.model.errors import GenesysError


def project(source: Path) -> Project:
    return Project("f", source, Target("python3.13"))


def written(folder: Path, *names: str, text: str = "x = 1\n") -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def sent(project: Project) -> list[Member]:
    return Sources(project).files()


def names(source: Path) -> list[str]:
    return [member.name for member in sent(project(source))]


def test_the_files_are_sorted_and_keep_who_may_run(tmp_path: Path) -> None:
    written(tmp_path, "b.py", "a/c.py", "bootstrap")
    (tmp_path / "bootstrap").chmod(0o700)
    assert sent(project(tmp_path)) == [
        Member("a/c.py", b"x = 1\n"),
        Member("b.py", b"x = 1\n"),
        Member("bootstrap", b"x = 1\n", executable=True),
    ]
    assert names(tmp_path / "b.py") == ["b.py"], "one file is enough"


def test_what_never_is_source(tmp_path: Path) -> None:
    written(tmp_path, "main.py", "tilde~", ".main.py.swp", ".#main.py", "old.pyc", "a/.DS_Store", "genesys.yaml")
    written(tmp_path, ".git/HEAD", "a/__pycache__/x.py", ".venv/x.py", "env/pyvenv.cfg", "env/lib/x.py")
    (tmp_path / ".genesysignore").write_text("!.git\n!__pycache__\n!*.pyc\n")
    assert names(tmp_path) == ["main.py"]


def test_modules_of_node_are_left_out_where_a_lock_tells_them(tmp_path: Path) -> None:
    written(tmp_path, "index.mjs", "node_modules/zod/index.js", "sub/node_modules/own/index.js")
    assert names(tmp_path) == ["index.mjs", "node_modules/zod/index.js", "sub/node_modules/own/index.js"]
    written(tmp_path, "package-lock.json", text="{}")
    assert names(tmp_path) == ["index.mjs", "package-lock.json", "sub/node_modules/own/index.js"]


def test_gitignore_of_every_level_and_of_the_repository(tmp_path: Path) -> None:
    written(tmp_path, ".git/HEAD", "src/fn/main.py", "src/fn/x.log", "src/fn/build/x.py", "src/fn/a/keep.log")
    written(tmp_path, "src/fn/a/b/x.tmp", "src/fn/a/b/y.py", "src/fn/generated.py")
    (tmp_path / ".gitignore").write_text("*.log\n/src/fn/generated.py\n")
    (tmp_path / "src/.gitignore").write_text("build/\n")
    (tmp_path / "src/fn/a/.gitignore").write_text("!keep.log\nb/*.tmp\n")
    assert names(tmp_path / "src/fn") == ["a/b/y.py", "a/keep.log", "main.py"]


def test_what_is_above_a_folder_that_is_no_repository_says_nothing(tmp_path: Path) -> None:
    written(tmp_path, "fn/main.py")
    (tmp_path / ".gitignore").write_text("*.py\n")
    assert names(tmp_path / "fn") == ["main.py"]


def test_a_folder_that_is_named_is_sent_though_its_repository_ignores_it(tmp_path: Path) -> None:
    written(tmp_path, ".git/HEAD", "build/fn/main.py", "build/fn/x.log")
    (tmp_path / ".gitignore").write_text("*.log\n")
    (tmp_path / "build" / ".gitignore").write_text("*\n")
    assert names(tmp_path / "build" / "fn") == ["main.py"]


def test_genesysignore_has_the_last_word(tmp_path: Path) -> None:
    written(tmp_path, "main.py", "dist/app.js", "tests/test_main.py", "data.bin")
    (tmp_path / ".gitignore").write_text("dist/\ndata.bin\n")
    (tmp_path / ".genesysignore").write_text("!dist/\ntests\n")
    assert names(tmp_path) == ["dist/app.js", "main.py"]


def test_secrets_stay_at_home_unless_told_to(tmp_path: Path) -> None:
    written(tmp_path, "main.py", ".env", ".env.local", ".env.example", "keys/prod.pem", "id_rsa", ".aws/config")
    written(tmp_path, "credentials/__init__.py", "certifi/cacert.pem", "conf/credentials")
    (tmp_path / ".gitignore").write_text("!.env\n")
    sources = Sources(project(tmp_path))
    sent = [".env.example", "certifi/cacert.pem", "credentials/__init__.py", "main.py"]
    assert [member.name for member in sources.files()] == sent
    assert sources.left_out == (".aws/", ".env", ".env.local", "conf/credentials", "id_rsa", "keys/prod.pem")
    (tmp_path / ".genesysignore").write_text("!.env\n")
    assert [member.name for member in sources.files()] == [".env", *sent]
    assert ".env" not in sources.left_out


def test_links_within_are_followed_and_loops_are_not(tmp_path: Path) -> None:
    folder = written(tmp_path / "code", "main.py", "shared/lib.py", ".env")
    (folder / "one").symlink_to("shared")
    (folder / "app.py").symlink_to("main.py")
    (folder / "shared" / "back").symlink_to("..")
    (folder / "broken").symlink_to("nowhere")
    (folder / "harmless.txt").symlink_to(".env")
    sources = Sources(project(folder))
    assert [member.name for member in sources.files()] == ["app.py", "main.py", "one/lib.py", "shared/lib.py"]
    assert sources.left_out == (".env", "harmless.txt")
    assert sources.files()[0].content == b"x = 1\n"


@pytest.mark.parametrize("target", ["secret", "other", "../../../../../../../../etc"])
def test_a_link_out_of_the_source_is_refused(target: str, tmp_path: Path) -> None:
    written(tmp_path, "other/x.py", "secret", "code-2/x.py")
    folder = written(tmp_path / "code", "main.py")
    (folder / "out").symlink_to(tmp_path / target)
    with pytest.raises(GenesysError, match="out is a link that leads out of it"):
        sent(project(folder))
    (folder / ".genesysignore").write_text("out\n")
    assert names(folder) == ["main.py"]


def test_a_pipe_is_no_source_and_hangs_nothing(tmp_path: Path) -> None:
    written(tmp_path, "main.py")
    os.mkfifo(tmp_path / "pipe")
    assert names(tmp_path) == ["main.py"]


def test_too_many_files_are_refused_before_one_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "main.py", *(f"data/{number}" for number in range(12)))
    monkeypatch.setattr(source_room, "FILES_LIMIT", 10)
    monkeypatch.setattr(source_room, "_read", lambda listed: pytest.fail(f"{listed.name} was read"))
    with pytest.raises(GenesysError, match=r"more than 10 files, 1[01] of them in data"):
        sent(project(tmp_path))


def test_too_many_bytes_are_refused_before_one_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "main.py", "models/one")
    os.truncate(tmp_path / "models/one", 300 << 20)
    monkeypatch.setattr(source_room, "_read", lambda listed: pytest.fail(f"{listed.name} was read"))
    with pytest.raises(GenesysError, match=r"more than 250 MB, .* 300 MB of it are in models"):
        sent(project(tmp_path))


def test_what_is_left_out_does_not_count(tmp_path: Path) -> None:
    written(tmp_path, "main.py", "models/one")
    os.truncate(tmp_path / "models/one", 300 << 20)
    (tmp_path / ".genesysignore").write_text("models/\n")
    assert names(tmp_path) == ["main.py"]


def test_what_can_not_be_sent_is_told(tmp_path: Path) -> None:
    with pytest.raises(GenesysError, match="it is not there"):
        sent(project(tmp_path / "missing"))
    with pytest.raises(GenesysError, match=r"there is nothing in it$"):
        sent(project(tmp_path))
    written(tmp_path, ".env")
    with pytest.raises(GenesysError, match=r"nothing in it but what looks like secrets: \.env"):
        sent(project(tmp_path))
    (tmp_path / "bytes").mkdir()
    (tmp_path / "bytes" / os.fsdecode(b"caf\xe9.py")).write_text("x")
    with pytest.raises(GenesysError, match="no text in UTF-8"):
        sent(project(tmp_path / "bytes"))


def test_a_file_that_can_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(listed: source_room._Listed) -> None:
        raise PermissionError(13, "Permission denied", listed.path)

    written(tmp_path, "secret.py")
    monkeypatch.setattr(source_room, "_read", refuse)
    with pytest.raises(GenesysError, match=r"secret\.py: Permission denied"):
        sent(project(tmp_path))


def test_an_editor_that_saves_by_rename_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "main.py", "gone.py", "other.py")
    read = source_room._read

    def renaming(listed: source_room._Listed) -> object:
        """The file is away when it is read first, and another one is there when it is read again."""
        if listed.name == "main.py" and not (tmp_path / "main.py~").exists():
            (tmp_path / "main.py").rename(tmp_path / "main.py~")
        if listed.name == "gone.py":
            (tmp_path / "gone.py").unlink(missing_ok=True)
        return read(listed)

    monkeypatch.setattr(source_room, "_read", renaming)
    monkeypatch.setattr(time, "sleep", lambda _: written(tmp_path, "main.py", text="x = 2\n"))
    assert sent(project(tmp_path)) == [Member("main.py", b"x = 2\n"), Member("other.py", b"x = 1\n")]


def test_only_what_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "a.py", "b.py", "c.py")
    monkeypatch.setattr(source_room, "_SETTLED", 0)
    sources = Sources(project(tmp_path))
    before = sources.files()
    again: list[str] = []
    read = source_room._read

    def counted(listed: source_room._Listed) -> object:
        again.append(listed.name)
        return read(listed)

    monkeypatch.setattr(source_room, "_read", counted)
    written(tmp_path, "b.py", text="x = 222\n")
    (tmp_path / "c.py").unlink()
    after = sources.files()
    assert again == ["b.py"]
    assert [member.name for member in after] == ["a.py", "b.py"]
    assert after[0] is before[0], "what did not change is the very same"
    assert after[1].content == b"x = 222\n"


def test_a_save_within_the_same_tick_of_the_clock_is_seen(tmp_path: Path) -> None:
    sources = Sources(project(written(tmp_path, "main.py", text="x = 1\n")))
    facts = (tmp_path / "main.py").stat()
    assert sources.files()[0].content == b"x = 1\n"
    (tmp_path / "main.py").write_text("x = 2\n")
    os.utime(tmp_path / "main.py", ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert sources.files()[0].content == b"x = 2\n"


def test_a_change_of_the_rules_is_seen(tmp_path: Path) -> None:
    sources = Sources(project(written(tmp_path, "main.py", "notes.txt")))
    assert [member.name for member in sources.files()] == ["main.py", "notes.txt"]
    (tmp_path / ".gitignore").write_text("*.txt\n")
    assert [member.name for member in sources.files()] == ["main.py"]
    (tmp_path / ".gitignore").unlink()
    assert [member.name for member in sources.files()] == ["main.py", "notes.txt"]


def test_rules_that_mean_nothing_are_told(tmp_path: Path) -> None:
    written(tmp_path, "main.py")
    (tmp_path / ".genesysignore").write_text("!\n")
    with pytest.raises(GenesysError, match=r"\.genesysignore can't be understood"):
        sent(project(tmp_path))
