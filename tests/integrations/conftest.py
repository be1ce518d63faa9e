from collections.abc import Generator

import pytest

from tests.integrations.doors import DATABASES, Database, needs_postgresql


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgresql)])
def database(request: pytest.FixtureRequest) -> Generator[Database]:
    """Empty tables in a database of either kind."""
    with DATABASES[request.param]() as made:
        yield made
