"""What is captured, judged and followed up (S 7.2, S 8, S 9.5)."""

from __future__ import annotations

from hypothesis import strategies as st

from partnervisits.comparison import Comparison, Outcome, Override, judge_value
from partnervisits.fields import escaped
from partnervisits.followups import FollowUp, FollowUpRule, FollowUpStatus, Level
from partnervisits.histories import Per
from partnervisits.plans import Kpi
from partnervisits.readings import Flag, Reading
from partnervisits.testing._calendars import lags
from partnervisits.testing._contexts import contexts
from partnervisits.testing._indicators import values_of
from partnervisits.testing._plans import kpis, subjects
from partnervisits.testing._targets import resolved_targets, scopes
from partnervisits.testing._values import (
    absences,
    any_of,
    dates,
    host_ids,
    instants,
    library_ids,
    notes,
    reasons,
    slugs,
    values,
)
from partnervisits.values import Absence, Value

# --------------------------------------------------------------------------------------- readings


def readings() -> st.SearchStrategy[Reading]:
    """Readings of any value or absence, some of them corrections."""
    return _READINGS


def readings_of(kpi: Kpi) -> st.SearchStrategy[Reading]:
    """Readings that a KPI may have: values that its indicator takes, and absences.

    Args:
        kpi: What was captured.
    """
    return _readings(st.just(kpi.id), any_of(values_of(kpi.indicator), absences()))


@st.composite
def _readings(
    draw: st.DrawFn,
    kpi_ids: st.SearchStrategy[str],
    held: st.SearchStrategy[Value | Absence],
) -> Reading:
    key, value, supersedes = draw(library_ids()), draw(held), draw(_MAYBE_LIBRARY_IDS)
    at, recorded_at = sorted([draw(instants()), draw(instants())])
    flags = draw(_FLAGS)
    if isinstance(value, Absence):
        flags = flags - {Flag.IMPLAUSIBLE}
    if supersedes == key:
        supersedes = None
    return Reading(
        id=key,
        kpi_id=draw(kpi_ids),
        value=value,
        at=at,
        recorded_at=recorded_at,
        by=draw(host_ids()),
        note=draw(notes()),
        flags=sorted(flags, key=_FLAG_ORDER.index),
        supersedes=supersedes,
    )


_MAYBE_LIBRARY_IDS = st.none() | library_ids()
_FLAG_ORDER = list(Flag)
_FLAGS = st.frozensets(st.sampled_from(Flag))
_VALUES: st.SearchStrategy[Value | Absence] = any_of(values(), values(), absences())
_READINGS = _readings(library_ids(), _VALUES)


def overrides() -> st.SearchStrategy[Override]:
    """Verdicts of persons on any KPI."""
    return _overrides(library_ids().filter(_leaves_room))


def _leaves_room(kpi_id: str) -> bool:
    """Whether an override of a KPI, whose id is longer, can have one."""
    return len(kpi_id) <= _LONGEST_KPI_ID


_LONGEST_KPI_ID = 3_000


@st.composite
def _overrides(draw: st.DrawFn, kpi_ids: st.SearchStrategy[str]) -> Override:
    return Override(
        kpi_id=draw(kpi_ids),
        outcome=draw(_SETTLED),
        by=draw(host_ids()),
        at=draw(instants()),
        reason=draw(reasons()),
    )


_SETTLED = st.sampled_from((Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE))

# ------------------------------------------------------------------------------------ comparisons


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    """Verdicts that target and reading give, some with a person's beside them."""
    kpi = draw(kpis())
    reading = draw(st.none() | readings_of(kpi))
    computed = draw(_computed(kpi, None if reading is None else reading.value))
    has_cause = computed not in {Outcome.MET, Outcome.NEAR, Outcome.NOT_MET}
    return Comparison(
        subject=draw(subjects()),
        item_key=draw(slugs()),
        task_key=draw(slugs()),
        kpi=kpi,
        computed=computed,
        reading=reading,
        cause=draw(reasons()) if has_cause else "",
        override=draw(st.none() | _overrides(st.just(kpi.id))),
    )


def _computed(kpi: Kpi, actual: Value | Absence | None) -> st.SearchStrategy[Outcome]:
    if kpi.target is None:
        return st.just(Outcome.NO_TARGET)
    match actual:
        case None:
            return _WITHOUT_A_READING
        case Absence.NOT_APPLICABLE:
            return st.just(Outcome.NOT_APPLICABLE)
        case Absence():
            return st.just(Outcome.NO_DATA)
        case _:
            return st.sampled_from((judge_value(kpi.target, actual), Outcome.ERROR))


_WITHOUT_A_READING = st.sampled_from((Outcome.NO_DATA, Outcome.NOT_APPLICABLE, Outcome.NOT_DUE))

# ------------------------------------------------------------------------------------- follow-ups


def follow_up_rules() -> st.SearchStrategy[FollowUpRule]:
    """Rules on every outcome but MET."""
    return _RULES


@st.composite
def follow_ups(draw: st.DrawFn) -> FollowUp:
    """Follow-ups that are open, closed by a proof, or dismissed by hand."""
    status = draw(_STATUSES)
    visit_id, task_key, indicator = draw(host_ids()), draw(slugs()), draw(slugs())
    context = draw(contexts())
    is_open = status is FollowUpStatus.OPEN
    opened_at, ended_at = sorted([draw(instants()), draw(instants())])
    return FollowUp(
        rule_key=draw(slugs()),
        action=draw(reasons()),
        on=draw(_CALLING),
        visit_id=visit_id,
        partner_id=draw(host_ids()),
        task_key=task_key,
        indicator=indicator,
        context=context,
        per=draw(_PERS),
        kpi_id=f"{escaped(visit_id)}/{draw(slugs())}/{task_key}/{context.path}/{indicator}",
        because=draw(notes()),
        scope=draw(_MAYBE_SCOPES),
        target=draw(_MAYBE_TARGETS),
        owner_role=draw(_MAYBE_SLUGS),
        severity=draw(_LEVELS),
        due=draw(_MAYBE_DATES),
        opened_on=draw(_MAYBE_DATES),
        opened_at=draw(st.sampled_from([None, opened_at])),
        reinforced_by=[each for each in draw(_LATER_VISITS) if each != visit_id],
        status=status,
        proof_id=draw(library_ids()) if status is FollowUpStatus.CLOSED else None,
        reason="" if is_open else draw(reasons()),
        ended_by=None if is_open else draw(host_ids()),
        ended_at=None if is_open else ended_at,
    )


_CALLING = st.sampled_from([each for each in Outcome if each is not Outcome.MET])
_PERS = st.sampled_from(Per)
_LEVELS = st.sampled_from(Level)
_MAYBE_SLUGS = st.none() | slugs()
_MAYBE_DATES = st.none() | dates()
_MAYBE_SCOPES = st.none() | scopes()
_MAYBE_TARGETS = st.none() | resolved_targets()
_STATUSES = st.sampled_from(FollowUpStatus)
_LATER_VISITS = st.lists(host_ids(), max_size=2, unique=True)
_RULES = st.builds(
    FollowUpRule,
    slugs(),
    reasons(),
    on=_CALLING,
    streak=st.integers(1, 5) | st.just(1_000_000),
    indicators=st.lists(slugs(), max_size=2, unique=True),
    scope=_MAYBE_SCOPES,
    per=_PERS,
    owner_role=_MAYBE_SLUGS,
    due=st.none() | lags(),
    severity=_LEVELS,
)
