"""`genesys execute`: an intent in words, or a stack file."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from genesys_tui.cli.change import (
    Request,
    adopt_option,
    cached_option,
    carry_out,
    change_options,
    check,
    check_cached,
    flags,
)
from genesys_tui.cli.group import GenesysCommand
from genesys_tui.cli.opening import begin, opened
from genesys_tui.cli.wishes import wish_of

_ARGUMENTS = "genesys.arguments"


class _Execute(GenesysCommand):
    """Completes the options of intents beside its own, and explains those of the kind that is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[_ARGUMENTS] = tuple(word for word in args if not word.startswith("-"))
        return super().parse_args(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        words = ctx.meta.get(_ARGUMENTS)
        if words:
            from genesys_tui.engine.workspace import complete_intent

            options = complete_intent(words, "--")
            if options:
                with formatter.section("Options of this intent"):
                    formatter.write_dl(options)
        super().format_epilog(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        return super().shell_complete(ctx, incomplete) + _intent(ctx, incomplete)


def _words(ctx: click.Context, _argument: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The words of an intent, or a stack file."""
    file = [] if ctx.params.get("words") else [CompletionItem(incomplete, type="file")]
    return _intent(ctx, incomplete) + file


def _intent(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    from genesys_tui.engine.workspace import complete_intent

    words: tuple[str, ...] = ctx.params.get("words") or ()
    return [CompletionItem(word, help=meaning) for word, meaning in complete_intent(words, incomplete)]


def _execute(
    words: tuple[str, ...],
    *,
    apply: bool,
    adopt: bool,
    allow_data_loss: bool,
    detailed_exitcode: bool,
    cached: bool,
) -> int:
    common, terminal = begin()
    command = ("execute", *words, *flags(adopt=adopt, allow_data_loss=allow_data_loss), "--apply")
    wish = wish_of(words, adopt=adopt, delete_data=allow_data_loss)
    request = Request(common, command, apply, allow_data_loss, detailed_exitcode, wish.region)
    check(request, terminal)
    check_cached(cached=cached, apply=apply)
    with opened(common, wish, cached=cached) as workspace:
        return carry_out(workspace.plan(wish, refresh=not cached), request, workspace, terminal)


command = _Execute(
    "execute",
    callback=_execute,
    help="""Preview what an intent or a stack file comes to, and do it with --apply.

    \b
    genesys execute bucket my-bucket
    genesys execute bucket my-bucket --versioning off --apply
    genesys execute network main
    genesys execute genesys.yaml --apply

    Options that are not listed here belong to the intent: `genesys execute bucket --help` explains
    those of a bucket.""",
    params=[
        click.Argument(
            ["words"],
            nargs=-1,
            type=click.UNPROCESSED,
            metavar="INTENT... | FILE",
            shell_complete=_words,
        ),
        *change_options(),
        adopt_option(),
        cached_option(),
    ],
    context_settings={"ignore_unknown_options": True},
)
