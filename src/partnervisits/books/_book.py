"""A book, and how it holds what it is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias, TypeVar

import attrs

from partnervisits.books._check import problems
from partnervisits.catalog import Catalog
from partnervisits.comparison import Override
from partnervisits.fields import host_id, instance_of, named, pairs_of, tuple_of, unique
from partnervisits.findings import Finding
from partnervisits.followups import FollowUp, FollowUpRule
from partnervisits.plans import ActionPlan
from partnervisits.proposals import Given
from partnervisits.readings import Reading
from partnervisits.repositories import Changes, Record, id_of, order_key
from partnervisits.visits import Visit

R = TypeVar("R", bound=Record)

Givens: TypeAlias = tuple[tuple[str, Given], ...]
"""What a host knows of visits, by their ids, sorted."""


def _catalog(value: Catalog) -> Catalog:
    return instance_of(Catalog, value)


def _givens(values: Mapping[str, Given] | Givens) -> Givens:
    held = [(host_id(visit), instance_of(Given, given)) for visit, given in pairs_of(values)]
    unique((visit for visit, _ in held), "visit")
    return tuple(sorted(held, key=lambda pair: pair[0]))


def _in_order(kind: type[R], values: Iterable[R], noun: str) -> tuple[R, ...]:
    """As a store finds them (S 10.1)."""
    held = tuple_of(kind, values)
    unique((id_of(each) for each in held), noun)
    return tuple(sorted(held, key=lambda each: (order_key(each), id_of(each))))


def _visits(values: Iterable[Visit]) -> tuple[Visit, ...]:
    return _in_order(Visit, values, "visit")


def _plans(values: Iterable[ActionPlan]) -> tuple[ActionPlan, ...]:
    return _in_order(ActionPlan, values, "plan")


def _readings(values: Iterable[Reading]) -> tuple[Reading, ...]:
    return _in_order(Reading, values, "reading")


def _rules(values: Iterable[FollowUpRule]) -> tuple[FollowUpRule, ...]:
    return _in_order(FollowUpRule, values, "rule")


def _overrides(values: Iterable[Override]) -> tuple[Override, ...]:
    return _in_order(Override, values, "override")


def _follow_ups(values: Iterable[FollowUp]) -> tuple[FollowUp, ...]:
    return _in_order(FollowUp, values, "follow-up")


@attrs.frozen(field_transformer=named, kw_only=True)
class Book:
    """Definitions, visits, plans and all that came of them, in one document.

    The order in which records are given does not matter: they are held in the order in which a
    store finds them (S 10.1). A book may be a part of what there is, so what refers to nothing is
    no reason to refuse it: `check` says so.

    Attributes:
        catalog: The definitions.
        visits: Sorted by planned day and id.
        givens: What the host knows of visits: a mapping of their ids to `Given` values, held as
            sorted pairs.
        plans: Sorted by the visit's planned day and id.
        readings: Sorted by when they were recorded and id.
        rules: Sorted by key.
        overrides: Sorted by when they were recorded and id.
        follow_ups: Open ones and ended ones, sorted by the day they are due and id.

    Raises:
        InvalidValueError: `sequence.duplicate`: two records of one kind have one id; `type.wrong`,
            and those of ids and sequences.

    Example:
        >>> from partnervisits import example
        >>> from partnervisits.books import Book
        >>> book = Book(visits=[example.visit()], givens={"V-2026-031": example.given()})
        >>> book.check()
        ()
    """

    catalog: Catalog = attrs.field(factory=Catalog, converter=_catalog)
    visits: tuple[Visit, ...] = attrs.field(default=(), converter=_visits)
    givens: Givens = attrs.field(default=(), converter=_givens)
    plans: tuple[ActionPlan, ...] = attrs.field(default=(), converter=_plans)
    readings: tuple[Reading, ...] = attrs.field(default=(), converter=_readings)
    rules: tuple[FollowUpRule, ...] = attrs.field(default=(), converter=_rules)
    overrides: tuple[Override, ...] = attrs.field(default=(), converter=_overrides)
    follow_ups: tuple[FollowUp, ...] = attrs.field(default=(), converter=_follow_ups)

    def check(self) -> tuple[Finding, ...]:
        """All that is wrong or doubtful about what the book holds, at once.

        Returns:
            Findings in order; a path leads from the book by field and id. Errors:

            - `visit.unknown`: a given or a plan of a visit that the book lacks;
            - `plan.other-partner`: a plan of a visit to somebody else;
            - `kpi.twice`: one KPI in two plans;
            - `kpi.unknown`: a reading or an override of no KPI of the plans;
            - `reading.misfit`: a reading that its KPI's indicator cannot hold;
            - `reading.unknown`, `reading.other-kpi`: a correction of no reading, or of one of
              another KPI;
            - `rule.unknown`: a follow-up of a rule that the book lacks;
            - `indicator.unknown`: a rule about an indicator that the catalog lacks.

            Warnings are what a book that is a part of a larger whole may lack: `visit.unknown` of a
            replacement and of a follow-up, `template.unknown`, `task.unknown` and
            `indicator.unknown` of a plan and of a follow-up, `reading.unknown` of a proof; and
            those of `lint` for each template.

        Example:
            >>> from partnervisits import example
            >>> from partnervisits.books import Book
            >>> print(*Book(givens={"V-7": example.given()}).check())
            error: givens.V-7: there is no visit V-7 [visit.unknown]
        """
        return problems(self)

    def changes(self) -> Changes:
        """What creates all of it in a store.

        A store holds neither what is given nor the targets of a catalog: those stay behind.

        Example:
            >>> import partnervisits as pv
            >>> from partnervisits import example
            >>> from partnervisits.books import Book
            >>> print(Book(visits=[example.visit()], rules=example.rules()).changes())
            create rules ask-again
            create rules fell-short
            create visits V-2026-031
        """
        return Changes.create(
            *self.catalog.indicators,
            *self.catalog.tasks,
            *self.catalog.templates,
            *self.visits,
            *self.plans,
            *self.readings,
            *self.rules,
            *self.overrides,
            *self.follow_ups,
        )
