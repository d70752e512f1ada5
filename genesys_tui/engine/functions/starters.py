"""The code of a new function that says nothing of its own: one file of a langpack, that answers."""

from __future__ import annotations

import re

from genesys_tui.engine.functions.langpack import langpacks
from genesys_tui.engine.functions.packing.archive import zipped
from genesys_tui.engine.model.build import Member, Target
from genesys_tui.engine.model.errors import GenesysError
from genesys_tui.engine.model.specs.function import STARTERS


def starter_zip(language: str, handler: str = "") -> bytes:
    """A handler that answers, by the name it is called by, from the langpack of the language (a key of STARTERS).
    Raises GenesysError for a name that can't be one."""
    module, _, function = (handler or STARTERS[language]).rpartition(".")
    if not re.fullmatch(r"\w[\w-]*([./]\w[\w-]*)*", module, re.ASCII) or not function.isidentifier():
        todo = "write it as in main.handler, or give the `source` of the code"
        raise GenesysError(f"no starter can be called by {handler!r}", todo=todo)
    [template] = (langpacks() / str(Target(language).language) / "templates" / "plain").iterdir()
    text = re.sub(rb"\b(def|const) handler\b", rb"\1 " + function.encode(), template.read_bytes())
    return zipped([Member(f"{module.replace('.', '/')}{template.suffix}", text)])
