"""What the host adds is merged into what does the same work already (S 6.7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from partnervisits.findings import Finding
from partnervisits.plans import Cause, LeftOut, Origin
from partnervisits.proposals._slots import Choice, Slot, warning
from partnervisits.templates import Binding, Prerequisite, TemplateItem

_STRENGTH = {Binding.COULD: 0, Binding.MUST_UNLESS_DOCUMENTED: 1, Binding.MUST: 2}
_LONGEST = 4000

After: TypeAlias = Mapping[str, tuple[Prerequisite, ...]]
"""What comes before each item, by key."""


Into: TypeAlias = Mapping[str, Sequence[str]]
"""The items that took the place of one that was merged, by key."""


class Merged(NamedTuple):
    """A choice in which no added item repeats work, and what comes before what now."""

    choice: Choice
    after: After
    into: Into


def merge_added(choice: Choice, after: After, items: Iterable[TemplateItem]) -> Merged:
    """Merge each added slot into the first that is about the same with the same task."""
    slots: list[Slot] = []
    left_out, found = list(choice.left_out), list(choice.findings)
    needs = {item.key: [*item.dated_after] for item in items}
    into: dict[str, list[str]] = {}
    for slot in choice.slots:
        key = slot.step.item.key
        host = _host_of(slot, slots, needs) if slot.step.origin is Origin.ADDED else None
        if host is None:
            slots.append(slot)
            continue
        slots[host], findings = _merged(slots[host], slot)
        found += findings
        by = slots[host].step.item.key
        left_out.append(LeftOut(key, Cause.MERGED, slot.own_context, None, by))
        needs[key].append(by)
        if by not in into.setdefault(key, []):
            into[key].append(by)
    for key in {slot.step.item.key for slot in slots} & into.keys():
        del into[key]  # merged in part only: it is still planned on its own
    replaced = {key: tuple(map(Prerequisite, hosts)) for key, hosts in into.items()}
    return Merged(Choice(slots, left_out, found), {**after, **replaced}, into)


def _host_of(added: Slot, slots: Sequence[Slot], needs: Mapping[str, Sequence[str]]) -> int | None:
    task = added.step.item.task
    for position, slot in enumerate(slots):
        if slot.step.item.task != task or slot.step.item.key == added.step.item.key:
            continue
        same_work = set(added.contexts) <= set(slot.contexts) and added.asked <= slot.asked
        if same_work and not _needs(slot.step.item.key, added.step.item.key, needs):
            return position
    return None


def _needs(key: str, other: str, needs: Mapping[str, Sequence[str]]) -> bool:
    seen: set[str] = set()
    waiting = [key]
    while waiting:
        each = waiting.pop()
        if each == other:
            return True
        if each not in seen:
            seen.add(each)
            waiting += needs[each]
    return False


def _merged(host: Slot, added: Slot) -> tuple[Slot, list[Finding]]:
    item = added.step.item
    both = (host.step.instructions, added.step.instructions)
    instructions = "\n".join(dict.fromkeys(filter(None, both)))
    found = list(_lost(added, host))
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


def _lost(added: Slot, host: Slot) -> Iterator[Finding]:
    item = added.step.item
    own = {"due": item.due, "after": item.after, "role": item.role, "targets": item.targets}
    lost = [field for field, value in own.items() if value]
    if lost:
        message = f"merged into {host.step.item.key}: its {', '.join(lost)} do not apply"
        yield warning(item, "added.merged", message)
