"""The line where a filter is typed. Made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

from genesys_tui.tui.widgets.listing import Listing


class FilterBar(Horizontal):
    """`apply` is called with what is typed, at every key."""

    DEFAULT_CSS = """
    FilterBar { height: 1; dock: bottom; background: $panel; }
    FilterBar > #slash { width: 3; padding: 0 1; color: $primary; text-style: bold; }
    FilterBar > FilterInput { width: 1fr; background: $panel; }
    """

    def __init__(self, apply: Callable[[str], None], listing: Listing) -> None:
        super().__init__()
        self._apply = apply
        self.listing = listing
        self._entry = FilterInput(placeholder="text   kind:bucket   tag:env=prod   managed:no   !cdk", compact=True)

    def compose(self) -> ComposeResult:
        yield Static("/", id="slash", markup=False)
        yield self._entry

    def on_mount(self) -> None:
        self._entry.cursor_blink = False

    def open(self, text: str) -> None:
        """Go on typing from here."""
        self.display = True
        self._entry.value = text
        self._entry.cursor_position = len(text)
        self.screen.set_focus(self._entry)  # at once: what is typed next is meant for it

    def clear(self) -> None:
        self._apply("")
        self._close()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.display:
            self._apply(event.value)

    @on(Input.Submitted)
    def _close(self) -> None:
        self.display = False
        self.screen.set_focus(self.listing)


class FilterInput(Input):
    """Its own keys: esc clears and closes, the arrows go on to the list."""

    @property
    def bar(self) -> FilterBar:
        assert isinstance(self.parent, FilterBar)
        return self.parent

    def key_escape(self) -> None:
        self.bar.clear()

    def key_down(self) -> None:
        self.bar.listing.action_down()

    def key_up(self) -> None:
        self.bar.listing.action_up()
