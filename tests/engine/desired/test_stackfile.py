"""A stack file becomes a wish."""

from __future__ import annotations

from pathlib import Path

import pytest

from genesys_tui.engine.desired.stackfile import find_stack_file, read_stack_file
from genesys_tui.engine.model.resource import Desired, Mark, Reference, Wish

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "My Shop_2"
    folder.mkdir()
    return folder


def read(folder: Path, text: str, name: str = "genesys.yaml") -> Wish:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_stack_file(path)


def storage(folder: Path, text: str) -> dict[str, Desired]:
    """The resources of one section `storage`, by address."""
    wish = read(folder, f"resources:\n  storage:\n{text}")
    return {desired.address: desired for desired in wish.resources}


def test_the_first_stack_file_of_a_folder_is_found(tmp_path: Path) -> None:
    assert find_stack_file(tmp_path) is None
    for name in ("genesys.toml", "genesys.yml", "genesys.yaml"):
        (tmp_path / name).touch()
        assert find_stack_file(tmp_path) == tmp_path / name


def test_the_whole_wish(folder: Path) -> None:
    wish = read(folder, "provider: aws\nregion: eu-west-1\nresources:\n  storage:\n    - name: my-data\n")
    mark = Mark(str(folder / "genesys.yaml"), 5, 7, "resources.storage[0]")
    desired = Desired("bucket.my-data", "bucket", "my-data", {}, complete=True, mark=mark)
    assert wish == Wish((desired,), "genesys.yaml", whole=True, stack="my-shop-2", region="eu-west-1")


@pytest.mark.parametrize("region", ["us-east-1", "us-gov-west-1", "ap-southeast-5", "eusc-de-east-1"])
def test_regions(folder: Path, region: str) -> None:
    assert read(folder, f"region: {region}\nresources: {{}}\n").region == region


def test_the_stack_may_be_named(folder: Path) -> None:
    assert read(folder, "stack: shop\nresources: {}\n").stack == "shop"


def test_local_state_and_empty_sections_pass(folder: Path) -> None:
    wish = read(folder, "state: {backend: local}\nresources:\n  storage:\n  network: []\n")
    assert wish.resources == ()


def test_fields_are_validated_and_what_is_not_said_stays_unset(folder: Path) -> None:
    found = storage(
        folder,
        """
    - name: my-data
      type: bucket
      versioning: off
      encryption: yes
      lifecycle:
        delete_after_days: "90"
        archive_after_days:
      tags: {Date: 2024-01-01, Code: 0123, Time: 12:30:00, Gone: null}
""",
    )
    assert found["bucket.my-data"].spec == {
        "versioning": False,
        "encryption": "managed",
        "lifecycle": {"delete_after_days": 90, "archive_after_days": None},
        "tags": {"Date": "2024-01-01", "Code": "0123", "Time": "12:30:00", "Gone": None},
    }


def test_subnets_are_kept_by_name(folder: Path) -> None:
    wish = read(
        folder,
        """
resources:
  network:
    - name: main
      cidr: 10.0.0.0/16
      subnets:
        - {name: front, cidr: 10.0.1.0/24, public: true}
        - {name: back, zone: b, public: false}
""",
    )
    assert wish.resources[0].spec == {
        "cidr": "10.0.0.0/16",
        "subnets": {"front": {"cidr": "10.0.1.0/24", "public": True}, "back": {"zone": "b", "public": False}},
    }


@pytest.mark.parametrize(
    ("name", "names"),
    [("web", ["web-1", "web-2", "web-3"]), ("web-{n}-eu", ["web-1-eu", "web-2-eu", "web-3-eu"])],
)
def test_count_numbers_the_names(folder: Path, name: str, names: list[str]) -> None:
    found = storage(folder, f"    - name: {name}\n      count: 3\n      versioning: true\n")
    assert [desired.name for desired in found.values()] == names
    assert all(desired.spec == {"versioning": True} for desired in found.values())


@pytest.mark.parametrize("named", ["logs-data", "bucket.logs-data", "storage.logs-data", "[logs-data]"])
def test_depends_on_takes_names_addresses_and_aliases(folder: Path, named: str) -> None:
    found = storage(folder, f"    - name: my-data\n      depends_on: {named}\n    - name: logs-data\n")
    assert found["bucket.my-data"].needs == ("bucket.logs-data",)


def test_depends_on_a_counted_entry_means_all_of_it(folder: Path) -> None:
    found = storage(folder, "    - name: my-data\n      depends_on: [web]\n    - name: web\n      count: 2\n")
    assert found["bucket.my-data"].needs == ("bucket.web-1", "bucket.web-2")


@pytest.mark.parametrize("target", ["bucket", "storage"])
def test_references_are_normalised_and_needed(folder: Path, target: str) -> None:
    text = f"    - name: my-data\n      tags: {{Logs: '${{{target}.my.logs.arn}}/*'}}\n    - name: my.logs\n"
    desired = storage(folder, text)["bucket.my-data"]
    assert desired.needs == ("bucket.my.logs",)
    assert desired.spec == {"tags": {"Logs": "${bucket.my.logs.arn}/*"}}
    (tags,) = desired.spec.values()
    assert isinstance(tags, dict)
    assert isinstance(tags["Logs"], Reference)


def test_an_escaped_reference_is_a_plain_text(folder: Path) -> None:
    desired = storage(folder, "    - name: my-data\n      tags: {Note: '$${not.a.reference}'}\n")["bucket.my-data"]
    assert desired.spec == {"tags": {"Note": "${not.a.reference}"}}
    assert desired.needs == ()


def test_cycles_are_left_to_the_planner(folder: Path) -> None:
    found = storage(
        folder, "    - {name: one-data, depends_on: [two-data]}\n    - {name: two-data, depends_on: [one-data]}\n"
    )
    assert found["bucket.one-data"].needs == ("bucket.two-data",)
    assert found["bucket.two-data"].needs == ("bucket.one-data",)


def test_aliases_and_merged_mappings(folder: Path) -> None:
    found = storage(
        folder,
        """
    - name: one-data
      tags: &tags {Team: shop, Stage: live}
    - name: two-data
      tags:
        <<: *tags
        Stage: test
    - {name: three-data, tags: *tags}
""",
    )
    assert [desired.spec["tags"] for desired in found.values()] == [
        {"Team": "shop", "Stage": "live"},
        {"Team": "shop", "Stage": "test"},
        {"Team": "shop", "Stage": "live"},
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_byte_order_marks_and_line_ends_do_not_matter(folder: Path, newline: str, start: str) -> None:
    for name, text in (
        ("genesys.yaml", "resources:\n  storage:\n    - name: my-data\n"),
        ("genesys.toml", '[[resources.storage]]\nname = "my-data"\n'),
    ):
        path = folder / name
        path.write_bytes((start + text.replace("\n", newline)).encode())
        assert [desired.address for desired in read_stack_file(path).resources] == ["bucket.my-data"]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.*")), ids=lambda path: path.name)
def test_the_examples_are_right(path: Path) -> None:
    assert read_stack_file(path).resources


def test_toml_says_the_same_as_yaml() -> None:
    yaml, toml = (read_stack_file(EXAMPLES / name) for name in ("shop.yaml", "shop.toml"))
    assert [(one.address, one.spec, one.needs) for one in yaml.resources] == [
        (one.address, one.spec, one.needs) for one in toml.resources
    ]
    assert (yaml.stack, yaml.region) == (toml.stack, toml.region)
