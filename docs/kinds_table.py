"""Writes the README's table of kinds, made from the registry: `python docs/kinds_table.py`. A test holds it."""

from __future__ import annotations

from pathlib import Path

from genesys_tui.engine.providers import registry

README = Path(__file__).parents[1] / "README.md"
START, END = "<!-- kinds -->", "<!-- /kinds -->"


def table() -> str:
    """A line for each kind: its word, what it is, what a stack file may say of it, and what others may refer to."""
    lines = ["| kind | section | what it is | fields | outputs |", "|---|---|---|---|---|"]
    for name in sorted(registry.names(), key=lambda one: (registry.section(one), one)):
        kind = registry.kind(name)
        hidden = {"aws", *(() if kind.spec.takes_tags else ("tags",))}
        fields = [f"`{field}`" for field in kind.spec.model_fields if field not in hidden]
        fields += ["`aws`"] if kind.spec.takes_aws else []
        outputs = ", ".join(f"`{one}`" for one in sorted(kind.outputs))
        lines.append(f"| `{name}` | {registry.section(name)} | {kind.title} | {', '.join(fields)} | {outputs} |")
    return "\n".join(lines)


def with_table(text: str) -> str:
    """The README with the table as it is now."""
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text("utf-8")), "utf-8")
