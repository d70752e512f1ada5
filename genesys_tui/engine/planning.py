"""The way of a plan: what is wanted, what is remembered and what is there are brought together, lowered and forecast.

It reads (on a read-only session) and remembers what it read, so that a plan of a saved file can be made again without
asking the cloud.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from genesys_tui.engine import likely, pruning, releasing, suggesting, taking_over
from genesys_tui.engine.desired.whole import Build, whole_wish
from genesys_tui.engine.executor.recover import recover
from genesys_tui.engine.guardrails import cost, duration, permissions
from genesys_tui.engine.inventory.cache import Cache, Looks
from genesys_tui.engine.inventory.observe import Seen, Subject, observe, outputs_of, strangers
from genesys_tui.engine.local import heavy
from genesys_tui.engine.model.adoption import HIGH
from genesys_tui.engine.model.document import Document
from genesys_tui.engine.model.errors import CallError, GenesysError, UsageError
from genesys_tui.engine.model.history import ExecutionRecord, StepRecord
from genesys_tui.engine.model.kind import Facts, Placement
from genesys_tui.engine.model.layers import LAYERS, PublishedLayer
from genesys_tui.engine.model.owner import Claim
from genesys_tui.engine.model.plan import Finding, Plan
from genesys_tui.engine.model.resource import Actual, Desired, Fragment, Wish, split_address
from genesys_tui.engine.planner.called import name_of
from genesys_tui.engine.planner.decide import Decision, decide_removal, fields_to_read
from genesys_tui.engine.planner.plan import Draft, as_undo, decisions, draft, dropped
from genesys_tui.engine.planner.undo import undo
from genesys_tui.engine.providers import registry
from genesys_tui.engine.providers.aws import iam
from genesys_tui.engine.providers.aws.serverless.layer_readings import published_layers
from genesys_tui.engine.providers.aws.session import Session
from genesys_tui.engine.state.backend import Backend, Scope, Snapshot

UNDOABLE = frozenset({"done", "failed", "cancelled"})
"""How a step may have ended that may have changed something."""

MAKING = frozenset({"create", "replace", "delete"})
"""What needs facts even where no field of a thing that is there changes."""


class Planning:
    """Plans of one account and region. `reader` is a read-only session. `home`: where artifacts are kept. `build`:
    how code becomes what is sent. `claims`: what state files of other tools say is theirs."""

    def __init__(
        self,
        reader: Session,
        backend: Backend,
        cache: Cache,
        home: Path,
        build: Build,
        claims: Callable[[], tuple[Claim, ...]] = tuple,
    ) -> None:
        self._reader = reader
        self._cache = cache
        self._home = home
        self._build = build
        self._claims = claims
        self._backend = backend
        self._seen: Looks = {}

    def forget_reads(self) -> None:
        """What was read, or is being read just now, may not be so any more."""
        self._seen = {}

    # the plans ----------------------------------------------------------------------------------------------------
    def plan(self, wish: Wish, stack: str, *, refresh: bool) -> Plan:
        """The plan of what is wanted. Raises GenesysError for a cycle, or a wish for another region."""
        self._check_region(wish.region, wish.source, "genesys plan")
        scope, snapshot = self._open(stack)
        fragments = snapshot.fragments
        place = self._place(scope, delete_data=wish.delete_data)
        asked, wish = wish, whole_wish(wish, fragments, self._reader, place, self._home, self._build)
        subjects = [self._wanted(desired, fragments.get(desired.address)) for desired in wish.resources]
        subjects += [self._removal(item) for item in dropped(wish, fragments)]
        named = strangers(wish.resources, fragments)
        looked = [*subjects, *named]
        old, read_at = ({}, None) if refresh else self._recall(scope, looked)
        actuals, unread = self._observe(looked, refresh=refresh)
        outside, unknown = outputs_of(named, actuals)
        decided = decisions(wish, fragments, actuals, registry.kind, outside)
        if stale := self._stale(decided, looked, old):
            self._seen = {key: seen for key, seen in self._seen.items() if key not in stale}
            actuals, unread = self._observe(looked, refresh=False)
            decided = decisions(wish, fragments, actuals, registry.kind, outside)
        if refresh or stale:
            self._cache.keep_looks(scope.region, scope.stack, looked, self._seen)
        findings = [*unread, *unknown]
        taken: likely.Matches = {}
        if asked.whole and (making := likely.making(decided, asked)):
            found = likely.likely(decided, making, self._unmanaged(making, place, findings))
            again = partial(decisions, fragments=fragments, kind_of=registry.kind, outside=outside)
            decided, taken = self._taken(wish, likely.to_take(found, asked), decided, actuals, again)
            findings += likely.findings(asked, found, taken)
        careful = refresh or any(one.adopt for one in asked.resources)  # whose it is, is asked before anything is taken
        takings = taking_over.assess(self._reader, decided, self._claims, self._swept) if careful else {}
        findings += self._owned_elsewhere(decided, scope)
        findings += taking_over.findings(decided, takings, wish, stack)
        findings += suggesting.findings(self._reader, decided) if refresh else ()
        made = self._draft(decided, place, snapshot, wish.source, findings)
        threshold = HIGH if wish.threshold is None else wish.threshold
        plan = likely.with_doubts(taking_over.with_doubts(made.plan, takings, threshold), taken)
        return self._forecast(replace(made, plan=replace(plan, outside=outside, read_at=read_at)))

    def destroy(self, stack: str, addresses: Sequence[str], *, delete_data: bool = False) -> Plan:
        """The plan that removes all (or these) of a stack. Raises UsageError for an address that it does not hold."""
        scope, snapshot = self._open(stack)
        unknown = sorted(set(addresses) - set(snapshot.fragments))
        if unknown:
            raise UsageError(
                f"stack '{stack}' does not manage {', '.join(unknown)}",
                why=f"it manages {', '.join(sorted(snapshot.fragments)) or 'nothing'}",
                todo=self._managed_by(unknown[0]),
            )
        doomed = [item for item in snapshot.fragments.values() if not addresses or item.address in addresses]
        actuals, unread = self._observe([self._removal(item) for item in doomed], refresh=True)
        decided = [
            decide_removal(registry.kind(item.kind), item, actuals[item.address])
            for item in doomed
            if item.address in actuals
        ]
        findings = [*unread, *_still_needed(doomed, snapshot)]
        place = self._place(scope, delete_data=delete_data)
        return self._forecast(self._draft(decided, place, snapshot, f"stack '{stack}'", findings))

    def release(self, stack: str | None, words: Sequence[str], forced: Sequence[str] = ()) -> Plan:
        """The plan that gives these back: they stay as they are, and are ours no more. No stack: the one that has them.
        Raises UsageError."""
        here = [scope for scope in self._backend.stacks() if scope.region == self._reader.region]
        stack = stack or releasing.stack_of(words, {scope.stack: self._backend.load(scope).fragments for scope in here})
        scope, snapshot = self._open(stack)
        chosen = releasing.chosen(words, snapshot.fragments, forced, stack)
        actuals, unread = self._observe([releasing.subject(item) for item in chosen], refresh=True)
        decided = [releasing.decide(item, actuals[item.address]) for item in chosen if item.address in actuals]
        findings = [*unread, *releasing.findings(chosen, snapshot.fragments)]
        made = self._draft(decided, self._place(scope), snapshot, f"stack '{stack}'", findings)
        return self._forecast(replace(made, plan=releasing.as_remembered(made.plan, snapshot.fragments)))

    def layers(self, older_than: timedelta, *, unused: bool) -> list[PublishedLayer]:
        """The layers of ours; a young one that is unused may be on its way to its function."""
        until = datetime.now(UTC) - older_than
        found = self._reader.ask(published_layers(LAYERS, unused=unused))
        return [one for one in found if one.created is None or one.created <= until]

    def prune_layers(self, stack: str, older_than: timedelta) -> Plan:
        """The plan that deletes them. What the stack remembers of them is forgotten."""
        scope, snapshot = self._open(stack)
        decided = pruning.decided(self.layers(older_than, unused=True), snapshot.fragments)
        made = self._draft(decided, self._place(scope), snapshot, "layers that no function uses", [])
        return self._forecast(replace(made, plan=pruning.without_way_back(made.plan)))

    def undo(self, execution: str | None, stack: str | None) -> Plan:
        """The plan that takes an execution back."""
        record = self._undoable(execution, stack)
        scope, snapshot = self._open(record.stack)
        steps = [step for step in record.steps if step.status in UNDOABLE]
        subjects = [self._undo_subject(step, snapshot.fragments.get(step.address)) for step in steps]
        actuals, unread = self._observe(subjects, refresh=True)
        undone = {
            step.address: undo(
                registry.kind(step.kind),
                step,
                snapshot.fragments.get(step.address),
                actuals[step.address],
                f"{record.id}/{step.address}",
            )
            for step in steps
            if step.address in actuals
        }
        decided = [item.decision for item in undone.values() if item.decision is not None]
        made = self._draft(decided, self._place(scope), snapshot, f"execution {record.id}", unread)
        plan = as_undo(made.plan, undone, record.id)
        title = f"Undo: {record.title}" if plan.steps else f"Nothing to undo of: {record.title}"
        return self._forecast(replace(made, plan=replace(plan, title=title)))

    def _swept(self) -> taking_over.Swept:
        region = self._reader.region
        swept, stacks = self._cache.sweep(region), self._cache.stacks(region) or ()
        return taking_over.Swept(swept[0] if swept else (), [stack for stack, _ in stacks])

    def _unmanaged(self, making: Sequence[Decision], place: Placement, findings: list[Finding]) -> list[Actual]:
        """What may be meant by what is to be made. Where that is to be adopted it is listed now; else the last sweep is
        good enough to be told of."""
        kinds = {item.kind.name for item in making if item.desired and item.desired.adopt}
        there = [one for one in self._swept().actuals if one.kind in registry.names()]
        if kinds:
            listing = likely.listed(self._reader, kinds, place)
            findings += likely.unlisted(listing)
            there = [*listing.actuals, *(one for one in there if one.kind not in kinds)]
        fragments = (one for scope in self._backend.stacks() for one in self._backend.load(scope).fragments.values())
        managed = {one.outputs["arn"] for one in fragments if one.owned and "arn" in one.outputs}
        return [one for one in there if one.arn not in managed]

    def _taken(
        self,
        wish: Wish,
        chosen: likely.Matches,
        decided: list[Decision],
        actuals: Mapping[str, Actual | None],
        again: Callable[..., list[Decision]],
    ) -> tuple[list[Decision], likely.Matches]:
        """Decided again, with those taken over under the names they have; and which those are: some may be gone, or be
        of what can't change into what is wanted."""
        while chosen:
            looks, _ = self._observe(likely.subjects(wish, chosen, self._reader.region), refresh=False)
            taking = again(likely.as_taken(wish, chosen), actuals={**actuals, **looks})
            fit = likely.fitting(taking, chosen)
            if len(fit) == len(chosen):
                return taking, fit
            chosen = fit
        return decided, {}

    def _managed_by(self, address: str) -> str:
        """Where it is, if another stack has it."""
        for other in self._backend.stacks():
            if address in self._backend.load(other).fragments:
                return f"stack '{other.stack}' in {other.region} manages {address}: name it with --stack {other.stack}"
        return ""

    def _owned_elsewhere(self, decided: Sequence[Decision], scope: Scope) -> Iterator[Finding]:
        """A thing has one owner at most: what another stack of ours owns, in whatever region, or this one by another
        address, is not adopted."""
        adopted = {
            (item.kind.name, item.actual.id): item for item in decided if item.verdict == "adopt" and item.actual
        }
        if not adopted:
            return
        for other in self._backend.stacks():
            for fragment in self._backend.load(other).fragments.values():
                item = adopted.get((fragment.kind, fragment.id))
                if item is None or not fragment.owned:
                    continue
                what = f"{item.kind.title} '{item.name}'"
                if other != scope:
                    message = f"{what} belongs to stack '{other.stack}' ({other.region})"
                    yield Finding("blocked", item.address, message, "undo its creation or adoption there first")
                elif fragment.address != item.address:
                    message = f"{what} is {fragment.address} of this stack already"
                    fix = "give the entry its name back, or release it first: genesys adopt --release"
                    yield Finding("blocked", item.address, message, fix)

    # the way ------------------------------------------------------------------------------------------------------
    def _open(self, stack: str) -> tuple[Scope, Snapshot]:
        """Before all else, what a dead process left behind is settled."""
        scope = Scope(self._reader.region, stack)
        recover(self._backend, scope)
        return scope, self._backend.load(scope)

    def _observe(self, subjects: Sequence[Subject], *, refresh: bool) -> tuple[dict[str, Actual | None], list[Finding]]:
        """What is there by address, and a finding that blocks for each that could not be read."""
        if refresh:
            self.forget_reads()
        known = self._seen
        ask = [subject for subject in subjects if subject.key not in known]
        seen: Seen = observe(self._reader, ask)
        for subject in ask:
            answer = seen[subject.address]
            if not isinstance(answer, CallError):
                known[subject.key] = answer
        findings = [
            Finding("blocked", address, f"it can't be read: {answer}", answer.todo)
            for address, answer in seen.items()
            if isinstance(answer, CallError)
        ]
        return {item.address: known[item.key] for item in subjects if item.key in known}, findings

    def _recall(self, scope: Scope, subjects: Sequence[Subject]) -> tuple[Looks, datetime | None]:
        """What an earlier process saw of what this one did not look at yet, and when."""
        if all(subject.key in self._seen for subject in subjects):
            return {}, None
        kept = self._cache.looks(scope.region, scope.stack, subjects)
        if kept is None:
            return {}, None
        old = {key: seen for key, seen in kept[0].items() if key not in self._seen}
        self._seen.update(old)
        return old, kept[1]

    def _stale(self, decided: Sequence[Decision], subjects: Sequence[Subject], old: Looks) -> set[tuple[object, ...]]:
        """Of what was recalled, that of which something is to be done: it is read anew, whole."""
        busy = {item.address for item in decided if item.verdict != "nothing"}
        return {subject.key for subject in subjects if subject.key in old and subject.address in busy}

    def _place(self, scope: Scope, *, delete_data: bool = False) -> Placement:
        return Placement(scope.region, scope.stack, self._reader.identity().account, delete_data)

    def _draft(
        self, decided: Sequence[Decision], place: Placement, snapshot: Snapshot, source: str, findings: list[Finding]
    ) -> Draft:
        codes = [str(item.wanted.spec["code"]) for item in decided if item.wanted.spec.get("code")]
        place = replace(place, heavy=heavy(self._home, codes))
        facts = self._prepare(decided, findings)
        ready = [item for item in decided if item.address in facts]
        return draft(ready, facts, place, source=source, version=snapshot.version, findings=findings)

    def _prepare(self, decided: Sequence[Decision], findings: list[Finding]) -> Mapping[str, Facts]:
        """The facts for lowering; what can't be read blocks its own address only."""
        needy = [item for item in decided if item.verdict in MAKING or item.changes]
        readings = [item.kind.prepare(item.name, item.kind.spec.of(_to_change(item)), item.actual) for item in needy]
        answers = self._reader.run(readings)
        facts: dict[str, Facts] = {item.address: None for item in decided}
        for item, answer in zip(needy, answers, strict=True):
            if isinstance(answer, CallError):
                findings.append(Finding("blocked", item.address, f"it can't be planned: {answer}", answer.todo))
                del facts[item.address]
            else:
                facts[item.address] = answer
        return facts

    def _forecast(self, made: Draft) -> Plan:
        plan = made.plan
        policy = partial(iam.policy, account=plan.account, region=plan.region)
        return replace(
            plan,
            permissions=permissions.forecast(plan.steps, iam.actions, policy),
            cost=cost.estimate(made.prices),
            duration_seconds=duration.estimate(plan.steps),
        )

    # subjects -----------------------------------------------------------------------------------------------------
    def _wanted(self, desired: Desired, fragment: Fragment | None) -> Subject:
        kind = registry.kind(desired.kind)
        fields = fields_to_read(kind, desired, fragment)
        name = name_of(desired, fragment)
        return Subject(desired.address, kind, name, fields, fragment, aws=_aws(desired.spec, fragment))

    def _removal(self, fragment: Fragment) -> Subject:
        kind = registry.kind(fragment.kind)
        fields = fields_to_read(kind, None, fragment)
        return Subject(fragment.address, kind, fragment.name, fields, fragment, aws=_aws({}, fragment))

    def _undo_subject(self, step: StepRecord, now: Fragment | None) -> Subject:
        """What was forgotten is looked for by the id it had."""
        kind = registry.kind(step.kind)
        known = now or (step.remembered if step.action == "forget" else None)
        name = known.name if known else split_address(step.address)[1]
        return Subject(
            step.address, kind, name, fields_to_read(kind, None, known), known, whole=True, aws=_aws({}, known)
        )

    def _undoable(self, execution: str | None, stack: str | None) -> ExecutionRecord:
        if execution is not None:
            record = self._backend.execution(execution)
            if record is None:
                raise UsageError(
                    f"there is no execution {execution!r}", todo="choose one of", command="genesys history"
                )
            if record.status == "running":
                raise GenesysError(f"execution {execution} is still running", todo="wait for its end, or cancel it")
            if record.undone_by:
                raise GenesysError(f"execution {execution} is already undone", why=f"by {record.undone_by}")
            self._check_region(record.region, f"execution {execution}", f"genesys undo {execution}")
            return record
        for record in self._backend.history():
            if record.undone_by or record.status == "running" or (stack and record.stack != stack):
                continue
            if self._is_undo(record):
                continue
            if record.region == self._reader.region and any(step.status in UNDOABLE for step in record.steps):
                return record
        raise GenesysError("there is nothing to undo", command="genesys history")

    def _is_undo(self, record: ExecutionRecord) -> bool:
        """The undo of an undo does it again: that is none."""
        if not record.undoes:
            return False
        undone = self._backend.execution(record.undoes)
        return undone is None or not self._is_undo(undone)

    def _check_region(self, region: str | None, what: str, command: str) -> None:
        if region and region != self._reader.region:
            raise GenesysError(
                f"{what} is for {region}, this workspace is in {self._reader.region}",
                todo="give the region",
                command=f"{command} --region {region}",
            )


def _aws(wanted: Document, fragment: Fragment | None) -> frozenset[str]:
    """The parameters by AWS's names that are wanted or managed."""
    documents = (wanted.get("aws"), fragment.spec.get("aws") if fragment else None)
    return frozenset(key for document in documents if isinstance(document, Mapping) for key in document)


def _still_needed(doomed: Sequence[Fragment], snapshot: Snapshot) -> Iterator[Finding]:
    going = {item.address for item in doomed}
    for item in snapshot.fragments.values():
        for needed in going.intersection(item.needs) if item.address not in going else ():
            yield Finding("warning", needed, f"{item.address} still needs it", f"destroy {item.address} too")


def _to_change(decision: Decision) -> Any:
    """What `prepare` is told: all of a create, only the changes of the rest, nothing of a delete."""
    return decision.wanted.spec if decision.verdict in ("create", "replace") else decision.changed
