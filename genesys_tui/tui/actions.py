"""Every action, once: the keys, the footer, the help and the palette all derive from this list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from textual.binding import Binding, BindingType

Where = Literal["everywhere", "pane", "lists", "inventory", "adopt", "plan", "functions", "history"]


@dataclass(frozen=True, slots=True)
class Action:
    """`keys`: Textual's names, comma separated. `shown`: the key as people call it. `name`: the method
    `action_<name>` of the app (everywhere), the list, or the screen (its mode, or any with a side pane). `label`: the
    footer's word; without one it is only in help. `does`: the sentence for help and palette. `opens`: what is typed
    next is meant for what it opens, so no further key is looked at before that stands."""

    where: Where
    keys: str
    shown: str
    name: str
    label: str
    does: str
    opens: bool = False


ACTIONS = (
    Action("inventory", "enter", "enter", "open", "open", "Open or close the details of this resource"),
    Action(
        "inventory",
        "slash",
        "/",
        "filter",
        "filter",
        "Filter: text  kind:bucket  tag:env=prod  managed:no  !cdk",
        opens=True,
    ),
    Action("inventory", "full_stop", ".", "furniture", "", "Show or hide what is AWS's own (default networks...)"),
    Action("inventory", "r", "r", "refresh", "refresh", "Read the account again"),
    Action("inventory", "a", "a", "adopt", "adopt", "Preview taking over this resource (all marked ones, if any)"),
    Action("inventory", "R", "R", "release", "release", "Preview giving back what was adopted: our tags come off"),
    Action("inventory", "p", "p", "app.go('plan')", "plan", "Go to the plan"),
    Action("inventory", "y", "y", "copy_id", "copy id", "Copy the id (of all marked ones, if there are any)"),
    Action("inventory", "Y", "Y", "copy_arn", "copy ARN", "Copy the ARN (of all marked ones, if there are any)"),
    Action("inventory", "space", "space", "mark", "mark", "Mark this resource, or take the mark off"),
    Action("inventory", "asterisk", "*", "mark_all", "", "Mark all that the filter shows, or take all marks off"),
    Action("inventory", "s", "s", "sort", "sort", "Sort by the next column"),
    Action("inventory", "escape", "esc", "back", "", "Close the details, then clear the filter, then the marks"),
    Action("plan", "a", "a", "apply", "apply", "Apply this plan (asks first)"),
    Action("plan", "A", "A", "adopt", "adopt", "Take over what exists already, where that stands in the way"),
    Action("plan", "enter", "enter", "open", "calls", "Show the calls and the differences of this step"),
    Action("plan", "i", "i", "summary", "summary", "Show permissions, cost, time, undo and findings"),
    Action("plan", "u", "u", "undo", "undo last", "Preview the undo of the last apply"),
    Action("plan", "e", "e", "edit", "edit", "Edit the stack file in $EDITOR"),
    Action("plan", "r", "r", "refresh", "refresh", "Read the cloud again and plan anew"),
    Action("plan", "x", "x", "discard", "put away", "Put this plan away; the stack file's plan comes back"),
    Action("plan", "o", "o", "save_plan", "save", "Save the plan in this folder, for genesys apply"),
    Action("plan", "c", "c", "copy_plan", "copy JSON", "Copy the plan as JSON"),
    Action("plan", "escape", "esc", "back", "", "Close the step; while applying: ask to cancel"),
    Action("functions", "enter", "enter", "open", "open", "Choose; or show what came of this save"),
    Action("functions", "left", "←", "turn(-1)", "", "In the wizard: an earlier runtime of this language"),
    Action("functions", "right", "→", "turn(1)", "", "In the wizard: the next runtime of this language"),
    Action("functions", "s", "s", "keep", "in a file", "In the wizard: keep it in the stack file, or in none"),
    Action("functions", "a", "a", "apply", "apply", "Apply the newest plan (asks first)"),
    Action("functions", "i", "i", "invoke", "invoke", "Run the newest code here once more, with the same event"),
    Action("functions", "e", "e", "edit", "edit", "Edit the file that was saved (or the handler's) in $EDITOR"),
    Action("functions", "l", "l", "live", "live", "Live: send each change of the code alone by itself, or no more"),
    Action("functions", "E", "E", "event", "event", "Choose the event: ready-made, kept, or written"),
    Action("functions", "z", "z", "bring_back", "back to before", "Send the code of before this loop again"),
    Action("functions", "w", "w", "wizard", "another", "Another function: from the stack file, new, or pulled"),
    Action("functions", "t", "t", "trigger", "trigger", "What starts this function: a URL, a queue, a schedule ..."),
    Action("functions", "L", "L", "log", "log", "The log of the deployed function, or of the code that runs here"),
    Action("functions", "S", "S", "keep_event", "", "Keep the event with the project, under a name"),
    Action("functions", "escape", "esc", "back", "", "Close the details; one step back; back to the loop"),
    Action("history", "enter", "enter", "open", "open", "Open or close what this apply did"),
    Action("history", "u", "u", "undo", "undo this", "Preview the undo of this apply"),
    Action("history", "r", "r", "refresh", "refresh", "Read the history again"),
    Action("history", "escape", "esc", "back", "", "Close the details"),
    Action("pane", "J,shift+down", "J", "side_down", "", "Scroll the side pane on"),
    Action("pane", "K,shift+up", "K", "side_up", "", "Scroll the side pane back"),
    Action("lists", "j,down", "j ↓", "down", "", "Next"),
    Action("lists", "k,up", "k ↑", "up", "", "Previous"),
    Action("lists", "g,home", "g", "top", "", "First"),
    Action("lists", "G,end", "G", "bottom", "", "Last"),
    Action("lists", "ctrl+d,pagedown", "ctrl-d", "page_down", "", "Half a page on"),
    Action("lists", "ctrl+u,pageup", "ctrl-u", "page_up", "", "Half a page back"),
    Action("everywhere", "1", "1", "go('inventory')", "", "Inventory: what is in the account"),
    Action("everywhere", "2", "2", "go('adopt')", "", "Adopt: what could be taken over, the safest first"),
    Action("everywhere", "3", "3", "go('plan')", "", "Plan: what would change, before it does"),
    Action("everywhere", "4", "4", "go('functions')", "", "Lambda: write a function, and it answers at each save"),
    Action("everywhere", "5", "5", "go('history')", "", "History: what was applied, and its undo"),
    Action(
        "everywhere",
        "colon",
        ":",
        "palette",
        "go to",
        "Go to a screen, run an action, or type what you want",
        opens=True,
    ),
    Action("everywhere", "question_mark", "?", "help", "help", "All keys"),
    Action("everywhere", "q,ctrl+q", "q", "leave", "quit", "Quit"),
)


def at(where: Where) -> tuple[Action, ...]:
    """The actions that live in one place. To adopt is to look at the inventory in another order."""
    place = "inventory" if where == "adopt" else where
    return tuple(action for action in ACTIONS if action.where == place)


def bindings(where: Where) -> list[BindingType]:
    """Their keys, for Textual."""
    return [Binding(action.keys, action.name, action.does, show=False, priority=action.opens) for action in at(where)]
