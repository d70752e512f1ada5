"""The words of the wizard: its question, and what goes with it."""

from __future__ import annotations

from genesys_tui.tui.bench import Bench
from genesys_tui.tui.widgets.words import Page
from genesys_tui.tui.wizard import FILE, Wizard


def question(wizard: Wizard, bench: Bench) -> Page:
    """What is asked; while something is waited for, that."""
    page = Page()
    if bench.state == "opening" and bench.work is not None:
        return page.line(f"Opening {bench.work.name}…", "bold")
    draft = wizard.draft
    if draft.name and wizard.step in ("trigger", "detail", "making"):
        page.line(" · ".join(filter(None, (draft.name, draft.runtime, _near(wizard)))), "faint")
    return page.line(wizard.question, "bold")


def aside(wizard: Wizard, bench: Bench) -> Page:
    """What went wrong, and what becomes of the answer."""
    page = Page()
    if error := bench.error or wizard.error:
        page.error(error).blank()
    if wizard.known is None and not page:
        page.line("Looking what there is…" if wizard.workspace else "Waiting for the account…", "faint")
    match wizard.step:
        case "start" if wizard.known is not None:
            page.line("enter: choose   ←/→: another runtime", "faint")
        case "pull" if not wizard.pullable:
            page.line("No function is known in this account: 1 shows what there is. esc: back")
        case "folder":
            page.line("enter: go on   esc: back", "faint")
        case "name" if wizard.draft.origin == "new":
            page.line(f"{wizard.draft.runtime}, in a folder of this name in {wizard.folder.resolve()}", "faint")
            page.line("enter: go on   esc: back", "faint")
        case "trigger" if wizard.draft.origin == "more":
            page.line("Nothing is sent before you have seen its plan. esc: back", "faint")
        case "trigger":
            file = wizard.file.name if wizard.file else FILE
            kept = f"It becomes an entry of {file}." if wizard.keep else f"It is kept in no file. s: in {file}"
            page.line(kept, "" if wizard.keep else "faint")
            page.line("Nothing is sent before you have seen its plan.", "faint")
        case "detail":
            page.line("enter: make it   esc: back", "faint")
        case _:
            pass
    return page


def _near(wizard: Wizard) -> str:
    """The folder of its code, as people write it."""
    source, start = wizard.draft.source.absolute(), wizard.folder.absolute()
    if wizard.draft.origin == "more":
        return ""
    return f"./{source.relative_to(start)}" if source.is_relative_to(start) else str(source)
