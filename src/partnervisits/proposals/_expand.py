"""From a template and a visit to a plan.

What depends on the template alone is worked out once (`_Recipe`), what depends on the day, the
calendars and the segment once for all visits that share them, and only the rest for each visit.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias, TypeVar, cast

from partnervisits.calendars import JointCalendar, Trail
from partnervisits.catalog import Catalog, reference_findings
from partnervisits.contexts import PARTNER_KIND, Context
from partnervisits.errors import InvalidValueError, TransitionError
from partnervisits.fields import cause_of, escaped, instance_of, iterable, slug, trusted, tuple_of
from partnervisits.findings import Finding, Severity
from partnervisits.plans import ActionPlan, Kpi, PlannedTask, Subject, TaskStatus
from partnervisits.proposals._dates import Anchors, Dates, date_items
from partnervisits.proposals._expectations import (
    Ask,
    Expectations,
    Expected,
    When,
    asks_of,
    fitting,
)
from partnervisits.proposals._given import Given, Proposal
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

_subject: Callable[..., Subject] = trusted(Subject)
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
    """Expand a template into the plan of a visit (S 6.1).

    Pure: the same arguments give the same proposal.

    Args:
        template: A published template; or plain items, for a plan without a template.
        visit: Whose plan it is to be.
        catalog: Where the items look up task definitions and indicators.
        given: Everything else the host knows.
        key: Names the plan of plain items; not to be given with a template.

    Returns:
        The plan and all findings (S 6.5); nothing is stored until the host accepts it. Codes are
        `context.none`, `context.kind-empty`, `context.cut`, `kpi.no-context`, `role.unknown`,
        `date.missing-anchor`, `date.before-prerequisite`, `target.tie`, `target.unplanned`,
        `plan.empty`, and those of `CalendarError`, `resolve`, `item_findings` and `Catalog`.

    Raises:
        TransitionError: the template is not PUBLISHED (S 3.1).
        InvalidValueError: `expand.key`: plain items need a key, a template has its own;
            `type.wrong`.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> proposal = pv.expand(example.template(), example.visit(), catalog=example.catalog())
        >>> proposal.accept().task("survey").due
        datetime.date(2026, 3, 12)
    """
    return _Recipe.of(template, catalog, key).propose(visit, Given() if given is None else given)


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
        InvalidValueError: `expand.key`, `type.wrong`.

    Example:
        >>> import partnervisits as pv
        >>> from partnervisits import example
        >>> visits = [(example.visit(), example.given())]
        >>> proposals = pv.expand_each(example.template(), visits, catalog=example.catalog())
        >>> [proposal.visit_id for proposal in proposals]
        ['V-2026-031']
    """
    recipe = _Recipe.of(template, catalog, key)
    return (_propose_anyway(recipe, pair) for pair in iterable(visits, "pairs of visit and Given"))


def _propose_anyway(recipe: _Recipe, pair: tuple[Visit, Given]) -> Proposal:
    visit: object = None
    try:
        visit, given = _pair(pair)
        return recipe.propose(visit, given)
    except Exception as error:  # noqa: BLE001 -- a host's calendar may raise anything; the batch goes on
        message = f"this visit cannot be expanded: {cause_of(error)}"
        visit_id = visit.id if isinstance(visit, Visit) else ""
        return Proposal(
            visit_id=visit_id, plan=None, findings=(Finding((), "visit.failed", message),)
        )


def _pair(pair: tuple[Visit, Given]) -> tuple[Visit, Given]:
    if not isinstance(cast("object", pair), tuple):
        raise InvalidValueError("type.wrong", "pass pairs of a visit and a Given")
    return pair


