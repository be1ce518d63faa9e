"""Which planned tasks a visit gets: contexts, conditions, groups (S 3.4, S 6.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from partnervisits.conditions import Verdict, missing
from partnervisits.contexts import PARTNER_KIND, Context, Fact, by_kind_and_id
from partnervisits.errors import InvalidValueError
from partnervisits.fields import trusted
from partnervisits.findings import Finding, Severity
from partnervisits.plans import Cause, LeftOut, Origin
from partnervisits.proposals._expectations import Ask
from partnervisits.proposals._occasion import Occasion
from partnervisits.tasks import TaskDefinition
from partnervisits.templates import Binding, Spread, TemplateItem
from partnervisits.values import shortened

_left_out: Callable[..., LeftOut] = trusted(LeftOut)


class Wanted(NamedTuple):
    """The contexts that an item is about."""

    kinds: tuple[str, ...]
    certain: tuple[Context, ...]
    most: int | None


class Step(NamedTuple):
    """An item, what its definition says of it, and what the host changed."""

    item: TemplateItem
    name: str
    instructions: str
    binding: Binding
    serves: tuple[str, ...]
    asks: tuple[Ask, ...]
    origin: Origin
    overridden: tuple[str, ...]
    wanted: Wanted
    is_certain: bool
    """Whether it is planned whatever the facts: it has no condition and no rivals."""
    indicators: frozenset[str]
    kinds_asked: frozenset[str]
    """The kinds of context that its indicators are bound to."""

    @classmethod
    def of(
        cls,
        item: TemplateItem,
        task: TaskDefinition,
        asks: tuple[Ask, ...],
        origin: Origin,
        overridden: tuple[str, ...],
    ) -> Step:
        """Work out what every visit needs."""
        return cls(
            item,
            item.name or task.name,
            item.instructions or task.instructions,
            item.binding,
            (item.serves,) if item.serves else (),
            asks,
            origin,
            overridden,
            Wanted(item.context_kinds, item.contexts, item.max_contexts),
            item.is_certain,
            frozenset(ask.indicator.key for ask in asks),
            frozenset(ask.context_kind for ask in asks if ask.context_kind),
        )


class Slot(NamedTuple):
    """A planned task to be."""

    step: Step
    contexts: tuple[Context, ...]
    own_context: Context | None

    @property
    def sole_context(self) -> Context | None:
        """Its context, if it has exactly one."""
        return _sole(self.contexts)

    def asked_of(self, context: Context) -> frozenset[str]:
        """The keys of the indicators that it captures of one of its contexts."""
        return frozenset(
            ask.indicator.key for ask in self.step.asks if ask.context_kind in (None, context.kind)
        )


class Choice(NamedTuple):
    """What is planned of a list of steps, what is not, and what is worth knowing."""

    slots: list[Slot]
    left_out: list[LeftOut]
    findings: list[Finding]


def choose(steps: Iterable[Step], excluded: frozenset[str], now: Occasion) -> Choice:
    """What is planned of steps in their order, before what the host added is merged."""
    chooser = _Chooser(now)
    for step in steps:
        if step.item.key in excluded:
            chooser.leave_out(step, Cause.EXCLUDED)
        else:
            chooser.take(step)
    chooser.finish()
    return Choice(chooser.slots, chooser.left_out, chooser.findings)


class _Chooser:
    def __init__(self, now: Occasion) -> None:
        self._now = now
        self._given: dict[str, list[Context]] = {}
        for context in now.given.contexts:
            self._given.setdefault(context.kind, []).append(context)
        self._partner = Context(PARTNER_KIND, now.visit.partner_id)
        _ = self._given.setdefault(PARTNER_KIND, [self._partner])
        self._selections: dict[Wanted, _Selected] = {}
        self._settled_by: dict[str, tuple[str, Cause]] = {}
        self._facts: dict[Context | None, Mapping[str, Fact]] = {}
        self._without_context: list[TemplateItem] = []
        self.slots: list[Slot] = []
        self.left_out: list[LeftOut] = []
        self.findings: list[Finding] = []

    def leave_out(
        self, step: Step, cause: Cause, context: Context | None = None, by: str | None = None
    ) -> None:
        """Say that an item, or one context of it, is not planned."""
        condition = step.item.condition if cause in (Cause.CONDITION, Cause.UNKNOWN) else None
        self.left_out.append(_left_out(step.item.key, cause, context, condition, by))

    def take(self, step: Step) -> None:
        """Plan a step for each of its contexts, or for all together, where it applies."""
        selected = self._selections.get(step.wanted)
        if selected is None:
            selected = _Selected.of(step.wanted, self._given, self._partner)
            self._selections[step.wanted] = selected
        if step.is_certain and selected.taken:
            self._plan(step, selected, _owns(step.item, selected))
        else:
            self._judge(step, selected)

    def finish(self) -> None:
        """Say what had nothing to be about, once it is known whether its group has another."""
        for item in self._without_context:
            message = f"left out: give a context of kind {_any_of(item)} in Given(contexts=)"
            _, cause = self._settled_by.get(item.first_of or "", ("", None))
            # What called for the item stays open, and is planned once there is such a context.
            is_in_vain = cause is Cause.GROUP or item.serves is not None
            finding = warning if is_in_vain else _if_must
            self.findings.append(finding(item, "context.none", message))

    def _plan(self, step: Step, selected: _Selected, owns: Iterable[Context | None]) -> None:
        for own in owns:
            self.slots.append(Slot(step, (own,) if own else selected.taken, own))
        if selected.is_short:
            self.findings += selected.findings(step.item)
        if step.kinds_asked:
            self.findings += _unmatched(step, selected.taken)

    def _judge(self, step: Step, selected: _Selected) -> None:
        group = step.item.first_of
        if group in self._settled_by:
            self._leave_out_rival(step, *self._settled_by[group])
            return
        owns = _owns(step.item, selected)
        verdicts = {own: self._verdict(step.item, own, selected) for own in owns}
        if not selected.taken and Verdict.NO not in verdicts.values():
            self.leave_out(step, Cause.NO_CONTEXT)
            self._without_context.append(step.item)
            return
        applying = [own for own, verdict in verdicts.items() if verdict is Verdict.YES]
        if applying:
            self._plan(step, selected, applying)
        for own, verdict in verdicts.items():
            if verdict is not Verdict.YES:
                self._leave_out_judged(step, own, verdict, selected)
        if group and applying:
            self._settled_by[group] = step.item.key, Cause.GROUP
        elif group and set(verdicts.values()) != {Verdict.NO}:
            self._settled_by[group] = step.item.key, Cause.UNKNOWN

    def _leave_out_judged(
        self, step: Step, own: Context | None, verdict: Verdict | None, selected: _Selected
    ) -> None:
        about = own or _sole(selected.taken)
        self.leave_out(step, Cause.CONDITION if verdict is Verdict.NO else Cause.UNKNOWN, about)
        if verdict is Verdict.UNKNOWN:
            self.findings.append(self._unknown(step.item, own, about))

    def _leave_out_rival(self, step: Step, by: str, cause: Cause) -> None:
        self.leave_out(step, Cause.GROUP, by=by)
        if cause is Cause.UNKNOWN:
            message = f"left out with its group: it is open whether {by} applies"
            self.findings.append(_if_must(step.item, "condition.unknown", message))

    def _facts_about(self, context: Context | None) -> Mapping[str, Fact]:
        known = self._facts.get(context)
        if known is None:
            known = self._facts[context] = self._now.given.facts.about(context)
        return known

    def _verdict(
        self, item: TemplateItem, own: Context | None, selected: _Selected
    ) -> Verdict | None:
        """Whether an item applies; None if its condition does not fit the facts."""
        if item.condition is None:
            return Verdict.YES
        facts = self._facts_about(own or _sole(selected.taken))
        try:
            return item.condition.judge(facts, self._now.days.instant_if_any)
        except InvalidValueError as refused:
            message = f"{own}: {refused.message}" if own else refused.message
            path = ("items", item.key, "condition")
            self.findings.append(Finding(path, refused.code, message))
            return None

    def _unknown(self, item: TemplateItem, own: Context | None, about: Context | None) -> Finding:
        assert item.condition is not None  # noqa: S101 -- no condition is never unknown
        names = missing(item.condition, self._facts_about(about))
        why = "its condition counts from a time that is not planned yet"
        if names:
            facts = "fact" if len(names) == 1 else "facts"
            named = shortened(" and ".join(names), 500)
            why = f"give the {facts} {named} in Given(facts=)"
        whose = f" for {own}" if own else ""
        return _if_must(item, "condition.unknown", f"left out{whose}: {why}")


def _sole(contexts: Sequence[Context]) -> Context | None:
    return contexts[0] if len(contexts) == 1 else None


# ------------------------------------------------------------------------------ contexts (S 6.2)


class _Selected(NamedTuple):
    taken: tuple[Context, ...]
    cut: tuple[Context, ...] = ()
    empty: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, wanted: Wanted, given: Mapping[str, Sequence[Context]], partner: Context
    ) -> _Selected:
        """Take the first of each kind, and sort what was taken."""
        kinds, certain, most = wanted
        if not kinds and not certain:
            return cls((partner,))
        taken: dict[Context, None] = dict.fromkeys(certain)
        cut: list[Context] = []
        for kind in kinds:
            of_kind = given.get(kind, ())
            taken |= dict.fromkeys(of_kind[:most])
            cut += of_kind[len(of_kind[:most]) :]
        cut = [context for context in cut if context not in taken]
        here = {context.kind for context in taken}
        empty = tuple(kind for kind in kinds if kind not in here)
        return cls(tuple(sorted(taken, key=by_kind_and_id)), tuple(cut), empty)

    @property
    def is_short(self) -> bool:
        return bool(self.cut or self.empty)

    def findings(self, item: TemplateItem) -> Iterator[Finding]:
        for kind in self.empty:
            yield warning(item, "context.kind-empty", f"no context of kind {kind} is given")
        if self.cut:
            cut = shortened(", ".join(map(str, self.cut)), 500)
            yield warning(item, "context.cut", f"max_contexts leaves out {cut}")


def _owns(item: TemplateItem, selected: _Selected) -> Sequence[Context | None]:
    """One for each planned task to be: its own context, if it has one."""
    if item.spread is Spread.ONE_EACH and selected.taken:
        return selected.taken
    return _TOGETHER


_TOGETHER = (None,)


def _any_of(item: TemplateItem) -> str:
    return " or ".join(item.context_kinds)


def _unmatched(step: Step, contexts: Sequence[Context]) -> Iterator[Finding]:
    for ask in step.asks:
        if ask.context_kind and ask.context_kind not in {context.kind for context in contexts}:
            message = (
                f"{ask.indicator.key} is not asked: no context of kind {ask.context_kind} is taken"
            )
            yield warning(step.item, "kpi.no-context", message)


def _if_must(item: TemplateItem, code: str, message: str) -> Finding:
    severity = Severity.ERROR if item.binding is Binding.MUST else Severity.WARNING
    return Finding(("items", item.key), code, message, severity)


def warning(item: TemplateItem, code: str, message: str) -> Finding:
    """Something worth knowing about an item."""
    return Finding(("items", item.key), code, message, Severity.WARNING)
