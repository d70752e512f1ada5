"""Every mistake of a stack file is told with its line, its path and what would be right, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from genesys_tui.engine.desired.stackfile import read_stack_file
from genesys_tui.engine.model.errors import Problem, WishError


def refused(folder: Path, content: str | bytes, name: str = "genesys.yaml") -> tuple[Problem, ...]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(WishError) as caught:
        read_stack_file(path)
    assert str(path) in caught.value.what
    return caught.value.problems


def told(problem: Problem) -> tuple[int, str, str]:
    """Line, path, and the words."""
    assert problem.mark
    return problem.mark.line, problem.mark.path, f"{problem.what} ({problem.fix})"


ENTRY = "resources:\n  storage:\n    - name: my-data\n"

FIELDS = [
    ("versionning: on", "versionning", "did you mean 'versioning'?"),
    ("versioning: maybe", "versioning", "can't be 'maybe' (it takes on or off)"),
    ("versioning: [on]", "versioning", "can't be a list (it takes on or off)"),
    ("encryption: kmss", "encryption", "it takes managed, kms, or the id"),
    ("encryption: 5", "encryption", "can't be 5 (it takes on, managed, kms or a text)"),
    ("encryption: off", "encryption", "can't be off (S3 encrypts every new object"),
    ("encryption: ${bucket.other-data.arn}", "encryption", "can't be '${bucket.other-data.arn}'"),
    ("lifecycle: 30", "lifecycle", "can't be 30 (it takes a mapping of keys to values)"),
    ("lifecycle: {delete_after_days: soon}", "lifecycle.delete_after_days", "it takes a whole number"),
    ("lifecycle: {delete_after_days: 0}", "lifecycle.delete_after_days", "at least 1"),
    ("lifecycle: {delete_after_days: 36501}", "lifecycle.delete_after_days", "at most 36500"),
    ("lifecycle: {delete_after: 30}", "lifecycle.delete_after", "did you mean 'delete_after_days'?"),
    ("tags: {Code: 14}", "tags.Code", "can't be 14 (it takes a text; put quotes around it)"),
    ("tags: {aws:x: a}", "tags", "reserved"),
    ("tags: [a]", "tags", "can't be a list (it takes a mapping"),
    ("tags:", "tags", "can't be empty (it takes a mapping"),
    (f"tags: {{A: {'x' * 257}}}", "tags.A", "at most 256 characters"),
    ("tags: {A: '${'}", "tags.A", "no closing brace"),
    ("tags: {A: '${data}'}", "tags.A", "a reference is written ${kind.name.output}"),
    ("tags: {A: '${bukket.other-data.arn}'}", "tags.A", "did you mean 'bucket'?"),
    ("tags: {A: '${bucket.othr-data.arn}'}", "tags.A", "did you mean 'bucket.other-data'?"),
    ("tags: {A: '${storage.other-data.arm}'}", "tags.A", "did you mean 'arn'?"),
    ("tags: {A: '${queue.app.arn}'}", "tags.A", "no queue here is named 'app'"),
    ("tags: {A: '${bucket.my-data.arn}'}", "tags.A", "refers to itself"),
    ("depends_on: [nobody]", "depends_on[0]", "nothing here is named 'nobody'"),
    ("depends_on: [othr-data]", "depends_on[0]", "did you mean 'bucket.other-data'?"),
    ("depends_on: [my-data]", "depends_on[0]", "depends on itself"),
    ("depends_on: [3]", "depends_on[0]", "can't hold 3"),
    ("depends_on: {a: b}", "depends_on", "can't be a mapping"),
    ("count: 0", "count", "from 1 to 100"),
    ("count: 101", "count", "from 1 to 100"),
    ("count: true", "count", "can't be true"),
    ("count: two", "count", "can't be 'two'"),
    ("type: buket", "type", "did you mean 'bucket'?"),
    ("type: network", "type", "a network stands in the section `network`"),
    ("type: medium", "type", "types here: bucket"),
]


@pytest.mark.parametrize(("line", "path", "says"), FIELDS, ids=[line for line, _, _ in FIELDS])
def test_fields(tmp_path: Path, line: str, path: str, says: str) -> None:
    (problem,) = refused(tmp_path, f"{ENTRY}      {line}\n    - name: other-data\n")
    at, where, words = told(problem)
    assert (at, where) == (4, f"resources.storage[0].{path}")
    assert says in words


WHOLE = [
    ("provider: awz\nresources: {}", 1, "provider", "it can be aws"),
    ("provider: gcp\nresources: {}", 1, "provider", "known, but not built yet"),
    ("provider: [aws]\nresources: {}", 1, "provider", "can't be a list"),
    ("region: us-east\nresources: {}", 1, "region", "such as us-east-1"),
    ("stack: a/b\nresources: {}", 1, "stack", "letters, digits"),
    ("resources: {}\nregon: x", 2, "regon", "did you mean 'region'?"),
    ("resources: {}\noutcomes:\n  static-site: {}", 3, "outcomes.static-site", "the static-site has no `domain`"),
    ("resources: {}\npolicies: []", 2, "policies", "known, but not built yet"),
    ("resources: {}\nstate:\n  backend: s3", 3, "state.backend", "known, but not built yet"),
    ("resources: {}\nstate:\n  backend: locl", 3, "state.backend", "it can be local"),
    ("resources: {}\nstate:\n  backnd: local", 3, "state.backnd", "did you mean 'backend'?"),
    ("resources: {}\nstate: local", 2, "state", "backend: local"),
    ("region: us-east-1", 1, "resources", "resources: {}"),
    ("resources:", 1, "resources", "resources: {}"),
    ("resources: []", 1, "resources", "must hold sections"),
    ("resources:\n  storag: []", 2, "resources.storag", "did you mean 'storage'?"),
    ("resources:\n  buckets: []", 2, "resources.buckets", "a bucket stands in the section `storage`"),
    ("resources:\n  computer: []", 2, "resources.computer", "is no section"),
    ("resources:\n  storage: {}", 2, "resources.storage", "must be a list"),
    ("resources:\n  storage:\n    - my-data", 3, "resources.storage[0]", "can't be 'my-data'"),
    ("resources:\n  storage:\n    - versioning: on", 3, "resources.storage[0]", "no name"),
    ("resources:\n  storage:\n    - name: My_Data", 3, "resources.storage[0].name", "lowercase"),
    ("resources:\n  storage:\n    - name: 14", 3, "resources.storage[0].name", "put quotes around it"),
    ("resources:\n  storage:\n    - name: [a]", 3, "resources.storage[0].name", "can't be a list"),
    ("resources:\n  storage:\n    - name: web-{n}", 3, "resources.storage[0].name", "add `count: 2`"),
    (f"{ENTRY}    - name: my-data", 4, "resources.storage[1]", "first in line 3"),
    (
        "resources:\n  storage:\n    - {name: my-data, count: 2}\n    - name: my-data-2",
        4,
        "resources.storage[1]",
        "first in line 3",
    ),
]


@pytest.mark.parametrize(("text", "line", "path", "says"), WHOLE, ids=[text for text, *_ in WHOLE])
def test_the_rest_of_a_file(tmp_path: Path, text: str, line: int, path: str, says: str) -> None:
    (problem,) = refused(tmp_path, text)
    at, where, words = told(problem)
    assert (at, where) == (line, path)
    assert says in words


NETWORK = "resources:\n  network:\n    - name: main\n      cidr: 10.0.0.0/16\n      subnets:\n"
SUBNETS = [
    ("{name: a, cidr: 10.1.0.0/24}", 6, "subnets[0].cidr", "it must lie in the network's 10.0.0.0/16"),
    (
        "{name: a, cidr: 10.0.0.0/24}\n        - {name: b, cidr: 10.0.0.0/25}",
        7,
        "subnets[1].cidr",
        "overlap subnet 'a'",
    ),
    ("{name: a, cidr: 10.0.0.1/24}", 6, "subnets[0].cidr", "starts at its first address: 10.0.0.0/24"),
    ("{name: a, zone: 1b}", 6, "subnets[0].zone", "the letter of a zone"),
    ("{name: a, publik: on}", 6, "subnets[0].publik", "did you mean 'public'?"),
    ("{cidr: 10.0.0.0/24}", 5, "subnets", "each subnet needs a `name`"),
    ("{name: a}\n        - {name: a}", 5, "subnets", "two subnets are named 'a'"),
]


@pytest.mark.parametrize(("subnets", "line", "path", "says"), SUBNETS, ids=[text for text, *_ in SUBNETS])
def test_subnets(tmp_path: Path, subnets: str, line: int, path: str, says: str) -> None:
    (problem,) = refused(tmp_path, f"{NETWORK}        - {subnets}\n")
    at, where, words = told(problem)
    assert (at, where) == (line, f"resources.network[0].{path}")
    assert says in words


def test_a_subnets_range_needs_the_networks(tmp_path: Path) -> None:
    text = NETWORK.replace("      cidr: 10.0.0.0/16\n", "") + "        - {name: a, cidr: 10.1.0.0/24}\n"
    (problem,) = refused(tmp_path, text)
    assert "give the network its `cidr`" in str(problem)


SYNTAX: list[tuple[str, str | bytes, int, str]] = [
    ("empty", "", 1, "the file is empty"),
    ("only a comment", "# nothing\n", 1, "the file is empty"),
    ("a list", "- a\n", 1, "can't be a list"),
    ("a text", "hello", 1, "can't be 'hello'"),
    ("binary", b"\x89PNG\r\n\x1a\n\x00\x00", 3, "binary file"),
    ("latin-1", "stack: shop\nname: café".encode("latin-1"), 2, "not UTF-8"),
    ("control character", "resources: {}\n\x07", 2, "'\\x07'"),
    ("tab", "resources:\n\tstorage: []\n", 2, "spaces, not with tabs"),
    ("colon", "resources: {}\nstack: a: b\n", 2, "in quotes"),
    ("open bracket", "resources: [\n", 2, "not YAML"),
    ("two documents", "resources: {}\n---\nresources: {}\n", 2, "a second document"),
    ("python object", "resources: !!python/object/apply:os.system [ls]\n", 1, "has no meaning here"),
    ("a complex key", "? [a]\n: b\n", 1, "a key must be a word"),
    ("a key twice", "resources: {}\nstack: a\nresources: {}\n", 3, "first in line 1"),
    ("recursive list", "resources: &a [*a]\n", 1, "can't hold itself"),
    ("recursive mapping", "resources: &a\n  storage: *a\n", 2, "can't hold itself"),
    ("unknown alias", "resources: *a\n", 1, "names nothing"),
    ("deep lists", "[" * 100_000, 1, "nested deeper than 50 levels"),
    ("deep mappings", "{a: " * 100_000, 1, "nested deeper than 50 levels"),
    ("deep blocks", "- " * 100_000, 1, "nested deeper than 50 levels"),
    ("bad merge", "resources:\n  <<: 3\n", 2, "merges mappings only"),
]


@pytest.mark.parametrize(("content", "line", "says"), [row[1:] for row in SYNTAX], ids=[row[0] for row in SYNTAX])
def test_what_is_no_stack_file(tmp_path: Path, content: str | bytes, line: int, says: str) -> None:
    found = [told(problem) for problem in refused(tmp_path, content)]
    assert any(at == line and says in words for at, _, words in found), found


@pytest.mark.parametrize("flawed", ["tags: [a]", "subnets: 3", "cidr: here", "internet: maybe"])
def test_a_flawed_field_leaves_the_others_checked(tmp_path: Path, flawed: str) -> None:
    fields = {"zones": "zones: 9", "cidr": "cidr: 10.0.0.0/16", "subnets": "subnets: [{name: a, cidr: 10.1.0.0/24}]"}
    fields[flawed.partition(":")[0]] = flawed
    lines = [f"      {field}\n" for field in fields.values()]
    found = [
        told(problem)[0] for problem in refused(tmp_path, "".join([NETWORK[: NETWORK.index("      cidr")], *lines]))
    ]
    right = {"subnets: 3": [4, 6], "cidr: here": [4, 5]}
    assert found == right.get(flawed, [4, 6, 7])


def test_an_alias_bomb_is_defused(tmp_path: Path) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 30)]
    found = refused(tmp_path, "\n".join(levels))
    assert "use fewer aliases" in str(found[-1])


TOML = [
    ("resources = 3\n", 1, "resources", "must hold sections"),
    ("stack = 'a'\nregion = \n", 2, "", "not TOML"),
    ("[resources]\nstorage = []\nstorage = []\n", 3, "", "not TOML"),
    ("a = " + "[" * 100_000, 1, "", "nested deeper"),
    ("[resources]\n" + "a." * 100_000 + "a = 1", 2, "", "nested deeper"),
    ("[resources]\na = " + "9" * 5000, 2, "", "a number is too long"),
    (
        "[[resources.storage]]\nname = 'my-data'\nversioning = 'maybe'\n",
        3,
        "resources.storage[0].versioning",
        "on or off",
    ),
    (
        "[[resources.storage]]\nname = 'a-data'\n\n[[resources.storage]]\nname = 'b-data'\n"
        "note = '''\n[x]\ny = 1'''\n[resources.storage.lifecycle]\n'delete_after_days' = 0\n",
        10,
        "resources.storage[1].lifecycle.delete_after_days",
        "at least 1",
    ),
    (
        "[resources]\nnetwork = [\n  # the first\n  { name = 'a' },\n  { name = 'b', zones = 9 },\n]\n",
        5,
        "resources.network[1].zones",
        "at most 6",
    ),
    ("resources.storage = [{ name = 'my-data' }]\nregion = 'x'\n", 2, "region", "such as us-east-1"),
    (
        "[[resources.network]]\nname = 'a'\n[[resources.network.subnets]]\nname = 'b'\n"
        "[[resources.network.subnets]]\nzone = 1\n",
        3,
        "resources.network[0].subnets",
        "needs a `name`",
    ),
]


@pytest.mark.parametrize(("text", "line", "path", "says"), TOML, ids=[text[:40] for text, *_ in TOML])
def test_toml(tmp_path: Path, text: str, line: int, path: str, says: str) -> None:
    found = [told(problem) for problem in refused(tmp_path, text, "genesys.toml")]
    assert any((at, where) == (line, path) and says in words for at, where, words in found), found


def test_all_mistakes_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    text = """\
provider: awz
resources:
  storage:
    - name: Bad_Name
      versioning: maybe
      lifecycle: {delete_after_days: 0, foo: 1}
      tags: {A: "${bucket.nobody.arn}"}
  network:
    - name: main
      cidr: 10.0.0.0/99
      subnets:
        - {name: a, cidr: 10.0.0.0/24}
        - {name: b, cidr: 10.0.0.0/24}