class _Step(NamedTuple):
    """A template item and what its definition says of it."""

    item: TemplateItem
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
        """The result for a key.

        A key may hold the `id()` of an object: keeping `alive`, which refers to the object, keeps
        that id from being given to another.
        """
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
        self.catalog = instance_of(Catalog, catalog)
        self.findings = (*item_findings(items), *reference_findings(items, catalog))
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
            items = tuple_of(TemplateItem, template)
            if key is None:
                raise InvalidValueError("expand.key", "pass key= to name the plan of plain items")
            return cls(slug(key), None, items, catalog)
        if key is not None:
            raise InvalidValueError("expand.key", "leave out key=: the template names the plan")
        if template.status is not TemplateStatus.PUBLISHED:
            allowed = TEMPLATE_LIFECYCLE.allowed(template.status)
            raise TransitionError(
                f"template {template.id}", template.status.name, "expand", allowed
            )
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
            self._steps.append(_Step(item, item.name or task.name, instructions))
            self._asks[item.key] = asks_of(item, task, self.catalog)
        self._expectations = Expectations(self._asks)

    def propose(self, visit: Visit, given: Given) -> Proposal:
        """Expand for one visit."""
        visit, given = instance_of(Visit, visit), instance_of(Given, given)
        if self.findings:
            return Proposal(visit_id=visit.id, plan=None, findings=self.findings)
        now = _Occasion(visit, given, _anchors(visit), _assignees(self._roles, visit, given))
        found: list[Finding] = []
        drafts = self._drafts(now, found)
        expected, misfits = self._expected(now)
        found += [each for each in misfits if each.path[0] == "given"]
        if not drafts:
            found.append(Finding((), "plan.empty", "no item applies: there is nothing to plan"))
            return Proposal(visit_id=visit.id, plan=None, findings=found)
        after = _without_gaps(self._after, [draft.step.item.key for draft in drafts])
        dates = self._dates(now, after)
        found += dates.findings
        found += [each for each in misfits if each.path[0] == "items" and each.path[1] in after]
        maker = _TaskMaker(f"{escaped(visit.id)}/{self.key}", now.assignees, dates.trails, after)
        tasks: list[PlannedTask] = []
        for draft in drafts:
            rows = expected[draft.step.item.key]
            tasks += maker.tasks(draft, rows)
            found += _unmatched(draft, rows)
            found += _unassigned(draft, now.assignees)
        plan = _plan(_subject_of(now), self.key, self.version, tuple(tasks))
        return Proposal(visit_id=visit.id, plan=plan, findings=found)

    def _drafts(self, now: _Occasion, found: list[Finding]) -> list[_Draft]:
        given: dict[str, list[Context]] = {}
        for context in now.given.contexts:
            given.setdefault(context.kind, []).append(context)
        partner = Context(PARTNER_KIND, now.visit.partner_id)
        _ = given.setdefault(PARTNER_KIND, [partner])
        choices: dict[tuple[tuple[str, ...], int | None], _Selection] = {}
        drafts: list[_Draft] = []
        for step in self._steps:
            kinds, most = step.item.context_kinds, step.item.max_contexts
            choice = choices.get((kinds, most))
            if choice is None:
                own = _Selection((), (partner,), (), ())
                choice = choices[kinds, most] = _Selection.of(kinds, most, given) if kinds else own
            found += choice.findings(step.item)
            if choice.taken:
                drafts.append(_Draft(step, choice.taken))
        return drafts

    def _dates(self, now: _Occasion, after: Mapping[str, tuple[str, ...]]) -> Dates:
        calendar = now.given.calendar
        known = dict(now.given.rep_calendars)
        reps = {role: known.get(who or "") for role, who in now.assignees.items()}

        def make() -> Dates:
            calendars = {role: JointCalendar(calendar, rep) for role, rep in reps.items()}
            items = [item for item in self._working_order if item.key in after]
            return date_items(items, after, now.anchors, calendars)

        gaps = None if after is self._after else tuple(after)
        same = (now.anchors, id(calendar), tuple(map(id, reps.values())), gaps)
        return self._memo.get(("dates", same), now.given, make)

    def _expected(self, now: _Occasion) -> _Expected:
        given, visit = now.given, now.visit
        when = When(now.anchors, visit.place.timezone, given.calendar)
        segment = given.facts.segment

        def make() -> _Expected:
            fit, misfits = fitting(given.targets, self.catalog)
            rows, found = self._expectations.of(fit, segment, now.anchors.start, when)
            return rows, (*misfits, *found)

        same: tuple[Hashable, ...] = ()
        if given.targets:
            same = (segment, id(given.targets))
        if self._expectations.are_dated or any(target.is_dated for target in given.targets):
            same = (*same, now.anchors, when.timezone, id(given.calendar))
        return self._memo.get(("expected", same), given, make)


_Expected: TypeAlias = tuple[Mapping[str, tuple[Expected, ...]], tuple[Finding, ...]]


