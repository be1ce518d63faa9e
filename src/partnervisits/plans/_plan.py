"""A plan and its verbs (S 7.1, S 7.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

import attrs

from partnervisits.contexts import Context
from partnervisits.errors import InvalidValueError, OpenWorkError, TransitionError
from partnervisits.fields import (
    UNCHANGED,
    Unchanged,
    escaped,
    instance_of,
    library_ids,
    named,
    optional_count,
    slug,
    text,
    tuple_of,
    unique,
)
from partnervisits.findings import Finding
from partnervisits.lookups import only
from partnervisits.plans._tasks import (
    TASK_LIFECYCLE,
    Edited,
    Kpi,
    LeftOut,
    Origin,
    PlannedTask,
    RemovedTask,
    Subject,
    TaskStatus,
    own_or_all,
)
from partnervisits.plans._why import Reasons, TaskExplanation, before_edit
from partnervisits.tables import table
from partnervisits.templates import Binding
from partnervisits.values import show


def _subject(value: Subject) -> Subject:
    return instance_of(Subject, value)


def _planned_tasks(values: Iterable[PlannedTask]) -> tuple[PlannedTask, ...]:
    held = tuple_of(PlannedTask, values)
    unique((each.id for each in held), "planned task")
    return held


def _left_out(values: Iterable[LeftOut]) -> tuple[LeftOut, ...]:
    held = tuple_of(LeftOut, values)
    unique(((each.item_key, each.context) for each in held), "item left out")
    return held


def _removed(values: Iterable[RemovedTask]) -> tuple[RemovedTask, ...]:
    held = tuple_of(RemovedTask, values)
    unique((each.task.id for each in held), "removed task")
    return tuple(sorted(held, key=lambda each: each.task.id))


@attrs.frozen(field_transformer=named, weakref_slot=False, kw_only=True)
class ActionPlan:
    """The tasks of one visit (S 6.6).

    Attributes:
        subject: The facts of the visit.
        key: The template's key, or the one given to an expansion without a template.
        version: The template's version; None without a template.
        tasks: In the order of the template's items; none if all were removed.
        left_out: The items that are not in it, and why; in the same order, merged ones last.
        removed: The tasks that were removed, sorted by id (S 7.5).

    Raises:
        InvalidValueError: `plan.empty`, `plan.prerequisite`, `plan.removed`, and those of keys and
            sequences.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> visit = example.visit()
        >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
        >>> plan.id, plan.task("survey").assignee_id
        ('V-2026-031/quarterly', 'ines')
    """

    subject: Subject = attrs.field(converter=_subject)
    key: str = attrs.field(converter=slug)
    version: int | None = attrs.field(default=None, converter=optional_count)
    tasks: tuple[PlannedTask, ...] = attrs.field(converter=_planned_tasks)
    left_out: tuple[LeftOut, ...] = attrs.field(default=(), converter=_left_out)
    removed: tuple[RemovedTask, ...] = attrs.field(default=(), converter=_removed)

    def __attrs_post_init__(self) -> None:
        if not self.tasks and not self.removed:
            self._refuse(
                "plan.empty", "tasks", "a plan has at least one task, if only a removed one"
            )
        gone = [each.task for each in self.removed]
        known = {task.item_key for task in (*self.tasks, *gone)}
        ahead = [task for task in self.tasks if not task.has_begun]
        unknown = sorted({key for task in ahead for key in task.after} - known)
        if unknown:
            message = f"no task of the plan comes from the item {', '.join(unknown)}"
            self._refuse("plan.prerequisite", "tasks", message)
        if gone and not {task.id for task in gone}.isdisjoint(task.id for task in self.tasks):
            self._refuse("plan.removed", "removed", "a removed task is no longer among the tasks")

    def _refuse(self, code: str, field: str, message: str) -> None:
        raise InvalidValueError(code, message, "ActionPlan", field)

    @property
    def id(self) -> str:
        """The visit's id and the key, as two parts (S 6.3)."""
        return f"{escaped(self.subject.visit_id)}/{escaped(self.key)}"

    @property
    def kpis(self) -> tuple[Kpi, ...]:
        """The KPIs of all tasks, in their order."""
        return tuple(kpi for task in self.tasks for kpi in task.kpis)

    def __str__(self) -> str:
        headers = ("task", "due", "who", "binding", "status")
        return table(headers, self._lines())

    def _lines(self) -> Iterator[str | tuple[str, ...]]:
        for task in self.tasks:
            yield _row(task)
            yield _note(task)
        reasons = self._reasons
        yield from (str(reasons.of(each)) for each in reasons.absent)

    def task(self, item: str, *, context: Context | None = None) -> PlannedTask:
        """A planned task by the key of its item.

        Args:
            item: The template item's key.
            context: Which one, where the item makes a task for each context.

        Raises:
            NotFoundError: naming the nearest keys.
            AmbiguousError: naming the contexts to choose from.
        """
        fits = [task for task in self.tasks if task.item_key == item]
        if context is not None:
            fits = [task for task in fits if context in task.contexts]
        wanted = item if context is None else f"{item} for {context}"
        known = {task.item_key for task in self.tasks}
        fits = [*own_or_all(fits, context)]
        return only(fits, "task", wanted, part=lambda task: str(task.own_context), known=known)

    def kpi(self, item: str, indicator: str, *, context: Context | None = None) -> Kpi:
        """A KPI by the keys of its item and its indicator.

        Args:
            item: The template item's key.
            indicator: The indicator's key.
            context: Which one, where the task has several.

        Raises:
            NotFoundError: naming the nearest keys.
            AmbiguousError: naming the contexts to choose from.
        """
        of_item = [kpi for task in self.tasks if task.item_key == item for kpi in task.kpis]
        fits = [kpi for kpi in of_item if kpi.indicator.key == indicator]
        if context is not None:
            fits = [kpi for kpi in fits if kpi.context == context]
        wanted = f"{item} / {indicator}" + (f" for {context}" if context else "")
        known = {
            f"{task.item_key} / {kpi.indicator.key}" for task in self.tasks for kpi in task.kpis
        }
        return only(fits, "KPI", wanted, part=lambda kpi: str(kpi.context), known=known)

    def start(self, item: str, *, at: datetime, context: Context | None = None) -> ActionPlan:
        """Begin a task.

        Args:
            item: The template item's key.
            at: The instant it began.
            context: Which one, where the item makes a task for each context.

        Raises:
            TransitionError: its state does not allow it.
            OpenWorkError: `task.prerequisite`: what comes before is neither completed nor skipped.
        """
        task = self.task(item, context=context)
        status = _after(task, "start")
        self._refuse_open_prerequisites(task)
        return self._with(attrs.evolve(task, status=status, started_at=at))

    def complete(
        self,
        item: str,
        *,
        at: datetime,
        captured: Iterable[str] | None = None,
        context: Context | None = None,
    ) -> ActionPlan:
        """Finish a task, begun or not.

        Args:
            item: The template item's key.
            at: The instant it was done.
            captured: Ids of the KPIs that have a reading or an absence. If given, a MUST task that
                lacks one is refused.
            context: Which one, where the item makes a task for each context.

        Raises:
            TransitionError: its state does not allow it.
            OpenWorkError: `task.prerequisite`, `task.uncaptured`.
            InvalidValueError: `sequence.type`: `captured` is a lone string or no iterable.
        """
        task = self.task(item, context=context)
        status = _after(task, "complete")
        self._refuse_open_prerequisites(task)
        if captured is not None:
            _refuse_uncaptured(task, library_ids(captured))
        return self._with(attrs.evolve(task, status=status, finished_at=at))

    def skip(
        self,
        item: str,
        reason: str = "",
        *,
        at: datetime | None = None,
        context: Context | None = None,
    ) -> ActionPlan:
        """Leave a task out.

        Args:
            item: The template item's key.
            reason: Why; needed if the task is MUST_UNLESS_DOCUMENTED.
            at: The instant it was decided, if it matters.
            context: Which one, where the item makes a task for each context.

        Raises:
            TransitionError: its state does not allow it.
            OpenWorkError: `task.must` for a MUST task, `task.undocumented` for want of a reason.
        """
        task = self.task(item, context=context)
        status = _after(task, "skip")
        if task.binding is Binding.MUST:
            raise OpenWorkError([_open(task, "task.must", "a MUST task cannot be skipped: do it")])
        if task.binding is Binding.MUST_UNLESS_DOCUMENTED and not text(reason).strip():
            raise OpenWorkError(
                [_open(task, "task.undocumented", "give the reason for skipping it")]
            )
        return self._with(attrs.evolve(task, status=status, reason=reason, finished_at=at))

    def edit(
        self,
        item: str,
        *,
        context: Context | None = None,
        due: date | Unchanged | None = UNCHANGED,
        assignee_id: str | Unchanged | None = UNCHANGED,
        binding: Binding | Unchanged = UNCHANGED,
        instructions: str | Unchanged = UNCHANGED,
    ) -> ActionPlan:
        """Change a task that has not started (S 7.5).

        It keeps the value that the expansion gave it beside its own, until it is set back to it.

        Args:
            item: The template item's key.
            context: Which one, where the item makes a task for each context.
            due: The planned date; None for none.
            assignee_id: Who does it; None for nobody yet.
            binding: How obligatory it is.
            instructions: What to do.

        Raises:
            TransitionError: it has begun.
            NotFoundError: naming the nearest keys; of a removed task too.
            AmbiguousError: naming the contexts to choose from.
            InvalidValueError: those of the values.

        Example:
            >>> import partnervisits as pv
            >>> from partnervisits import example
            >>> visit = example.visit()
            >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
            >>> plan.edit("survey", assignee_id="karl").task("survey").edits
            (Edit(field='assignee_id', base='ines'),)
        """
        task = self.task(item, context=context)
        _refuse_begun(task, "edit")
        given = {
            "due": due,
            "assignee_id": assignee_id,
            "binding": binding,
            "instructions": instructions,
        }
        changes: dict[str, Edited] = {
            field: value for field, value in given.items() if not isinstance(value, Unchanged)
        }
        return self._with(task.edited(changes))

    def remove(self, item: str, reason: str, *, context: Context | None = None) -> ActionPlan:
        """Take out a task that has not started; it is remembered, so it never comes back (S 7.5).

        What came after it waits for its prerequisites instead.

        Args:
            item: The template item's key.
            reason: Why; not blank.
            context: Which one, where the item makes a task for each context.

        Raises:
            TransitionError: it has begun.
            NotFoundError: naming the nearest keys; of a removed task too.
            AmbiguousError: naming the contexts to choose from.
            InvalidValueError: `removed.reason`, and those of texts.

        Example:
            >>> import partnervisits as pv
            >>> from partnervisits import example
            >>> visit = example.visit()
            >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
            >>> plan.remove("review", "they sent the figures").explain("review").inclusion
            'not planned: it was removed: they sent the figures'
        """
        task = self.task(item, context=context)
        _refuse_begun(task, "remove")
        tasks = [each for each in self.tasks if each.id != task.id]
        removed = [*self.removed, RemovedTask(task, reason)]
        return attrs.evolve(self, tasks=tasks, removed=removed)

    def explain(self, item: str, *, context: Context | None = None) -> TaskExplanation:
        """Why a task is planned or not, why then, why by whom, and why these targets (S 4.6).

        Args:
            item: The template item's key; also of one that was removed or left out.
            context: Which one, where there are several: planned, removed or left out.

        Raises:
            NotFoundError: naming the nearest keys.
            AmbiguousError: naming the contexts to choose from.

        Example:
            >>> import partnervisits as pv
            >>> from partnervisits import example
            >>> visit = example.visit()
            >>> plan = pv.expand(example.template(), visit, catalog=example.catalog()).accept()
            >>> plan.explain("survey").assignee
            'assigned to ines: the primary visitor'
        """
        return self._reasons.of_item(item, context)

    @property
    def _reasons(self) -> Reasons:
        version = self.version
        source = f"list {self.key}" if version is None else f"template {self.key}@{version}"
        return Reasons(self.subject, source, self.tasks, (*self.removed, *self.left_out))

    def _refuse_open_prerequisites(self, task: PlannedTask) -> None:
        before = self._still_before(task)
        waiting = [each for each in self.tasks if each.item_key in before and not each.is_finished]
        if waiting:
            message = f"finish it before {task.item_key}, or skip it"
            raise OpenWorkError(_open(each, "task.prerequisite", message) for each in waiting)

    def _still_before(self, task: PlannedTask) -> set[str]:
        """The items that come before; one whose tasks were all removed passes its own on."""
        here = {each.item_key for each in self.tasks}
        before: set[str] = set()
        ahead = [*task.after]
        while ahead:
            key = ahead.pop()
            if key not in before:
                before.add(key)
                ahead += () if key in here else self._before_removed(key)
        return before

    def _before_removed(self, item: str) -> list[str]:
        gone = (each.task for each in self.removed)
        return [key for task in gone if task.item_key == item for key in task.after]

    def _with(self, changed: PlannedTask) -> ActionPlan:
        tasks = tuple(changed if task.id == changed.id else task for task in self.tasks)
        return attrs.evolve(self, tasks=tasks)


