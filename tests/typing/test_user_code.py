"""What users write is accepted by mypy; pyright and the linters read the same file elsewhere."""

from mypy import api

from partnervisits.followups import FollowUpReview
from tests.places import TESTS
from tests.typing import user_code


def test_what_users_write_runs() -> None:
    assert user_code.story() == FollowUpReview()


def test_what_users_write_is_accepted_by_mypy() -> None:
    code = str(TESTS / "typing" / "user_code.py")
    report, errors, status = api.run(["--strict", "--no-error-summary", code])
    assert (report, errors, status) == ("", "", 0)
