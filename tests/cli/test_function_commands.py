"""`genesys function` over real builds and real runs on this machine; the account is the emulator's."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import boto3
import pytest

from tests.cli.cli_shell import Ended, Shell

REGION = "us-east-1"
CODE = "def handler(event, context):\n    print('asked')\n    return {'got': event}\n"
ZIP = BytesIO()
with ZipFile(ZIP, "w") as written:
    written.writestr("python/lib.py", "")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that commands run in."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def genesys(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    assert Path.cwd() == folder
    return Shell(monkeypatch)


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no account."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
        monkeypatch.delenv(name)


def write(folder: Path, code: str = CODE, name: str = "hello") -> Path:
    """A function of one file, for the Python that is here for certain."""
    source = folder / name
    source.mkdir(exist_ok=True)
    (source / "main.py").write_text(code)
    (source / ".python-version").write_text("3.11\n")
    return source


def stack_file(folder: Path, *names: str) -> None:
    entries = [f"    - {{name: {name}, runtime: python3.11, source: ./{name}}}\n" for name in names]
    (folder / "genesys.yaml").write_text("stack: shop\nresources:\n  serverless:\n" + "".join(entries))


# making -----------------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("nobody")
def test_a_new_function_answers_by_the_command_that_is_told_next(genesys: Shell) -> None:
    made = genesys("function", "new", "hello", "--template", "http", "--json")
    assert made.code == 0, made.err
    assert (made.document["event"], made.document["into"]) == ("http", None)
    [_, invoke, _] = next_of(made)
    assert invoke == "genesys function invoke hello --event http"
    ended = genesys(*invoke.split()[1:], "--json")
    assert ended.code == 0, ended.err
    assert ended.document["ok"] is True


def next_of(made: Ended) -> list[str]:
    commands = made.document["next"]
    assert isinstance(commands, list)
    return commands


@pytest.mark.usefixtures("nobody")
def test_a_new_function_is_written_into_a_stack_file_beside_what_is_there(genesys: Shell, folder: Path) -> None:
    write(folder, name="old")
    stack_file(folder, "old")
    made = genesys("function", "new", "hello", "code/hello", "--into", "genesys.yaml")
    assert made.code == 0, made.err
    assert "genesys function dev hello" in made.out
    text = (folder / "genesys.yaml").read_text()
    assert text.startswith("stack: shop\n")
    assert "source: ./code/hello" in text
    assert genesys("function", "build", "hello").code == 0


def test_what_can_not_be_made_leaves_nothing(genesys: Shell, folder: Path) -> None:
    write(folder, name="old")
    stack_file(folder, "old")
    before = (folder / "genesys.yaml").read_text()
    for words in (("old", "elsewhere", "--into", "genesys.yaml"), ("x!",), ("new", "--template", "nonsense")):
        assert genesys("function", "new", *words).code in {1, 64}, words
    assert sorted(path.name for path in folder.iterdir()) == ["genesys.yaml", "old"]
    assert (folder / "genesys.yaml").read_text() == before
    taken = genesys("function", "new", "old")
    assert taken.code == 64
    assert "is there already" in taken.err


# building ---------------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("nobody")
def test_a_build_tells_what_is_sent_and_needs_no_account(genesys: Shell, folder: Path) -> None:
    write(folder)
    built = genesys("function", "build", "hello", "--json")
    assert built.code == 0, built.err
    document = built.document
    content = Path(str(document["artifact"])).read_bytes()
    assert document["code_sha256"] == b64encode(sha256(content).digest()).decode()
    assert "main.py" in ZipFile(BytesIO(content)).namelist()
    assert (document["runtime"], document["handler"], document["layers"]) == ("python3.11", "main.handler", [])
    assert set(document) >= {"hints", "seconds"}
    text = genesys("function", "build", "hello")
    assert "hello · python3.11 · x86_64 · main.handler" in text.out
    assert str(document["artifact"]) in text.out


def test_which_function_is_meant(genesys: Shell, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = genesys("function", "build")
    assert nothing.code == 64
    assert "Run: genesys function new hello" in nothing.err
    write(folder)
    stack_file(folder, "hello")
    assert genesys("function", "build", "--json").document["name"] == "hello"
    write(folder, name="other")
    stack_file(folder, "hello", "other")
    assert "name one of hello, other" in genesys("function", "build").err
    assert genesys("function", "build", "other", "--json").document["name"] == "other"
    unknown = genesys("function", "build", "nothing")
    assert unknown.code == 64
    assert "there is no function 'nothing' here" in unknown.err
    refused = genesys("function", "build", "hello", "--runtime", "python3.12")
    assert "genesys.yaml says that of 'hello'" in refused.err
    in_words = genesys("function", "build", "mine", "--source", "other", "--architecture", "arm64", "--json")
    assert (in_words.document["name"], in_words.document["architecture"]) == ("mine", "arm64")
    monkeypatch.chdir(folder / "other")
    assert genesys("function", "build", "--json").document["name"] == "other"


def test_a_mistake_in_the_source_is_told_by_its_line(genesys: Shell, folder: Path) -> None:
    write(folder, "def handler(event, context):\n    return (1\n")
    ended = genesys("function", "build", "hello")
    assert ended.code == 1
    assert "main.py:2" in ended.err


# invoking ---------------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("nobody")
def test_an_answer_goes_to_stdout_and_the_log_to_stderr(genesys: Shell, folder: Path) -> None:
    write(folder)
    ended = genesys("function", "invoke", "hello", "--event", '{"a": "\\u001b[31m"}')
    assert ended.code == 0, ended.err
    assert "asked" in ended.err
    assert "asked" not in ended.out
    assert "answered in " in ended.out
    assert "\x1b" not in ended.out + ended.err
    as_json = genesys("function", "invoke", "hello", "--event", '{"a": 1}', "--json").document
    assert (as_json["where"], as_json["payload"]) == ("local", {"got": {"a": 1}})


def test_a_failure_is_exit_code_1_and_names_its_line(genesys: Shell, folder: Path) -> None:
    write(folder, "def handler(event, context):\n    return event['missing']\n")
    ended = genesys("function", "invoke", "hello")
    assert ended.code == 1
    assert "KeyError: 'missing'" in ended.out
    assert "main.py:2 in handler" in ended.out
    document = genesys("function", "invoke", "hello", "--json")
    assert (document.code, document.document["ending"]) == (1, "failed")


def test_events_are_kept_with_the_project(genesys: Shell, folder: Path) -> None:
    kept = write(folder) / ".genesys" / "events" / "mine.json"
    kept.parent.mkdir(parents=True)
    kept.write_text('{"kept": true}')
    elsewhere = folder / "event.json"
    elsewhere.write_text('{"elsewhere": true}')
    for event, expected in (("mine", {"kept": True}), ("@event.json", {"elsewhere": True})):
        answer = genesys("function", "invoke", "hello", "--event", event, "--json").document
        assert answer["payload"] == {"got": expected}
    for event, why in (("{", "no JSON"), ("nothing", "there is no event nothing"), ("@missing.json", "can't be read")):
        ended = genesys("function", "invoke", "hello", "--event", event)
        assert ended.code in {1, 64}
        assert why in ended.err


@pytest.mark.usefixtures("aws")
def test_the_deployed_one_is_not_invoked_when_read_only_and_missed_with_words(genesys: Shell, folder: Path) -> None:
    write(folder)
    refused = genesys("function", "invoke", "hello", "--deployed", "--read-only")
    assert refused.code == 3
    missing = genesys("function", "invoke", "hello", "--deployed")
    assert missing.code == 64
    assert "there is no function 'hello' here" in missing.err
    assert genesys("function", "invoke", "hello", "--deployed", "--local").code == 64


# the account ------------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("aws")
def test_the_log_of_a_deployed_function(genesys: Shell) -> None:
    logs = boto3.client("logs", region_name=REGION)
    logs.create_log_group(logGroupName="/aws/lambda/f")
    logs.create_log_stream(logGroupName="/aws/lambda/f", logStreamName="s")
    from time import time

    now = int(time() * 1000)
    told = [(now - 3_600_000, "old"), (now - 2000, "one\n"), (now - 1000, "two \x1b[2J")]
    events = [{"timestamp": at, "message": message} for at, message in told]
    logs.put_log_events(logGroupName="/aws/lambda/f", logStreamName="s", logEvents=events)
    ended = genesys("function", "logs", "f", "--json")
    assert ended.code == 0, ended.err
    assert [json.loads(line)["text"] for line in ended.out.splitlines()] == ["one", "two \x1b[2J"]
    text = genesys("function", "logs", "f", "--since", "2h").out
    assert [line.split(" ", 1)[1] for line in text.splitlines()] == ["old", "one", "two ␛[2J"]
    assert genesys("function", "logs", "f", "--since", "soon").code == 64
    assert genesys("function", "logs", "nothing").code == 64


@pytest.mark.usefixtures("aws")
def test_layers_are_listed_with_their_users_and_pruned(genesys: Shell) -> None:
    client = boto3.client("lambda", region_name=REGION)
    arns = [
        client.publish_layer_version(LayerName=name, Content={"ZipFile": ZIP.getvalue()})["LayerVersionArn"]
        for name in ("genesys-used", "genesys-idle", "theirs")
    ]
    role = boto3.client("iam", region_name=REGION).create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"][
        "Arn"
    ]
    client.create_function(
        FunctionName="f",
        Runtime="python3.11",
        Role=role,
        Handler="a.b",
        Code={"ZipFile": ZIP.getvalue()},
        Layers=arns[:1],
    )
    listed = genesys("function", "layers", "--json").document["layers"]
    assert isinstance(listed, list)
    assert {one["name"]: len(one["users"]) for one in listed} == {"genesys-used": 1, "genesys-idle": 0}
    text = genesys("function", "layers")
    assert "theirs" not in text.out
    assert "1 of them unused" in text.err
    assert "genesys-idle" not in genesys("function", "layers", "--prune").out  # it is young
    pruned = genesys("function", "layers", "--prune", "--older-than", "0s", "--apply", "--yes", "--allow-data-loss")
    assert pruned.code == 64  # there is no data in a layer
    pruned = genesys("function", "layers", "--prune", "--older-than", "0s", "--apply", "--yes")
    assert pruned.code == 0, pruned.err
    assert [one["LayerName"] for one in client.list_layers()["Layers"]] == ["genesys-used", "theirs"]
