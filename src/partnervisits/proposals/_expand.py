"""From a template and a visit to a plan.

What depends on the template alone is worked out once (`Recipe`), what depends on the day, the
calendars and the targets once for all visits that share them, and only the rest for each visit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from partnervisits.calendars import JointCalendar, Trail
from partnervisits.catalog import Catalog
from partnervisits.contexts import Context
from partnervisits.errors import InvalidValueError
from partnervisits.fields import cause_of, escaped, instance_of, iterable, trusted
from partnervisits.findings import Finding, in_order
from partnervisits.plans import ActionPlan, Kpi, LeftOut, PlannedTask, Subject, TaskStatus
from partnervisits.proposals._dates import (
    After,
    DateKey,
    Dates,
    Dating,
    FactDates,
    Left,
    fact_dates,
)
from partnervisits.proposals._expectations import (
    Ask,
    Expected,
    GivenTargets,
    Matching,
    Rivals,
    with_rivals,
)
from partnervisits.proposals._given import Given, Proposal
from partnervisits.proposals._merging import Into, Merged, merge_added
from partnervisits.proposals._occasion import Occasion
from partnervisits.proposals._recipe import Recipe
from partnervisits.proposals._slots import Slot, choose, warning
from partnervisits.templates import ActionPlanTemplate, TemplateItem
from partnervisits.values import shortened
from partnervisits.visits import Visit

_subject: Callable[..., Subject] = trusted(Subject)
_kpi = trusted(Kpi)
_planned_task = trusted(PlannedTask)
_plan = trusted(ActionPlan)
_proposal: Callable[..., Proposal] = trusted(Proposal)


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
    if not isinstance(cast("object", pair), tuple) or len(pair) != 2:  # noqa: PLR2004 -- a pair is two
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
    choice, into = _chosen(recipe, now)
    found += choice.findings
    expectations = _Expectations(recipe, now)
    found += expectations.findings
    if not choice.slots:
        found.append(_empty(choice.left_out))
        return Proposal(visit_id=visit.id, plan=None, findings=found)
    left = _left(recipe, choice.slots, into)
    dates = _dates(recipe, now, choice.slots, left.after, into, found)
    found += dates.findings
    maker = _TaskMaker(f"{escaped(visit.id)}/{recipe.key}", now.assignees, dates.trails, left.keys)
    tasks: list[PlannedTask] = []
    for slot in choice.slots:
        rows = expectations.of(slot)
        tasks.append(maker.task(slot, rows))
        found += _findings_of(slot, rows)
        if now.assignees[slot.step.item.role] is None:
            found.append(_unassigned(slot.step.item))
    plan = _plan(
        _subject_of(now), recipe.key, recipe.version, tuple(tasks), tuple(choice.left_out), ()
    )
    return _proposal(visit.id, plan, in_order(found))


def _chosen(recipe: Recipe, now: Occasion) -> Merged:
    choice = choose(recipe.steps, frozenset(now.given.exclude), now)
    if not now.given.add:
        return Merged(choice, {})
    return merge_added(choice, recipe.working_order)


def _empty(left_out: Iterable[LeftOut]) -> Finding:
    causes = dict.fromkeys(f"{each.item_key}: {each.cause.value}" for each in left_out)
    why = "; ".join(causes) or "none is there"
    message = f"no item applies, so there is nothing to plan: {shortened(why, 500)}"
    return Finding((), "plan.empty", message)


def _findings_of(slot: Slot, rows: Iterable[Expected]) -> Iterator[Finding]:
    for row in rows:
        if row.findings and (
            row.context_kind is None
            or row.context_kind in {context.kind for context in slot.contexts}
        ):
            yield from (finding.under("items", slot.step.item.key) for finding in row.findings)


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


def _left(recipe: Recipe, slots: Sequence[Slot], into: Into) -> Left:
    kept = frozenset([slot.step.item.key for slot in slots])
    if into:
        return Left.of(recipe.after, kept, into)
    return recipe.memo.get(("left", kept), None, lambda: Left.of(recipe.after, kept, into))


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
    facts: FactDates = {}
    if recipe.counts_from_facts:
        facts, findings = fact_dates(slots, now.given.facts, now.days.timezone)
        found += findings

    def make() -> Dates:
        calendars = {role: JointCalendar(calendar, rep) for role, rep in reps.items()}
        items = recipe.order(after, into)
        dating = Dating(items, after, into, now.anchors, facts, calendars)
        return dating.dates(recipe.memo_of_dates)

    if facts:
        return make()
    same = (now.anchors, id(calendar), tuple(map(id, reps.values())), id(after))
    return recipe.memo.get(("dates", same), (now.given, after), make)


class _Expectations:
    """What is expected at one visit, slot by slot."""

    def __init__(self, recipe: Recipe, now: Occasion) -> None:
        self._recipe, self._now = recipe, now
        given, visit, definitions = now.given, now.visit, recipe.definitions
        self._day = (now.anchors, now.days.timezone, id(given.calendar))
        today = self._day if definitions.are_dated else None
        self._plain = recipe.memo.get(("plain", today), given, lambda: definitions.on(now.days))
        self._matching: Matching = {}
        self.findings: Sequence[Finding] = ()
        if given.targets:
            held = recipe.memo.get(
                ("given", id(given.targets)),
                given,
                lambda: GivenTargets(given.targets, recipe.catalog),
            )
            self._matching = held.matching(visit.id, visit.partner_id, given.facts.segment)
            self.findings = held.findings

    def of(self, slot: Slot) -> Sequence[Expected]:
        """What is expected of a slot."""
        rows = self._plain[slot.step.item.key]
        if slot.step.indicators.isdisjoint(self._matching):
            return rows
        return [
            self._with_rivals(ask, self._matching[ask.indicator.key], slot.contexts)
            if ask.indicator.key in self._matching
            else row
            for ask, row in zip(slot.step.asks, rows, strict=True)
        ]

    def _with_rivals(self, ask: Ask, rivals: Rivals, contexts: tuple[Context, ...]) -> Expected:
        same = (
            id(ask),
            id(rivals),
            self._day if ask.is_dated or rivals.is_dated else None,
            contexts if rivals.by_context else None,
        )
        alive = (rivals, self._now.given)
        return self._recipe.memo_of_targets.get(
            same, alive, lambda: with_rivals(ask, rivals, contexts, self._now.days)
        )


class _TaskMaker(NamedTuple):
    """Makes the planned tasks of one plan."""

    plan_path: str
    assignees: Mapping[str | None, str | None]
    trails: Mapping[DateKey, Trail]
    before: Mapping[str, tuple[str, ...]]

    def task(self, slot: Slot, rows: Sequence[Expected]) -> PlannedTask:
        """The planned task of a slot."""
        step, contexts, own = slot
        item = step.item
        task_id = f"{self.plan_path}/{item.key}"
        if own is not None:
            task_id = f"{task_id}/{own.path}"
        trails = self.trails
        trail = trails.get((item.key, own)) or trails.get((item.key, None))
        kpis = [
            _kpi(task_id, context, indicator, special[context] if special else target)
            for context in contexts
            for indicator, kind, target, special, _ in rows
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
            self.before[item.key],
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
