"""`genesys function build`: the code and the layers, as they are sent. No account is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genesys_tui.cli import exits
from genesys_tui.cli.functions.which import Which, builder_option, which_options
from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.opening import begin, opened
from genesys_tui.cli.render.build import build_text
from genesys_tui.engine.model.build_document import build_document

if TYPE_CHECKING:
    from genesys_tui.engine.model.build import Where


def _build(*, builder: Where | None, **which: str | None) -> int:
    common, terminal = begin()
    meant = Which(**which).found()
    with opened(common, meant.first, cached=True) as workspace:
        functions = workspace.functions
        functions.build_in(builder)
        built = functions.build(meant.subject(workspace))
        artifacts = functions.home / "artifacts"
        if terminal.as_json:
            terminal.document(build_document(built, artifacts))
        else:
            terminal.result(build_text(built, artifacts, terminal.paint))
    return exits.DONE


command = GenesysCommand(
    "build",
    callback=_build,
    help="Build the code of a function and the layers of its dependencies, as they are sent. Nothing is sent, and no "
    "account is asked.",
    params=[*which_options(), builder_option()],
)
