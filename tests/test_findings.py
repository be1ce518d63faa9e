from itertools import permutations

import pytest

from partnervisits.findings import Finding, Path, Severity, blocking, in_order


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ((), ""),
        (("items",), "items"),
        (("items", "pitch", "targets", 0), "items.pitch.targets[0]"),
        (("items", 3, "after", 1), "items[3].after[1]"),
        ((2, "key"), "[2].key"),
    ],
)
def test_a_finding_writes_its_path_from_the_outside_in(path: Path, location: str) -> None:
    assert Finding(path, "task.unknown", "name a task of the catalog").location == location


def test_a_finding_blocks_unless_it_is_said_to_be_a_warning() -> None:
    assert Finding((), "task.unknown", "name another").severity is Severity.ERROR


def test_a_finding_reads_as_severity_place_message_and_code() -> None:
    finding = Finding(("tasks", 1), "task.unknown", "name another", Severity.WARNING)
    assert str(finding) == "warning: tasks[1]: name another [task.unknown]"


def test_a_finding_without_a_path_names_no_place() -> None:
    finding = Finding((), "task.unknown", "name another")
    assert str(finding) == "error: name another [task.unknown]"


def test_a_finding_seen_from_further_out_has_a_longer_path() -> None:
    finding = Finding(("after", 0), "task.unknown", "name another", Severity.WARNING)
    assert finding.under("items", 2) == Finding(
        ("items", 2, "after", 0), "task.unknown", "name another", Severity.WARNING
    )


ORDERED = (
    Finding((), "b.code", "m"),
    Finding((2,), "b.code", "m"),
    Finding((10,), "b.code", "m"),
    Finding(("a",), "b.code", "m"),
    Finding(("a", "b"), "a.code", "n"),
    Finding(("a", "b"), "b.code", "m"),
    Finding(("a", "b"), "b.code", "n", Severity.ERROR),
    Finding(("a", "b"), "b.code", "n", Severity.WARNING),
)


def test_findings_are_sorted_by_path_code_message_and_severity_however_they_come() -> None:
    """S 6.1: positions by number and before keys."""
    assert in_order(reversed(ORDERED)) == ORDERED
    assert {in_order(some) for some in permutations(ORDERED[-4:])} == {ORDERED[-4:]}


def test_equal_findings_are_kept_once() -> None:
    assert in_order([ORDERED[0], ORDERED[1], ORDERED[0]]) == ORDERED[:2]


def test_only_errors_block_and_keep_their_order() -> None:
    first, second = Finding((), "z.code", "m"), Finding((), "a.code", "m")
    warning = Finding((), "b.code", "m", Severity.WARNING)
    assert blocking([first, warning, second]) == (first, second)
