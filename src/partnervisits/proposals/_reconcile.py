"""Expanding again: what a new proposal means for a plan that people work with (S 6.8, S 6.9).

    plan + proposal ──reconcile──► Reconciliation ──settle, accept──► plan

Each field of a task that nobody edited follows the proposal, each edited one stays. What is done
stays as it is, what was captured too, and what was removed stays away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TypeAlias, cast

import attrs

from partnervisits.catalog import Catalog
from partnervisits.contexts import by_kind_and_id
from partnervisits.errors import InvalidValueError
from partnervisits.fields import instance_of, library_ids, trusted
from partnervisits.findings import Finding, Severity
from partnervisits.plans import ActionPlan, Edited, Kpi, PlannedTask, RemovedTask
from partnervisits.proposals._expand import propose
from partnervisits.proposals._given import Given, Proposal
from partnervisits.proposals._recipe import Recipe
from partnervisits.proposals._reconciliation import Conflict, Reconciliation
from partnervisits.templates import ActionPlanTemplate
from partnervisits.visits import Visit

_planned_task = trusted(PlannedTask)
_FIELDS = tuple(attrs.fields_dict(PlannedTask))


def reconcile(
    plan: ActionPlan, proposal: Proposal, *, captured: Iterable[str] = ()
) -> Reconciliation:
    """What a new expansion for the same visit means for its plan (S 6.8).

    Args:
        plan: As it stands, edits, removals and finished work included.
        proposal: Expanded anew from the same version of the template.
        captured: The ids of the KPIs that have a reading or an absence: they stay as they are.

    Returns:
        What is new, what changes and what conflicts; nothing happens until it is accepted.

    Raises:
        InvalidValueError: `reconcile.other-plan`: the proposal is of another visit or template;
            `reconcile.other-version`: use `upgrade`; `type.wrong`, `sequence.type`, and those of
            ids.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> visit = example.visit()
        >>> proposal = pv.expand(example.template(), visit, catalog=example.catalog())
        >>> edited = proposal.accept().edit("survey", assignee_id="karl")
        >>> reconciliation = pv.reconcile(edited, proposal)
        >>> reconciliation.is_empty, reconciliation.accept() == edited
        (True, True)
    """
    plan, proposal = instance_of(ActionPlan, plan), instance_of(Proposal, proposal)
    _refuse_other_visit(plan, proposal.visit_id)
    if proposal.plan is not None:
        _refuse_other_template(plan, proposal.plan.key)
        _refuse_other_version(plan, proposal.plan.version)
    return _merged(plan, proposal, library_ids(captured))


def upgrade(
    plan: ActionPlan,
    old: ActionPlanTemplate,
    new: ActionPlanTemplate,
    visit: Visit,
    *,
    catalog: Catalog,
    given: Given | None = None,
    captured: Iterable[str] = (),
) -> Reconciliation:
    """What a new version of its template means for a plan: a three-way merge (S 6.9).

    What nobody edited follows the new version, and what only the plan changed stays. A field that
    was edited, and that the new version gives neither that value nor the one it had before, is a
    conflict. Work that has begun never changes.

    Args:
        plan: As it stands, expanded from the old version.
        old: The version that the plan is of, whatever its status is now.
        new: A later version, published.
        visit: The plan's.
        catalog: Where the items look up task definitions and indicators.
        given: Everything else the host knows now.
        captured: The ids of the KPIs that have a reading or an absence: they stay as they are.

    Raises:
        TransitionError: the new version is not PUBLISHED.
        InvalidValueError: `reconcile.other-plan`: the visit or the template is not the plan's;
            `upgrade.versions`: the old version is not the plan's, or the new one not later;
            `type.wrong`, `sequence.type`, and those of ids.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> old, visit, catalog = example.template(), example.visit(), example.catalog()
        >>> plan = pv.expand(old, visit, catalog=catalog).accept()
        >>> new = old.new_draft().publish()
        >>> pv.upgrade(plan, old, new, visit, catalog=catalog).accept().version
        2
    """
    plan, visit = instance_of(ActionPlan, plan), instance_of(Visit, visit)
    old, new = instance_of(ActionPlanTemplate, old), instance_of(ActionPlanTemplate, new)
    _refuse_other_visit(plan, visit.id)
    _refuse_other_template(plan, old.key)
    _refuse_other_template(plan, new.key)
    if plan.version != old.version or new.version <= old.version:
        way_out = "use reconcile" if plan.version is None else "pass that version and a later one"
        message = f"the plan is of {_version(plan.version)}: {way_out}"
        raise InvalidValueError("upgrade.versions", message)
    proposal = propose(Recipe.of(new, catalog, None), visit, Given() if given is None else given)
    return _merged(plan, proposal, library_ids(captured))


def _refuse_other_visit(plan: ActionPlan, visit_id: str) -> None:
    if visit_id != plan.subject.visit_id:
        raise _other_plan(f"visit {visit_id}", plan)


def _refuse_other_template(plan: ActionPlan, key: str) -> None:
    if key != plan.key:
        raise _other_plan(f"template {key}", plan)


def _other_plan(what: str, plan: ActionPlan) -> InvalidValueError:
    message = f"{what} goes with another plan: this one is {plan.id}"
    return InvalidValueError("reconcile.other-plan", message)


def _refuse_other_version(plan: ActionPlan, version: int | None) -> None:
    if version != plan.version:
        ours, theirs = _version(plan.version), _version(version)
        message = f"the plan is of {ours}, the proposal of {theirs}: expand the same, or upgrade"
        raise InvalidValueError("reconcile.other-version", message)


def _version(number: int | None) -> str:
    return "plain items" if number is None else f"version {number}"


# ----------------------------------------------------------------------------------- merging


def _value(task: PlannedTask, field: str) -> Edited:
    return cast("Edited", getattr(task, field))


def _merged(plan: ActionPlan, proposal: Proposal, captured: Collection[str]) -> Reconciliation:
    theirs = proposal.plan
    if theirs is None:
        return Reconciliation(before=plan, plan=plan, findings=proposal.findings)
    left = {task.id: task for task in plan.tasks}
    removed = {gone.task.id: gone for gone in plan.removed}
    tasks: list[PlannedTask] = []
    conflicts: list[Conflict] = []
    found = list(proposal.findings)
    for task in theirs.tasks:
        ours = left.pop(task.id, None)
        if task.id in removed:
            found += _unserved(removed[task.id].task, task)
            removed[task.id] = _still_removed(removed[task.id], task)
        elif ours is None:
            tasks.append(task)
        elif ours.has_begun:
            found += _unserved(ours, task)
            tasks.append(_marked(ours, orphaned=False))
        else:
            own, contested = _edited(ours, task)
            own |= _captured(task, _captured_of(ours, captured))
            tasks.append(_with(task, own) if own else task)
            conflicts += contested
    tasks += [
        _marked(ours, orphaned=True)
        for ours in left.values()
        if ours.has_begun or _captured_of(ours, captured)
    ]
    known = {task.item_key for task in tasks} | {gone.task.item_key for gone in removed.values()}
    return Reconciliation(
        before=plan,
        plan=attrs.evolve(
            theirs,
            tasks=[_without_gone(task, known) for task in tasks],
            removed=removed.values(),
        ),
        conflicting=conflicts,
        findings=found,
    )


def _captured_of(task: PlannedTask, captured: Collection[str]) -> list[Kpi]:
    return [kpi for kpi in task.kpis if kpi.id in captured] if captured else []


def _marked(task: PlannedTask, *, orphaned: bool) -> PlannedTask:
    return task if task.orphaned is orphaned else attrs.evolve(task, orphaned=orphaned)


def _still_removed(gone: RemovedTask, theirs: PlannedTask) -> RemovedTask:
    """A removed task, before which comes what does now: it passes that on."""
    if gone.task.after == theirs.after:
        return gone
    return attrs.evolve(gone, task=attrs.evolve(gone.task, after=theirs.after))


def _without_gone(task: PlannedTask, known: Collection[str]) -> PlannedTask:
    """A task that comes after no item of which there is nothing left."""
    if task.has_begun or all(key in known for key in task.after):
        return task
    return attrs.evolve(task, after=[key for key in task.after if key in known])


def _unserved(ours: PlannedTask, theirs: PlannedTask) -> Iterable[Finding]:
    """What was merged into a task that no longer takes more work (S 6.7)."""
    missing = [each for each in theirs.serves if each not in ours.serves]
    if missing:
        why = "has begun" if ours.has_begun else "was removed"
        message = (
            f"{ours.item_key} {why}, so nothing is done for {', '.join(missing)}: plan it anew"
        )
        yield Finding((ours.id,), "reconcile.unserved", message, Severity.WARNING)


# ------------------------------------------------------------------------ a task not begun

_Own: TypeAlias = dict[str, object]
"""The fields in which a task does not follow its expansion."""


def _edited(ours: PlannedTask, theirs: PlannedTask) -> tuple[_Own, list[Conflict]]:
    """What was edited stays; where the expansion gives neither that nor the base, it conflicts."""
    own: _Own = {"edits": ours.edits} if ours.edits else {}
    conflicts: list[Conflict] = []
    for edit in ours.edits:
        field = edit.field
        mine, new = _value(ours, field), _value(theirs, field)
        own[field] = mine
        if new == edit.base:
            continue
        trail = None
        if field == "due":  # it stays with what its base is explained by
            own["trail"], trail = ours.trail, theirs.trail
        if new != mine:
            conflicts.append(Conflict(ours.id, field, edit.base, mine, new, trail))
    return own, conflicts


def _captured(theirs: PlannedTask, captured: Collection[Kpi]) -> _Own:
    if not captured:
        return {}
    about = {*theirs.contexts, *(kpi.context for kpi in captured)}
    contexts = tuple(sorted(about, key=by_kind_and_id))
    return {"kpis": _with_captured(theirs.kpis, captured), "contexts": contexts}


def _with_captured(theirs: Iterable[Kpi], captured: Iterable[Kpi]) -> tuple[Kpi, ...]:
    """KPIs in their order, those that are captured as they were, and last those only captured."""
    held = {kpi.id: kpi for kpi in captured}
    merged = [held.pop(kpi.id, kpi) for kpi in theirs]
    return (*merged, *held.values())


def _with(task: PlannedTask, changes: Mapping[str, object]) -> PlannedTask:
    """A task with some fields as another valid one of the same id has them."""
    return _planned_task(*[changes.get(field, getattr(task, field)) for field in _FIELDS])