def _row(task: PlannedTask) -> tuple[str, ...]:
    return (
        task.name,
        show(task.due),
        task.assignee_id or "nobody yet",
        task.binding.value,
        task.status.value,
    )


def _note(task: PlannedTask) -> str:
    about = ", ".join(str(context) for context in task.contexts)
    notes = [f"about {about}"]
    notes += ["no date yet"] if task.due is None else []
    notes += [f"due {task.trail}"] if task.trail and task.due == task.trail.planned else []
    notes += [f"edited: {edit.field}, was {before_edit(edit)}" for edit in task.edits]
    notes += [f"changed by the host: {', '.join(task.overridden)}"] if task.overridden else []
    notes += ["added by the host"] if task.origin is Origin.ADDED else []
    notes += [f"for {', '.join(task.serves)}"] if task.serves else []
    notes += ["no longer asked for"] if task.orphaned else []
    notes += [f"skipped: {task.reason}"] if task.reason else []
    return "    " + "; ".join(notes)


def _refuse_begun(task: PlannedTask, verb: str) -> None:
    if task.has_begun:
        allowed = TASK_LIFECYCLE.allowed(task.status)
        raise TransitionError(f"task {task.item_key}", task.status.name, verb, allowed)


def _after(task: PlannedTask, verb: str) -> TaskStatus:
    return TASK_LIFECYCLE.after(task.status, verb, f"task {task.item_key}")


def _refuse_uncaptured(task: PlannedTask, captured: frozenset[str]) -> None:
    missing = [kpi for kpi in task.kpis if kpi.id not in captured]
    if missing and task.binding is Binding.MUST:
        raise OpenWorkError(
            Finding((kpi.id,), "task.uncaptured", "capture it, or record why it is absent")
            for kpi in missing
        )


def _open(task: PlannedTask, code: str, message: str) -> Finding:
    return Finding((task.id,), code, message)
