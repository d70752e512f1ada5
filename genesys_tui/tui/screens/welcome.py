"""No credentials, or no region: what to do, and the demo."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from genesys_tui.engine.model.errors import GenesysError, NoCredentialsError
from genesys_tui.tui.widgets.words import Page, Words

DEMO = ("genesys-tui --demo", "try everything on an account made up on this machine")
WAYS = (
    ("aws sso login --profile NAME", "sign in through your company"),
    ("aws configure", "store an access key"),
    ("genesys-tui --profile NAME", "use another profile of ~/.aws/config"),
    DEMO,
)
WAYS_TO_A_REGION = (
    ("genesys-tui --region eu-west-1", "look there, this time"),
    ("aws configure set region eu-west-1", "store it"),
    ("genesys-tui --profile NAME", "use another profile of ~/.aws/config, with its region"),
    DEMO,
)


class Welcome(ModalScreen[str]):
    """Answers `demo`, `again`, `functions` (work on code, which needs no account) or `quit`."""

    CSS_PATH = "welcome.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "dismiss('demo')", "Demo", show=False),
        Binding("r", "dismiss('again')", "Again", show=False),
        Binding("4", "dismiss('functions')", "Lambda", show=False),
        Binding("q", "dismiss('quit')", "Quit", show=False),
    ]

    def __init__(self, error: GenesysError) -> None:
        super().__init__()
        self.error = error

    def compose(self) -> ComposeResult:
        page = Page()
        page.heading("No AWS account to look at yet")
        page.line(str(self.error), "faint").line()
        page.line("Any one of these is enough:").line()
        for command, what in WAYS if isinstance(self.error, NoCredentialsError) else WAYS_TO_A_REGION:
            page.line(f"  $ {command}", "accent").line(f"    {what}", "faint")
        page.line().line("d  start the demo now    r  try again    q  quit", "bold")
        page.line("4  write a function, and run it here: that needs no account", "bold")
        with VerticalScroll(id="box", can_focus=False):
            yield Words(page)
