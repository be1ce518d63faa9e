from enum import Enum

import pytest

from partnervisits.errors import TransitionError
from partnervisits.lifecycles import Lifecycle


class Light(Enum):
    RED = "red"
    GREEN = "green"
    BROKEN = "broken"


ROWS = [
    (Light.RED, "switch", Light.GREEN),
    (Light.GREEN, "switch", Light.RED),
    (Light.GREEN, "smash", Light.BROKEN),
    (Light.RED, "smash", Light.BROKEN),
]
LIGHTS = Lifecycle(ROWS)


def test_a_lifecycle_keeps_its_rows_in_the_order_of_a_life() -> None:
    assert Lifecycle(iter(ROWS)).table == tuple(ROWS)


@pytest.mark.parametrize(("state", "verb", "after"), ROWS)
def test_a_verb_leads_where_the_table_says(state: Light, verb: str, after: Light) -> None:
    """S 5.1."""
    assert LIGHTS.after(state, verb, "the light") is after


@pytest.mark.parametrize(
    ("state", "verbs"),
    [(Light.RED, ("smash", "switch")), (Light.GREEN, ("smash", "switch")), (Light.BROKEN, ())],
)
def test_a_state_allows_the_verbs_of_its_rows_sorted(state: Light, verbs: tuple[str, ...]) -> None:
    """S 5.1."""
    assert LIGHTS.allowed(state) == verbs


def test_a_state_that_allows_nothing_is_final() -> None:
    """S 5.1."""
    assert [LIGHTS.is_final(state) for state in Light] == [False, False, True]


@pytest.mark.parametrize(
    ("state", "verb", "allowed"),
    [
        (Light.BROKEN, "switch", ()),
        (Light.BROKEN, "smash", ()),
        (Light.RED, "paint", ("smash", "switch")),
    ],
)
def test_a_verb_without_a_row_is_an_error_that_says_what_is_allowed(
    state: Light, verb: str, allowed: tuple[str, ...]
) -> None:
    """S 5.1."""
    with pytest.raises(TransitionError) as caught:
        _ = LIGHTS.after(state, verb, "the light")
    error = caught.value
    assert error.code == "transition.illegal"
    assert (error.subject, error.state, error.verb) == ("the light", state.name, verb)
    assert error.allowed == allowed
    assert error.__cause__ is None
