"""Expanding again: what a new proposal means for a plan that people work with (S 6.8, S 6.9).

    plan + proposal ──reconcile──► Reconciliation ──settle, accept──► plan

Each field of a task that nobody edited follows the proposal, each edited one stays. What is done
stays as it is, what was captured too, and what was removed stays away.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeAlias, cast

import attrs

from partnervisits.catalog import Catalog
from partnervisits.errors import InvalidValueError
from partnervisits.fields import instance_of, library_ids, trusted
from partnervisits.plans import ActionPlan, Edit, Edited, Kpi, PlannedTask, RemovedTask
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
    return _merged(plan, proposal, library_ids(captured), lambda _, edit: edit.base)


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
    was edited in the plan and is different in the new version is a conflict. Work that has begun
    never changes.

    Args:
        plan: As it stands, expanded from the old version.
        old: The version that the plan is of, whatever its status is now.
        new: A later version, published.
        visit: The plan's.
        catalog: Where the items of both look up task definitions and indicators.
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
        message = f"the plan is of {_version(plan.version)}: pass that version and a later one"
        raise InvalidValueError("upgrade.versions", message)
    given = Given() if given is None else given
    proposal = propose(Recipe.of(new, catalog, None), visit, given)
    before: dict[str, PlannedTask] = {}
    if any(task.edits for task in plan.tasks):
        base = propose(Recipe.of_any(old, catalog), visit, given).plan
        before = {task.id: task for task in base.tasks} if base else {}

    def base_of(task: PlannedTask, edit: Edit) -> Edited:
        known = before.get(task.id)
        return edit.base if known is None else _value(known, edit.field)

    return _merged(plan, proposal, library_ids(captured), base_of)


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

_Base: TypeAlias = Callable[[PlannedTask, Edit], Edited]
"""What an edited field was before both the edit and the new expansion."""


def _value(task: PlannedTask, field: str) -> Edited:
    return cast("Edited", getattr(task, field))


def _merged(
    plan: ActionPlan, proposal: Proposal, captured: Collection[str], base_of: _Base
) -> Reconciliation:
    theirs = proposal.plan
    if theirs is None:
        return Reconciliation(before=plan, plan=plan, findings=proposal.findings)
    left = {task.id: task for task in plan.tasks}
    removed = {gone.task.id: gone for gone in plan.removed}
    tasks: list[PlannedTask] = []
    conflicts: list[Conflict] = []
    for task in theirs.tasks:
        ours = left.pop(task.id, None)
        if task.id in removed:
            removed[task.id] = _still_removed(removed[task.id], task)
        elif ours is None:
            tasks.append(task)
        elif ours.has_begun:
            tasks.append(_marked(ours, orphaned=False))
        else:
            tasks.append(_merged_task(ours, task, _captured_of(ours, captured)))
            conflicts += _conflicts(ours, task, base_of)
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
        findings=proposal.findings,
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
    if all(key in known for key in task.after):
        return task
    return attrs.evolve(task, after=[key for key in task.after if key in known])


# ------------------------------------------------------------------------ a task not begun


def _conflicts(ours: PlannedTask, theirs: PlannedTask, base_of: _Base) -> list[Conflict]:
    conflicts: list[Conflict] = []
    for edit in _edits_left(ours, theirs):
        base, new = base_of(ours, edit), _value(theirs, edit.field)
        if new != base:
            own = _value(ours, edit.field)
            conflicts.append(Conflict(ours.id, edit.field, base, own, new))
    return conflicts


def _edits_left(ours: PlannedTask, theirs: PlannedTask) -> list[Edit]:
    """The edits but for those that the expansion gives the same value by now."""
    return [edit for edit in ours.edits if _value(ours, edit.field) != _value(theirs, edit.field)]


def _merged_task(ours: PlannedTask, theirs: PlannedTask, captured: Collection[Kpi]) -> PlannedTask:
    """As it is expanded now, but for edited fields and captured KPIs."""
    changes: dict[str, object] = {}
    edits = _edits_left(ours, theirs)
    if edits:
        changes = {edit.field: _value(ours, edit.field) for edit in edits}
        changes["edits"] = tuple(edits)
    if captured:
        changes["kpis"] = _with_captured(theirs.kpis, captured)
        about = {*theirs.contexts, *(kpi.context for kpi in captured)}
        changes["contexts"] = tuple(sorted(about, key=lambda each: (each.kind, each.id)))
    return _with(theirs, changes) if changes else theirs


def _with_captured(theirs: Iterable[Kpi], captured: Iterable[Kpi]) -> tuple[Kpi, ...]:
    """KPIs in their order, those that are captured as they were, and last those only captured."""
    held = {kpi.id: kpi for kpi in captured}
    merged = [held.pop(kpi.id, kpi) for kpi in theirs]
    return (*merged, *held.values())


def _with(task: PlannedTask, changes: Mapping[str, object]) -> PlannedTask:
    """A task with some fields as another valid one of the same id has them."""
    return _planned_task(*[changes.get(field, getattr(task, field)) for field in _FIELDS])
