"""What the host adds is merged into what does the same work already (S 6.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from partnervisits.contexts import Context
from partnervisits.findings import Finding
from partnervisits.plans import Cause, LeftOut, Origin
from partnervisits.proposals._slots import Choice, Slot, warning
from partnervisits.templates import Binding, TemplateItem

_STRENGTH = {Binding.COULD: 0, Binding.MUST_UNLESS_DOCUMENTED: 1, Binding.MUST: 2}
_LONGEST = 4000

Into: TypeAlias = Mapping[str, Sequence[str]]
"""The items that do the work of one that was merged, by key; itself first if some of it is left."""


class Merged(NamedTuple):
    """A choice in which no added item repeats work, and who does that work instead."""

    choice: Choice
    into: Into


def merge_added(choice: Choice, items: Iterable[TemplateItem]) -> Merged:
    """Merge each added slot into the first that is about the same with the same task."""
    merger = _Merger(items)
    for slot in choice.slots:
        merger.take(slot)
    left_out = [*choice.left_out, *merger.left_out]
    findings = [*choice.findings, *merger.findings]
    return Merged(Choice(merger.slots, left_out, findings), merger.into())


class _Merger:
    def __init__(self, items: Iterable[TemplateItem]) -> None:
        self._places: dict[tuple[str, Context], list[int]] = {}
        self._waiting: dict[str, list[str]] = {}
        for item in items:
            for key in item.dated_after:
                self._waiting.setdefault(key, []).append(item.key)
        self._hosts: dict[str, dict[str, None]] = {}
        self.slots: list[Slot] = []
        self.left_out: list[LeftOut] = []
        self.findings: list[Finding] = []

    def take(self, slot: Slot) -> None:
        """Plan a slot, or merge it."""
        host = self._host_of(slot) if slot.step.origin is Origin.ADDED else None
        if host is not None:
            self._merge(slot, host)
            return
        for context in slot.contexts:
            self._places.setdefault((slot.step.item.task, context), []).append(len(self.slots))
        self.slots.append(slot)

    def into(self) -> Into:
        """Who does the work of each item that was merged."""
        here = {slot.step.item.key for slot in self.slots}
        return {
            key: (key, *hosts) if key in here else tuple(hosts)
            for key, hosts in self._hosts.items()
        }

    def _host_of(self, added: Slot) -> int | None:
        places = self._places.get((added.step.item.task, added.contexts[0]))
        if not places:
            return None
        waiting = self._all_waiting_for(added.step.item.key)
        for place in places:
            slot = self.slots[place]
            # Whoever waits for the added item cannot do its work: that would be a circle.
            if slot.step.item.key not in waiting and _does(slot, added):
                return place
        return None

    def _all_waiting_for(self, key: str) -> set[str]:
        found = {key}
        ahead = [key]
        while ahead:
            for each in self._waiting.get(ahead.pop(), ()):
                if each not in found:
                    found.add(each)
                    ahead.append(each)
        return found

    def _merge(self, added: Slot, place: int) -> None:
        host = self.slots[place]
        self.slots[place], findings = _merged(host, added)
        self.findings += findings
        key, by = added.step.item.key, host.step.item.key
        self.left_out.append(LeftOut(key, Cause.MERGED, added.sole_context, None, by))
        self._hosts.setdefault(key, {})[by] = None
        self._waiting.setdefault(by, []).append(key)


def _does(slot: Slot, added: Slot) -> bool:
    return set(added.contexts) <= set(slot.contexts) and all(
        added.asked_of(context) <= slot.asked_of(context) for context in added.contexts
    )


def _merged(host: Slot, added: Slot) -> tuple[Slot, list[Finding]]:
    item = added.step.item
    instructions = _joined(host.step.instructions, item.instructions)
    found = list(_lost(item, host.step.item))
    if len(instructions) > _LONGEST:
        instructions = host.step.instructions
        message = f"its instructions do not fit into those of {host.step.item.key}: shorten them"
        found.append(warning(item, "added.instructions", message))
    step = host.step._replace(
        binding=max(host.step.binding, item.binding, key=_STRENGTH.__getitem__),
        instructions=instructions,
        serves=tuple(dict.fromkeys((*host.step.serves, item.serves or item.key))),
    )
    return host._replace(step=step), found


def _joined(instructions: str, more: str) -> str:
    """Both, one after the other, and what stands there already not twice."""
    if not more or f"\n{more}\n" in f"\n{instructions}\n":
        return instructions
    return f"{instructions}\n{more}" if instructions else more


def _lost(added: TemplateItem, host: TemplateItem) -> Iterator[Finding]:
    asked = ["due", "after", "role", "targets"]
    if added.serves is not None:
        # What is carried along asks for the measurement: when, and by which target, is the host's.
        asked = ["due", "after", "role"] if added.due else ["after", "role"]
    own = {field: getattr(added, field) for field in asked}
    lost = [
        field
        for field, value in own.items()
        if (value or field == "due") and value != getattr(host, field)
    ]
    if lost:
        message = f"merged into {host.key}, which keeps its own {', '.join(lost)}"
        yield warning(added, "added.merged", message)
