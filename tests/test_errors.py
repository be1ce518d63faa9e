import copy
import pickle
from collections.abc import Iterator

import pytest

from partnervisits import errors
from partnervisits.codec import DecodeError
from partnervisits.errors import (
    AmbiguousError,
    CalendarError,
    CatalogError,
    ConflictError,
    FindingsError,
    InvalidValueError,
    NotFoundError,
    OpenWorkError,
    PartnerVisitsError,
    ProposalError,
    TemplateError,
    TransitionError,
)
from partnervisits.findings import Finding

FINDINGS = (
    Finding(("items", "pitch"), "task.unknown", "name a task of the catalog"),
    Finding(("items", "survey"), "task.unknown", "name a task of the catalog"),
)
ERRORS: tuple[PartnerVisitsError, ...] = (
    InvalidValueError("decimal.float", "pass Decimal", "Target", "weight"),
    CalendarError("calendar.range", "take a smaller offset"),
    TransitionError("visit V-1", "PLANNED", "complete", ("cancel", "start")),
    NotFoundError("task", "pich", ("pitch",)),
    AmbiguousError("KPI", "pitch / share", ("product A", "product B")),
    FindingsError(FINDINGS),
    CatalogError(FINDINGS),
    TemplateError(FINDINGS),
    ProposalError(FINDINGS),
    OpenWorkError(FINDINGS),
    ConflictError(FINDINGS),
    DecodeError(FINDINGS),
)


def family(root: type[PartnerVisitsError]) -> Iterator[type[PartnerVisitsError]]:
    for each in root.__subclasses__():
        yield each
        yield from family(each)


def test_these_tests_know_every_error_there_is() -> None:
    public = {each for each in family(PartnerVisitsError) if not each.__name__.startswith("_")}
    assert public == {type(error) for error in ERRORS}
    of_the_room = {each.__name__ for each in public if each.__module__ == errors.__name__}
    assert of_the_room | {"PartnerVisitsError"} == set(errors.__all__)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_survives_pickling(error: PartnerVisitsError, protocol: int) -> None:
    """S 6.10."""
    revived = pickle.loads(pickle.dumps(error, protocol))  # noqa: S301 -- our own bytes
    assert type(revived) is type(error)
    assert vars(revived) == vars(error)
    assert str(revived) == str(error)
    assert revived.code == error.code


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_survives_copying(error: PartnerVisitsError) -> None:
    copied = copy.deepcopy(error)
    assert (type(copied), vars(copied)) == (type(error), vars(error))


@pytest.mark.parametrize(
    ("error", "kinds"),
    [
        (ERRORS[0], (ValueError,)),
        (ERRORS[1], (InvalidValueError, ValueError)),
        (ERRORS[3], (LookupError,)),
        (ERRORS[4], (LookupError,)),
        (ERRORS[6], (FindingsError,)),
        (ERRORS[7], (FindingsError,)),
        (ERRORS[8], (FindingsError,)),
        (ERRORS[9], (FindingsError,)),
        (ERRORS[10], (FindingsError,)),
        (ERRORS[11], (FindingsError, ValueError)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_is_caught_as_what_it_is(
    error: PartnerVisitsError, kinds: tuple[type[Exception], ...]
) -> None:
    assert isinstance(error, PartnerVisitsError)
    assert all(isinstance(error, kind) for kind in kinds)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ERRORS[0], "decimal.float"),
        (ERRORS[2], "transition.illegal"),
        (ERRORS[3], "lookup.missing"),
        (ERRORS[4], "lookup.ambiguous"),
        (ERRORS[5], "findings.blocking"),
        (ERRORS[9], "findings.blocking"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_error_has_a_stable_code(error: PartnerVisitsError, code: str) -> None:
    assert error.code == code


@pytest.mark.parametrize(
    ("owner", "field", "written"),
    [
        ("Target", "weight", "Target.weight: pass Decimal"),
        ("Target", "", "Target: pass Decimal"),
        ("", "weight", "weight: pass Decimal"),
        ("", "", "pass Decimal"),
    ],
)
def test_an_invalid_value_names_the_class_and_the_field_it_knows(
    owner: str, field: str, written: str
) -> None:
    assert str(InvalidValueError("decimal.float", "pass Decimal", owner, field)) == written


def test_an_invalid_value_seen_from_its_class_is_the_same_kind_of_error() -> None:
    error = CalendarError("calendar.range", "take a smaller offset").at("Offset", "amount")
    assert type(error) is CalendarError
    assert (error.code, error.message) == ("calendar.range", "take a smaller offset")
    assert (error.owner, error.field) == ("Offset", "amount")


def test_an_invalid_value_can_be_told_as_a_finding() -> None:
    error = InvalidValueError("decimal.float", "pass Decimal", "Target", "weight")
    assert error.finding("targets", 2) == Finding(("targets", 2), "decimal.float", "pass Decimal")


def test_an_illegal_verb_says_which_are_allowed() -> None:
    """S 5.1: the error names state, verb and what is allowed."""
    written = str(TransitionError("visit V-1", "PLANNED", "complete", ("cancel", "start")))
    assert written == "visit V-1 is PLANNED: complete is not allowed (allowed: cancel, start)"


def test_a_verb_on_a_final_state_says_that_nothing_is_allowed() -> None:
    """S 5.1: final states absorb."""
    written = str(TransitionError("visit V-1", "MISSED", "start", ()))
    assert written == "visit V-1 is MISSED: start is not allowed (nothing is: it is final)"


@pytest.mark.parametrize(
    ("candidates", "written"),
    [
        ((), "there is no task pich"),
        (("pitch", "patch"), "there is no task pich; the nearest: pitch, patch"),
    ],
)
def test_a_look_up_that_fits_nothing_names_the_nearest(
    candidates: tuple[str, ...], written: str
) -> None:
    assert str(NotFoundError("task", "pich", candidates)) == written


def test_a_look_up_that_fits_several_names_them() -> None:
    written = str(AmbiguousError("KPI", "pitch / share", ("product A", "product B")))
    assert written == "pitch / share fits several KPIs, name one: product A, product B"


@pytest.mark.parametrize(
    ("kind", "first_line"),
    [
        (FindingsError, "this cannot be done:"),
        (CatalogError, "the catalog is refused:"),
        (TemplateError, "the template is refused:"),
        (ProposalError, "the proposal cannot be accepted:"),
        (OpenWorkError, "there is open work:"),
        (ConflictError, "the changes are refused:"),
        (DecodeError, "the document is refused:"),
    ],
)
def test_an_error_of_findings_lists_all_of_them_in_order(
    kind: type[FindingsError], first_line: str
) -> None:
    error = kind(reversed(FINDINGS))
    assert error.findings == FINDINGS
    assert str(error).splitlines() == [
        first_line,
        "  error: items.pitch: name a task of the catalog [task.unknown]",
        "  error: items.survey: name a task of the catalog [task.unknown]",
    ]
