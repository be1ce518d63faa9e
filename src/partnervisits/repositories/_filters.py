"""What to look for: small values whose `matches` says exactly what is found (S 10.1).

Every field narrows. An absent one (None) means any; an empty set means none. A range holds its
first day or instant and not its last; what has no day is in no range.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import Enum
from typing import TypeVar

import attrs

from partnervisits.comparison import Override
from partnervisits.fields import entries_of, iterable, named
from partnervisits.followups import FollowUp, FollowUpRule, FollowUpStatus
from partnervisits.indicators import Indicator
from partnervisits.plans import ActionPlan
from partnervisits.readings import Reading
from partnervisits.tasks import TaskDefinition
from partnervisits.templates import ActionPlanTemplate, TemplateStatus
from partnervisits.values import ValueType, optional_day, optional_instant
from partnervisits.visits import Visit, VisitStatus

E = TypeVar("E", bound=Enum)


def _entries(kind: type[E], values: Iterable[E] | None) -> frozenset[E] | None:
    return None if values is None else frozenset(entries_of(kind, iterable(values, "a set")))


def _ids(values: Iterable[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(entries_of(str, iterable(values, "a set of ids")))


def _value_types(values: Iterable[ValueType] | None) -> frozenset[ValueType] | None:
    return _entries(ValueType, values)


def _template_statuses(values: Iterable[TemplateStatus] | None) -> frozenset[TemplateStatus] | None:
    return _entries(TemplateStatus, values)


def _visit_statuses(values: Iterable[VisitStatus] | None) -> frozenset[VisitStatus] | None:
    return _entries(VisitStatus, values)


def _follow_up_statuses(
    values: Iterable[FollowUpStatus] | None,
) -> frozenset[FollowUpStatus] | None:
    return _entries(FollowUpStatus, values)


def _is_one_of(value: object, wanted: frozenset[object] | None) -> bool:
    return wanted is None or value in wanted


def _is_within(value: date | None, since: date | None, before: date | None) -> bool:
    if value is None:
        return since is None and before is None
    return (since is None or since <= value) and (before is None or value < before)


@attrs.frozen(field_transformer=named, kw_only=True)
class IndicatorFilter:
    """Which indicators.

    Attributes:
        keys: Those with one of these keys.
        value_types: Those of one of these types.
    """

    keys: frozenset[str] | None = attrs.field(default=None, converter=_ids)
    value_types: frozenset[ValueType] | None = attrs.field(default=None, converter=_value_types)

    def matches(self, value: Indicator) -> bool:
        """Whether an indicator is one of them.

        Args:
            value: Any.
        """
        return _is_one_of(value.key, self.keys) and _is_one_of(value.value_type, self.value_types)


@attrs.frozen(field_transformer=named, kw_only=True)
class TaskFilter:
    """Which task definitions.

    Attributes:
        keys: Those with one of these keys.
    """

    keys: frozenset[str] | None = attrs.field(default=None, converter=_ids)

    def matches(self, value: TaskDefinition) -> bool:
        """Whether a task definition is one of them.

        Args:
            value: Any.
        """
        return _is_one_of(value.key, self.keys)


@attrs.frozen(field_transformer=named, kw_only=True)
class TemplateFilter:
    """Which versions of templates.

    Attributes:
        keys: Those of the templates with one of these keys, whatever the version.
        statuses: Those in one of these states.
    """

    keys: frozenset[str] | None = attrs.field(default=None, converter=_ids)
    statuses: frozenset[TemplateStatus] | None = attrs.field(
        default=None, converter=_template_statuses
    )

    def matches(self, value: ActionPlanTemplate) -> bool:
        """Whether a version is one of them.

        Args:
            value: Any.
        """
        return _is_one_of(value.key, self.keys) and _is_one_of(value.status, self.statuses)


@attrs.frozen(field_transformer=named, kw_only=True)
class VisitFilter:
    """Which visits.

    Attributes:
        partners: Those to one of these partners, by id.
        reps: Those that one of these reps makes, primary or not.
        statuses: Those in one of these states.
        since: Those planned for this day or a later one, as a day at the place.
        before: Those planned for an earlier day.

    Example:
        >>> import partnervisits as pv
        >>> from datetime import date
        >>> from partnervisits import example
        >>> from partnervisits.repositories import VisitFilter
        >>> march = VisitFilter(since=date(2026, 3, 1), before=date(2026, 4, 1))
        >>> march.matches(example.visit())
        True
        >>> VisitFilter(reps=[]).matches(example.visit())
        False
    """

    partners: frozenset[str] | None = attrs.field(default=None, converter=_ids)
    reps: frozenset[str] | None = attrs.field(default=None, converter=_ids)
    statuses: frozenset[VisitStatus] | None = attrs.field(default=None, converter=_visit_statuses)
    since: date | None = attrs.field(default=None, converter=optional_day)
    before: date | None = attrs.field(default=None, converter=optional_day)

    def matches(self, value: Visit) -> bool:
        """Whether a visit is one of them.

        Args:
            value: Any.
        """
        return (
            _is_one_of(value.partner_id, self.partners)
            and (self.reps is None or any(each.rep_id in self.reps for each in value.visitors))
            and _is_one_of(value.status, self.statuses)
            and _is_within(value.on, self.since, self.before)
        )


@attrs.frozen(field_transformer=named, kw_only=True)
class PlanFilter:
    """Which plans.

    Attributes:
        visits: Those of one of these visits, by id.
        partners: Those of visits to one of these partners, by id.
        keys: Those made from a template with one of these keys, or given one of them.
        since: Those of visits planned for this day or a later one, when the plan was made.
        before: Those of visits planned for an earlier day.
    """

    visits: frozenset[str] | None = attrs.field(default=None, converter=_ids)
    partners: frozenset[str] | None = attrs.field(default=None, converter=_ids)
    keys: frozenset[str] | None = attrs.field(default=None, converter=_ids)
    since: date | None = attrs.field(default=None, converter=optional_day)
    before: date | None = attrs.field(default=None, converter=optional_day)

    def matches(self, value: ActionPlan) -> bool:
        """Whether a plan is one of them.

        Args:
            value: Any.
        """
        return (
            _is_one_of(value.subject.visit_id, self.visits)
            and _is_one_of(value.subject.partner_id, self.partners)
            and _is_one_of(value.key, self.keys)
            and _is_within(value.subject.on, self.since, self.before)
        )


@attrs.frozen(field_transformer=named, kw_only=True)
class ReadingFilter:
    """Which readings.

    Attributes:
        kpis: Those of one of these KPIs, by id.
        since: Those recorded at this instant or later.
        before: Those recorded earlier.
    """

    kpis: frozenset[str] | None = attrs.field(default=None, converter=_ids)
    since: datetime | None = attrs.field(default=None, converter=optional_instant)
    before: datetime | None = attrs.field(default=None, converter=optional_instant)

    def matches(self, value: Reading) -> bool:
        """Whether a reading is one of them.

        Args:
            value: Any.
        """
        recorded = _is_within(value.recorded_at, self.since, self.before)
        return recorded and _is_one_of(value.kpi_id, self.kpis)


@attrs.frozen(field_transformer=named, kw_only=True)
class OverrideFilter:
    """Which overrides.

    Attributes:
        kpis: Those of one of these KPIs, by id.
        since: Those decided at this instant or later.
        before: Those decided earlier.
    """

    kpis: frozenset[str] | None = attrs.field(default=None, converter=_ids)
    since: datetime | None = attrs.field(default=None, converter=optional_instant)
    before: datetime | None = attrs.field(default=None, converter=optional_instant)

    def matches(self, value: Override) -> bool:
        """Whether an override is one of them.

        Args:
            value: Any.
        """
        return _is_within(value.at, self.since, self.before) and _is_one_of(value.kpi_id, self.kpis)


@attrs.frozen(field_transformer=named, kw_only=True)
class RuleFilter:
    """Which follow-up rules.

    Attributes:
        keys: Those with one of these keys.
    """

    keys: frozenset[str] | None = attrs.field(default=None, converter=_ids)

    def matches(self, value: FollowUpRule) -> bool:
        """Whether a rule is one of them.

        Args:
            value: Any.
        """
        return _is_one_of(value.key, self.keys)


@attrs.frozen(field_transformer=named, kw_only=True)
class FollowUpFilter:
    """Which follow-ups.

    Attributes:
        partners: Those about one of these partners, by id.
        rules: Those that a rule with one of these keys opened.
        statuses: Those in one of these states.
        since: Those due on this day or a later one.
        before: Those due on an earlier day.
    """

    partners: frozenset[str] | None = attrs.field(default=None, converter=_ids)
    rules: frozenset[str] | None = attrs.field(default=None, converter=_ids)
    statuses: frozenset[FollowUpStatus] | None = attrs.field(
        default=None, converter=_follow_up_statuses
    )
    since: date | None = attrs.field(default=None, converter=optional_day)
    before: date | None = attrs.field(default=None, converter=optional_day)

    def matches(self, value: FollowUp) -> bool:
        """Whether a follow-up is one of them.

        Args:
            value: Any.
        """
        return (
            _is_one_of(value.partner_id, self.partners)
            and _is_one_of(value.rule_key, self.rules)
            and _is_one_of(value.status, self.statuses)
            and _is_within(value.due, self.since, self.before)
        )
