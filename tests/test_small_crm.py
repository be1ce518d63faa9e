"""The small CRM of the documentation fulfils the whole contract of a store (S 10.7)."""

from __future__ import annotations

import importlib.util
import runpy
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from partnervisits.repositories import CONTRACT, Changes, Noun, Store
from partnervisits.testing import Capability, StoreContract, a_visit
from tests.places import DOCS

SCRIPT = DOCS / "examples" / "small_crm.py"
MOST_LINES = 200


def load() -> Any:
    spec = importlib.util.spec_from_file_location("small_crm", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SMALL_CRM = load()


class Door:
    """Each call in a transaction of its own, as a host that has no other work to do in it."""

    contract = CONTRACT
    indicators: Any
    tasks: Any
    templates: Any
    visits: Any
    plans: Any
    readings: Any
    overrides: Any
    rules: Any
    follow_ups: Any

    def __init__(self, crm: Any) -> None:
        self.crm = crm
        for noun in Noun:
            setattr(self, noun.value, Reader(crm, noun.value))

    def apply(self, changes: Changes, /) -> None:
        with self.crm.begin() as database:
            SMALL_CRM.CrmStore(database).apply(changes)


class Reader:
    def __init__(self, crm: Any, noun: str) -> None:
        self._crm = crm
        self._noun = noun

    @contextmanager
    def _open(self) -> Generator[Any]:
        with self._crm.connect() as database:
            yield getattr(SMALL_CRM.CrmStore(database), self._noun)

    def get(self, id: str, /) -> Any:
        with self._open() as records:
            return records.get(id)

    def find(self, filter: Any = None, /, **page: Any) -> Any:
        with self._open() as records:
            return records.find(filter, **page)


class RolledBack(Exception):  # noqa: N818 -- no error: how the host ends its transaction
    pass


class TestSmallCrm(StoreContract):
    capabilities = frozenset(Capability)
    traced = ("small_crm",)

    @contextmanager
    def make_store(self) -> Generator[Store]:
        with TemporaryDirectory() as folder:
            crm = SMALL_CRM.Crm(Path(folder) / "crm.db")
            crm.create()
            yield Door(crm)

    @contextmanager
    def transaction(self, store: Store) -> Generator[Store]:
        assert isinstance(store, Door)
        with suppress(RolledBack), store.crm.begin() as database:
            yield SMALL_CRM.CrmStore(database)
            raise RolledBack


def test_the_small_crm_is_small() -> None:
    assert len(SCRIPT.read_text("utf-8").splitlines()) < MOST_LINES


def test_the_small_crm_plans_a_visit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["small_crm.py", str(tmp_path / "crm.db")])
    _ = runpy.run_path(str(SCRIPT), run_name="__main__")
    assert "Pitch the new e-bike            2026-03-16" in capsys.readouterr().out


def test_a_write_that_fails_leaves_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    suite = TestSmallCrm()
    with suite.make_store() as store:
        store.apply(Changes.create(a_visit()))
        held = store.visits.get("V-1")

        def fail(_: object) -> str:
            raise OSError("the disk is full")

        monkeypatch.setattr(SMALL_CRM.codec, "dumps", fail)
        with pytest.raises(OSError, match="full"):
            store.apply(held.replaced_by(a_visit(contacts=["lee"])))
        monkeypatch.undo()
        assert store.visits.find() == (held,)
