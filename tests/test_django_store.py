"""The store over Django's ORM of the documentation fulfils the whole contract (S 10.7)."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django
import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.backends.signals import connection_created

from partnervisits.repositories import Store
from partnervisits.testing import Capability, StoreContract
from tests.places import DOCS

SCRIPT = DOCS / "examples" / "django_store.py"
MOST_LINES = 150

DATABASE = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {"timeout": 60, "init_command": "PRAGMA journal_mode = WAL"},
}
SETTINGS = {
    "INSTALLED_APPS": ["visits"],
    "DATABASES": {"default": DATABASE},
    "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
}


def load() -> Any:
    """The models of an app that the example was copied to."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        app = Path(folder) / "visits"
        app.mkdir()
        (app / "__init__.py").touch()
        _ = shutil.copy(SCRIPT, app / "models.py")
        patch.setattr(sys, "path", [folder, *sys.path])
        if not settings.configured:
            settings.configure(**SETTINGS)
            django.setup()
        return import_module("visits.models")


MODELS = load()
TABLES = (MODELS.Row, MODELS.Said, MODELS.Clock)


@pytest.fixture(scope="module", autouse=True)
def _tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    connections.settings["default"]["NAME"] = tmp_path_factory.mktemp("django") / "db.sqlite3"
    with connection.schema_editor() as editor:
        for table in TABLES:
            editor.create_model(table)
    yield
    connections.close_all()


class RolledBack(Exception):  # noqa: N818 -- no error: how the host ends its transaction
    pass


class TestDjangoStore(StoreContract):
    capabilities = frozenset(Capability)

    @contextmanager
    def make_store(self) -> Generator[Store]:
        for table in TABLES:
            table.objects.all().delete()
        yield MODELS.DjangoStore()

    @contextmanager
    def beside(self, store: Store) -> Generator[Store]:
        """Each thread that meets another has a connection of its own, which nobody else closes."""
        made: list[Any] = []

        def remember(*, connection: Any, **_: Any) -> None:
            made.append(connection)

        connection_created.connect(remember)
        yield store
        _ = connection_created.disconnect(remember)
        for each in made:
            each.inc_thread_sharing()
            each.close()

    @contextmanager
    def transaction(self, store: Store) -> Generator[Store]:
        with suppress(RolledBack), transaction.atomic():
            yield store
            raise RolledBack


def test_the_store_over_django_is_small() -> None:
    assert len(SCRIPT.read_text("utf-8").splitlines()) < MOST_LINES
