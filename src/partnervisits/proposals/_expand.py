"""From a template and a visit to a plan.

What depends on the template alone is worked out once (`_Recipe`), what depends on the day, the calendars
and the segment once for all visits that share them, and only the rest once for each visit.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from partnervisits.calendars import Trail, WorkDays
from partnervisits.catalog import Catalog, reference_findings
from partnervisits.contexts import PARTNER_KIND, Context
from partnervisits.errors import InvalidValueError, TransitionError
from partnervisits.fields import escaped, kind_of, trusted, tuple_of
from partnervisits.fields import slug
from partnervisits.findings import Finding, Severity
from partnervisits.plans import ActionPlan, Kpi, PlannedTask, Subject, TaskStatus
from partnervisits.proposals._dates import Anchors, Dates, date_items
from partnervisits.proposals._expectations import (
    Ask,
    Expected,
    When,
    asks_of,
    expectations,
    given_target_findings,
)
from partnervisits.proposals._given import Given, Proposal
from partnervisits.tasks import TaskDefinition
from partnervisits.templates import (
    TEMPLATE_LIFECYCLE,
    ActionPlanTemplate,
    Binding,
    Spread,
    TemplateItem,
    TemplateStatus,
    in_working_order,
    item_findings,
)
from partnervisits.visits import Visit

T = TypeVar("T")

_subject = trusted(Subject)
_kpi = trusted(Kpi)
_planned_task = trusted(PlannedTask)
_plan = trusted(ActionPlan)


def expand(
    template: ActionPlanTemplate | Iterable[TemplateItem],
    visit: Visit,
    *,
    catalog: Catalog,
    given: Given | None = None,
    key: str | None = None,
) -> Proposal:
    """Expand a template into the plan of a visit (S 6.1). Pure: the same arguments give the same proposal.

    Args:
        template: A published template; or plain items, for a plan without a template.
        visit: Whose plan it is to be.
        catalog: Where the items look up task definitions and indicators.
        given: Everything else the host knows.
        key: Names the plan of plain items; not to be given with a template.

    Returns:
        The plan and all findings; nothing is stored until the host accepts it. The codes are
        `context.none`, `context.kind-empty`, `context.cut`, `kpi.no-context`, `role.unknown`,
        `date.missing-anchor`, `date.before-prerequisite`, `target.tie`, `target.unplanned`,
        `plan.empty`, and those of `CalendarError`, `item_findings` and `Catalog`.

    Raises:
        TransitionError: the template is not PUBLISHED (S 3.1).
        InvalidValueError: `expand.key`: plain items need a key, a template has its own.
    """
    return _Recipe.of(template, catalog, key).propose(visit, given or Given())


def expand_each(
    template: ActionPlanTemplate | Iterable[TemplateItem],
    visits: Iterable[tuple[Visit, Given]],
    *,
    catalog: Catalog,
    key: str | None = None,
) -> Iterator[Proposal]:
    """Expand a template for many visits, lazily and in order (S 6.10).

    Args:
        template: As for `expand`.
        visits: Each with what the host knows of it.
        catalog: As for `expand`.
        key: As for `expand`.

    Returns:
        One proposal a visit. One that cannot be expanded at all gives a proposal without a plan and
        the finding `visit.failed`; the rest go on.

    Raises:
        TransitionError: the template is not PUBLISHED.
        InvalidValueError: `expand.key`.
    """
    recipe = _Recipe.of(template, catalog, key)
    return (_propose_anyway(recipe, pair) for pair in visits)


def _propose_anyway(recipe: _Recipe, pair: tuple[Visit, Given]) -> Proposal:
    visit: object = None
    try:
        visit, given = pair
        return recipe.propose(visit, given)
    except Exception as error:  # noqa: BLE001 -- a host's calendar may raise anything; the batch goes on
        message = f"this visit cannot be expanded: {kind_of(error)}: {error}"
        visit_id = visit.id if isinstance(visit, Visit) else ""
        return Proposal(
            visit_id=visit_id, plan=None, findings=(Finding((), "visit.failed", message),)
        )


class _Step(NamedTuple):
    """A template item with its definition."""

    item: TemplateItem
    task: TaskDefinition
    name: str
    instructions: str


class _Draft(NamedTuple):
    """The contexts of an item for one visit."""

    step: _Step
    contexts: tuple[Context, ...]


class _Memo:
    """Results shared by visits, by key; forgets all rather than grow without bound."""

    _MOST = 512

    def __init__(self) -> None:
        self._held: dict[Hashable, tuple[object, object]] = {}

    def get(self, key: Hashable, alive: object, make: Callable[[], T]) -> T:
        """The result for a key. The ids of objects in a key hold while `alive` refers to them."""
        known = self._held.get(key)
        if known is None:
            if len(self._held) >= self._MOST:
                self._held.clear()
            known = self._held[key] = (make(), alive)
        return known[0]  # type: ignore[return-value]


class _Recipe:
    """All of an expansion that depends on the template and the catalog only."""

    def __init__(
        self, key: str, version: int | None, items: Sequence[TemplateItem], catalog: Catalog
    ) -> None:
        self.key = key
        self.version = version
        self.catalog = catalog
        self.findings = item_findings(items) or reference_findings(items, catalog)
        self._memo = _Memo()
        if not self.findings:
            self._work_out(items)

    @classmethod
    def of(
        cls,
        template: ActionPlanTemplate | Iterable[TemplateItem],
        catalog: Catalog,
        key: str | None,
    ) -> _Recipe:
        """Read a template, or plain items and the key that names their plan."""
        if not isinstance(template, ActionPlanTemplate):
            if key is None:
                raise InvalidValueError("expand.key", "plain items need a key for their plan")
            return cls(slug(key), None, tuple_of(TemplateItem, template), catalog)
        if key is not None:
            raise InvalidValueError("expand.key", "a template has its own key")
        if template.status is not TemplateStatus.PUBLISHED:
            allowed = TEMPLATE_LIFECYCLE.allowed(template.status)
            raise TransitionError(f"template {template.id}", template.status.name, "expand", allowed)
        return cls(template.key, template.version, template.items, catalog)

    def _work_out(self, items: Sequence[TemplateItem]) -> None:
        by_key = {item.key: item for item in items}
        self._working_order = tuple(by_key[key] for key in in_working_order(items))
        self._after = {item.key: tuple(sorted(item.after)) for item in self._working_order}
        self._roles = tuple(dict.fromkeys(item.role for item in items))
        self._steps: list[_Step] = []
        self._asks: dict[str, tuple[Ask, ...]] = {}
        for item in items:
            task = self.catalog.task(item.task)
            instructions = item.instructions or task.instructions
            self._steps.append(_Step(item, task, item.name or task.name, instructions))
            self._asks[item.key] = asks_of(item, task, self.catalog)

    def propose(self, visit: Visit, given: Given) -> Proposal:
        """Expand for one visit."""
        if self.findings:
            return Proposal(visit_id=visit.id, plan=None, findings=self.findings)
        found: list[Finding] = []
        drafts = self._drafts(visit, given, found)
        assignees = _assignees(self._roles, visit, given)
        after = _without_gaps(self._after, {draft.step.item.key for draft in drafts})
        dates = self._dates(visit, given, assignees, after)
        expected, misfits = self._expected(visit, given)
        kept = {("items", draft.step.item.key) for draft in drafts}
        shared = (*dates.findings, *misfits)
        found += [each for each in shared if each.path[0] != "items" or each.path[:2] in kept]
        found += _role_findings(drafts, assignees)
        if not drafts:
            found.append(Finding((), "plan.empty", "no item applies: there is nothing to plan"))
            return Proposal(visit_id=visit.id, plan=None, findings=found)
        maker = _TaskMaker(f"{escaped(visit.id)}/{self.key}", assignees, dates.trails, after)
        tasks: list[PlannedTask] = []
        for draft in drafts:
            rows = expected[draft.step.item.key]
            tasks += maker.tasks(draft, rows)
            found += _unmatched(draft, rows)
        plan = _plan(_subject_of(visit, given), self.key, self.version, tuple(tasks))
        return Proposal(visit_id=visit.id, plan=plan, findings=found)

    def _drafts(self, visit: Visit, given: Given, found: list[Finding]) -> list[_Draft]:
        given_kinds: dict[str, list[Context]] = {}
        for context in given.contexts:
            given_kinds.setdefault(context.kind, []).append(context)
        given_kinds.setdefault(PARTNER_KIND, [Context(PARTNER_KIND, visit.partner_id)])
        drafts: list[_Draft] = []
        for step in self._steps:
            contexts, findings = _contexts_of(step.item, given_kinds)
            found += findings
            if contexts:
                drafts.append(_Draft(step, contexts))
        return drafts

    def _dates(
        self,
        visit: Visit,
        given: Given,
        assignees: Mapping[str | None, str | None],
        after: Mapping[str, tuple[str, ...]],
    ) -> Dates:
        reps = dict(given.rep_calendars)
        calendars = {
            role: WorkDays(given.calendar, reps.get(assignee or ""))
            for role, assignee in assignees.items()
        }
        anchors = _anchors(visit)
        same = (anchors, id(given.calendar), tuple(id(each.rep) for each in calendars.values()))
        items = [item for item in self._working_order if item.key in after]
        return self._memo.get(
            ("dates", same, None if after is self._after else tuple(after.items())),
            calendars,
            lambda: date_items(items, after, anchors, calendars),
        )

    def _expected(
        self, visit: Visit, given: Given
    ) -> tuple[Mapping[str, tuple[Expected, ...]], tuple[Finding, ...]]:
        when = When(_anchors(visit), visit.place.timezone, given.calendar)
        segment = given.facts.segment

        def make() -> tuple[Mapping[str, tuple[Expected, ...]], tuple[Finding, ...]]:
            misfits = given_target_findings(given.targets, self.catalog)
            if misfits:
                return dict.fromkeys(self._asks, ()), misfits
            return expectations(self._asks, given.targets, segment, visit.on, when)

        same = (when.anchors, when.timezone, id(given.calendar), segment, id(given.targets))
        return self._memo.get(("expected", same), given, make)


def _anchors(visit: Visit) -> Anchors:
    is_open = visit.planned is None or visit.planned.end is None
    return Anchors(visit.on, None if is_open else visit.until)


def _subject_of(visit: Visit, given: Given) -> Subject:
    place = visit.place
    made: Subject = _subject(
        visit.id, visit.partner_id, place.id, place.timezone, visit.rep_id, visit.on, given.facts
    )
    return made


def _contexts_of(
    item: TemplateItem, given: Mapping[str, Sequence[Context]]
) -> tuple[tuple[Context, ...], list[Finding]]:
    taken: list[Context] = []
    found: list[Finding] = []
    kinds = item.context_kinds or (PARTNER_KIND,)
    for kind in kinds:
        of_kind = given.get(kind, ())
        kept = of_kind[: item.max_contexts]
        taken += kept
        if len(kept) < len(of_kind):
            cut = ", ".join(str(context) for context in of_kind[len(kept) :])
            found.append(_warning(item, "context.cut", f"max_contexts leaves out {cut}"))
        elif not of_kind and len(kinds) > 1:
            found.append(_warning(item, "context.kind-empty", f"no context of kind {kind} is given"))
    if not taken:
        return (), [_left_out(item, kinds)]
    return tuple(sorted(taken, key=_by_kind_and_id)), found


def _by_kind_and_id(context: Context) -> tuple[str, str]:
    return context.kind, context.id


def _left_out(item: TemplateItem, kinds: Iterable[str]) -> Finding:
    must = item.binding is Binding.MUST
    message = f"left out: no context of kind {' or '.join(kinds)} is given"
    severity = Severity.ERROR if must else Severity.WARNING
    return Finding(("items", item.key), "context.none", message, severity)


def _without_gaps(
    after: Mapping[str, tuple[str, ...]], kept: set[str]
) -> Mapping[str, tuple[str, ...]]:
    """Prerequisites, where one that was left out is replaced by its own (S 4.7)."""
    if len(kept) == len(after):
        return after
    reached: dict[str, dict[str, None]] = {}
    for key, before in after.items():
        reached[key] = {}
        for each in before:
            reached[key] |= {each: None} if each in kept else reached[each]
    return {key: tuple(sorted(reached[key])) for key in after if key in kept}


def _assignees(
    roles: Iterable[str | None], visit: Visit, given: Given
) -> dict[str | None, str | None]:
    known = dict(given.roles)
    return {role: visit.rep_id if role is None else known.get(role) for role in roles}


def _role_findings(
    drafts: Iterable[_Draft], assignees: Mapping[str | None, str | None]
) -> Iterator[Finding]:
    for draft in drafts:
        item = draft.step.item
        if assignees[item.role] is None:
            yield _warning(item, "role.unknown", f"nobody is given the role {item.role}: unassigned")


def _unmatched(draft: _Draft, rows: Iterable[Expected]) -> Iterator[Finding]:
    kinds = {context.kind for context in draft.contexts}
    for row in rows:
        if row.context_kind is not None and row.context_kind not in kinds:
            message = f"{row.indicator.key} is not asked: it is about a {row.context_kind}"
            yield _warning(draft.step.item, "kpi.no-context", message)


def _warning(item: TemplateItem, code: str, message: str) -> Finding:
    return Finding(("items", item.key), code, message, Severity.WARNING)


class _TaskMaker(NamedTuple):
    """Makes the planned tasks of one plan."""

    plan_path: str
    assignees: Mapping[str | None, str | None]
    trails: Mapping[str, Trail]
    after: Mapping[str, tuple[str, ...]]

    def tasks(self, draft: _Draft, rows: Sequence[Expected]) -> Iterator[PlannedTask]:
        """One planned task for all contexts of an item, or one for each."""
        task_id = f"{self.plan_path}/{draft.step.item.key}"
        if draft.step.item.spread is Spread.TOGETHER:
            yield self._task(draft.step, task_id, draft.contexts, None, rows)
        else:
            for context in draft.contexts:
                own_id = f"{task_id}/{context.path}"
                yield self._task(draft.step, own_id, (context,), context, rows)

    def _task(
        self,
        step: _Step,
        task_id: str,
        contexts: tuple[Context, ...],
        each: Context | None,
        rows: Sequence[Expected],
    ) -> PlannedTask:
        item = step.item
        trail = self.trails.get(item.key)
        kpis = [
            _kpi(task_id, context, indicator, target)
            for context in contexts
            for indicator, kind, target in rows
            if kind is None or kind == context.kind
        ]
        made: PlannedTask = _planned_task(
            task_id,
            item.key,
            item.task,
            step.name,
            step.instructions,
            item.binding,
            contexts,
            each,
            item.role,
            self.assignees[item.role],
            trail.date if trail else None,
            trail,
            self.after[item.key],
            tuple(kpis),
            TaskStatus.NOT_STARTED,
            "",
            None,
            None,
        )
        return made