class _Occasion(NamedTuple):
    """One visit, what the host knows of it, and what follows from both at once."""

    visit: Visit
    given: Given
    anchors: Anchors
    assignees: Mapping[str | None, str | None]


def _anchors(visit: Visit) -> Anchors:
    is_open = visit.planned is None or visit.planned.end is None
    return Anchors(visit.on, None if is_open else visit.until)


def _subject_of(now: _Occasion) -> Subject:
    visit, place = now.visit, now.visit.place
    return _subject(
        visit_id=visit.id,
        partner_id=visit.partner_id,
        place_id=place.id,
        timezone=place.timezone,
        rep_id=visit.rep_id,
        on=now.anchors.start,
        facts=now.given.facts,
    )


class _Selection(NamedTuple):
    """The contexts of one visit that items of some kinds are about (S 6.2)."""

    kinds: tuple[str, ...]
    taken: tuple[Context, ...]
    cut: tuple[Context, ...]
    empty: tuple[str, ...]

    @classmethod
    def of(
        cls, kinds: tuple[str, ...], most: int | None, given: Mapping[str, Sequence[Context]]
    ) -> _Selection:
        """Take the first of each kind, and sort what was taken."""
        taken: list[Context] = []
        cut: list[Context] = []
        for kind in kinds:
            of_kind = given.get(kind, ())
            taken += of_kind[:most]
            cut += of_kind[len(of_kind[:most]) :]
        empty = tuple(kind for kind in kinds if kind not in given)
        return cls(kinds, tuple(sorted(taken, key=_by_kind_and_id)), tuple(cut), empty)

    def findings(self, item: TemplateItem) -> Iterator[Finding]:
        """What is worth knowing about the choice for an item."""
        if not self.taken:
            yield _left_out(item, self.kinds)
            return
        for kind in self.empty:
            yield _warning(item, "context.kind-empty", f"no context of kind {kind} is given")
        if self.cut:
            cut = ", ".join(str(context) for context in self.cut)
            yield _warning(item, "context.cut", f"max_contexts leaves out {cut}")


def _by_kind_and_id(context: Context) -> tuple[str, str]:
    return context.kind, context.id


def _left_out(item: TemplateItem, kinds: Iterable[str]) -> Finding:
    must = item.binding is Binding.MUST
    message = f"left out: give a context of kind {' or '.join(kinds)} in Given(contexts=)"
    severity = Severity.ERROR if must else Severity.WARNING
    return Finding(("items", item.key), "context.none", message, severity)


def _without_gaps(
    after: Mapping[str, tuple[str, ...]], kept: Sequence[str]
) -> Mapping[str, tuple[str, ...]]:
    """Prerequisites, where one that was left out is replaced by its own (S 4.7)."""
    if len(kept) == len(after):
        return after
    remaining = frozenset(kept)
    reached: dict[str, dict[str, None]] = {}
    for key, before in after.items():
        reached[key] = {}
        for each in before:
            reached[key] |= {each: None} if each in remaining else reached[each]
    return {key: tuple(sorted(reached[key])) for key in after if key in remaining}


def _assignees(
    roles: Iterable[str | None], visit: Visit, given: Given
) -> dict[str | None, str | None]:
    known = dict(given.roles)
    return {role: visit.rep_id if role is None else known.get(role) for role in roles}


def _unassigned(draft: _Draft, assignees: Mapping[str | None, str | None]) -> Iterator[Finding]:
    item = draft.step.item
    if assignees[item.role] is None:
        yield _warning(
            item, "role.unknown", f"unassigned: name somebody for {item.role} in Given(roles=)"
        )


def _unmatched(draft: _Draft, rows: Iterable[Expected]) -> Iterator[Finding]:
    for row in rows:
        kinds = [context.kind for context in draft.contexts] if row.context_kind else [None]
        if row.context_kind not in kinds:
            message = (
                f"{row.indicator.key} is not asked: no context of kind {row.context_kind} is taken"
            )
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
        own_context: Context | None,
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
            own_context,
            item.role,
            self.assignees[item.role],
            trail.planned if trail else None,
            trail,
            self.after[item.key],
            tuple(kpis),
            TaskStatus.NOT_STARTED,
            "",
            None,
            None,
        )
        return made