policies: []
"""
    lines = [told(problem)[0] for problem in refused(tmp_path, text)]
    assert lines == [1, 4, 5, 6, 6, 7, 10, 13, 14]


def test_a_mistake_in_one_entry_makes_none_in_those_that_name_it(tmp_path: Path) -> None:
    text = (
        ENTRY
        + "      count: 0\n    - name: logs-data\n      depends_on: [my-data]\n"
        + "      tags: {A: '${bucket.my-data-1.arn}'}\n"
    )
    (problem,) = refused(tmp_path, text)
    assert told(problem)[1] == "resources.storage[0].count"


def test_a_name_of_two_kinds_must_be_told_apart(tmp_path: Path) -> None:
    text = "resources:\n  network: [{name: shop}]\n  storage:\n    - name: shop\n    - name: my-data\n"
    text += "      depends_on: [shop]\n"
    (problem,) = refused(tmp_path, text)
    assert "bucket.shop, network.shop" in str(problem)


def test_files_that_can_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "stack.json").write_text("{}")
    (tmp_path / "large.yaml").write_bytes(b"#" * 10_000_001)
    for name, says in (
        ("missing.yaml", "No such file"),
        ("folder.yaml", "Is a directory"),
        ("stack.json", ".yaml, .yml or .toml"),
        ("large.yaml", "larger than 10 MB"),
    ):
        with pytest.raises(WishError) as caught:
            read_stack_file(tmp_path / name)
        assert says in str(caught.value), name
