"""From a template and a visit to a plan.

What depends on the template alone is worked out once (`Recipe`), what depends on the day, the
calendars and the targets once for all visits that share them, and only the rest for each visit.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from partnervisits.calendars import JointCalendar
from partnervisits.catalog import Catalog
from partnervisits.errors import InvalidValueError
from partnervisits.fields import cause_of, escaped, instance_of, iterable, trusted
from partnervisits.findings import Finding
from partnervisits.plans import ActionPlan, Kpi, LeftOut, PlannedTask, Subject, TaskStatus
from partnervisits.proposals._dates import Dates, Dating, fact_dates, without_gaps
from partnervisits.proposals._expectations import (
    Ask,
    Expected,
    GivenTargets,
    Plain,
    Resolution,
    resolution,
    with_given,
)
from partnervisits.proposals._given import Given, Proposal
from partnervisits.proposals._merging import After, Into, Merged, merge_added
from partnervisits.proposals._occasion import Occasion
from partnervisits.proposals._recipe import Recipe
from partnervisits.proposals._slots import Slot, choose, warning
from partnervisits.targets import Candidate
from partnervisits.templates import ActionPlanTemplate, TemplateItem
from partnervisits.values import shortened
from partnervisits.visits import Visit

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
        `context.none`, `context.kind-empty`, `context.cut`, `condition.unknown`, `kpi.no-context`,
        `role.unknown`, `date.missing-anchor`, `date.anchor-type`, `date.before-prerequisite`,
        `date.too-late`, `target.tie`, `target.unplanned`, `given.unknown-item`, `given.ad-hoc`,
        `added.merged`, `added.instructions`, `plan.empty`, and those of `CalendarError`,
        `FactIs`, `resolve`, `item_findings` and `Catalog`.

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
    return propose(Recipe.of(template, catalog, key), visit, Given() if given is None else given)


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
    recipe = Recipe.of(template, catalog, key)
    return (_propose_anyway(recipe, pair) for pair in iterable(visits, "pairs of visit and Given"))


def _propose_anyway(recipe: Recipe, pair: tuple[Visit, Given]) -> Proposal:
    visit: object = None
    try:
        visit, given = _pair(pair)
        return propose(recipe, visit, given)
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


# --------------------------------------------------------------------------------- one visit


def propose(recipe: Recipe, visit: Visit, given: Given) -> Proposal:
    """Expand a recipe for one visit."""
    visit, given = instance_of(Visit, visit), instance_of(Given, given)
    found = list(recipe.notes(given))
    recipe = recipe.adapted(given)
    if recipe.findings:
        return Proposal(visit_id=visit.id, plan=None, findings=(*found, *recipe.findings))
    now = Occasion.of(visit, given, recipe.roles)
    choice, after, into = _chosen(recipe, now)
    found += choice.findings
    if not choice.slots:
        found.append(_empty(choice.left_out))
        return Proposal(visit_id=visit.id, plan=None, findings=found)
    after = without_gaps(after, [slot.step.item.key for slot in choice.slots])
    dates = _dates(recipe, now, choice.slots, after, into, found)
    found += dates.findings
    expectations = _Expectations(recipe, now)
    found += expectations.findings
    maker = _TaskMaker(f"{escaped(visit.id)}/{recipe.key}", now.assignees, dates)
    tasks: list[PlannedTask] = []
    for slot in choice.slots:
        expected = expectations.of(slot)
        tasks.append(maker.task(slot, expected.rows))
        found += [each.under("items", slot.step.item.key) for each in expected.findings]
        if now.assignees[slot.step.item.role] is None:
            found.append(_unassigned(slot.step.item))
    plan = _plan(
        _subject_of(now), recipe.key, recipe.version, tuple(tasks), tuple(choice.left_out), ()
    )
    return Proposal(visit_id=visit.id, plan=plan, findings=found)


def _chosen(recipe: Recipe, now: Occasion) -> Merged:
    choice = choose(recipe.steps, frozenset(now.given.exclude), now)
    if not now.given.add:
        return Merged(choice, recipe.after, {})
    return merge_added(choice, recipe.after, recipe.working_order)


def _empty(left_out: Iterable[LeftOut]) -> Finding:
    why = "; ".join(f"{each.item_key}: {each.cause.value}" for each in left_out) or "none is there"
    message = f"no item applies, so there is nothing to plan: {shortened(why, 500)}"
    return Finding((), "plan.empty", message)


def _unassigned(item: TemplateItem) -> Finding:
    message = f"unassigned: name somebody for {item.role} in Given(roles=)"
    return warning(item, "role.unknown", message)


def _subject_of(now: Occasion) -> Subject:
    visit, place = now.visit, now.visit.place
    return _subject(
        visit.id,
        visit.partner_id,
        place.id,
        place.timezone,
        visit.rep_id,
        now.anchors.start,
        now.given.facts,
    )


def _dates(
    recipe: Recipe,
    now: Occasion,
    slots: Sequence[Slot],
    after: After,
    into: Into,
    found: list[Finding],
) -> Dates:
    calendar, known = now.given.calendar, dict(now.given.rep_calendars)
    reps = {role: known.get(who or "") for role, who in now.assignees.items()}
    facts, findings = fact_dates(slots, now.given.facts, now.days.timezone)
    found += findings

    def make() -> Dates:
        calendars = {role: JointCalendar(calendar, rep) for role, rep in reps.items()}
        items = recipe.order(after, into)
        return Dating(items, after, into, now.anchors, facts).dates(calendars)

    if into or facts:
        return make()
    gaps = None if after is recipe.after else tuple(after)
    same = (now.anchors, id(calendar), tuple(map(id, reps.values())), gaps)
    return recipe.memo.get(("dates", same), now.given, make)


class _Expectations:
    """What is expected at one visit, slot by slot."""

    def __init__(self, recipe: Recipe, now: Occasion) -> None:
        self._recipe, self._now = recipe, now
        given, visit = now.given, now.visit
        self.findings: Sequence[Finding] = ()
        self._matching: Mapping[str, Sequence[Candidate]] = {}
        self._when: tuple[Hashable, ...] = ()
        if recipe.definitions.are_dated:
            self._when = self._day()
        self._plain = recipe.memo.get(
            ("plain", self._when), given, lambda: recipe.definitions.on(now.days)
        )
        if given.targets:
            held = recipe.memo.get(
                ("given", id(given.targets)),
                given,
                lambda: GivenTargets(given.targets, recipe.catalog),
            )
            self.findings = held.findings
            self._matching = held.matching(visit.id, visit.partner_id, given.facts.segment)
            if held.are_dated:
                self._when = self._day()

    def _day(self) -> tuple[Hashable, ...]:
        days = self._now.days
        return days.anchors, days.timezone, id(days.calendar)

    def of(self, slot: Slot) -> Plain:
        """What is expected of a slot."""
        item = slot.step.item.key
        plainly = self._plain[item]
        if not self._matching:
            return plainly
        return with_given(plainly, slot.step.asks, self._matching, slot.contexts, self._resolve)

    def _resolve(self, ask: Ask, candidates: tuple[Candidate, ...]) -> Resolution:
        same = ("target", self._when, tuple(map(id, candidates)))
        alive = (candidates, self._now.given)
        return self._recipe.memo.get(
            same, alive, lambda: resolution(ask, candidates, self._now.days)
        )


class _TaskMaker(NamedTuple):
    """Makes the planned tasks of one plan."""

    plan_path: str
    assignees: Mapping[str | None, str | None]
    dates: Dates

    def task(self, slot: Slot, rows: Sequence[Expected]) -> PlannedTask:
        """The planned task of a slot."""
        step, contexts, own = slot
        item = step.item
        task_id = f"{self.plan_path}/{item.key}"
        if own is not None:
            task_id = f"{task_id}/{own.path}"
        trails = self.dates.trails
        trail = trails.get((item.key, own)) or trails.get((item.key, None))
        kpis = [
            _kpi(task_id, context, indicator, special[context] if special else target)
            for context in contexts
            for indicator, kind, target, special in rows
            if kind is None or kind == context.kind
        ]
        made: PlannedTask = _planned_task(
            task_id,
            item.key,
            item.task,
            step.name,
            step.instructions,
            step.binding,
            contexts,
            own,
            item.role,
            self.assignees[item.role],
            trail.planned if trail else None,
            trail,
            self.dates.before[item.key],
            tuple(kpis),
            item.condition,
            item.group,
            step.origin,
            step.overridden,
            step.serves,
            (),
            TaskStatus.NOT_STARTED,
            "",
            None,
            None,
            orphaned=False,
        )
        return made
