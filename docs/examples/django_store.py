"""A store over Django's ORM: copy it to the `models.py` of an app of yours.

SQLite orders by code point, as the contract asks (C8). On PostgreSQL each `TextField` needs
`db_collation="C"` for it.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import attrs
from django.db import models, transaction

from partnervisits import codec
from partnervisits.errors import NotFoundError
from partnervisits.repositories import (
    Changes,
    Cursor,
    Filter,
    Noun,
    Put,
    Stored,
    order_key,
    range_of,
    said_by,
    wanted_by,
)

Text: TypeAlias = "models.TextField[str, str]"
Number: TypeAlias = "models.BigIntegerField[int, int]"


class Row(models.Model):
    """A record, as a document."""

    noun: Text = models.TextField()
    name: Text = models.TextField()
    place: Text = models.TextField()
    revision: Number = models.BigIntegerField()
    document: Text = models.TextField()

    class Meta:
        ordering = ("place", "name")
        constraints = (models.UniqueConstraint(fields=["name", "noun"], name="one_row"),)
        indexes = (models.Index(fields=["noun", "place", "name"], name="in_order"),)


class Said(models.Model):
    """What a record says to a field of its filter."""

    row: models.ForeignKey[Row, Row] = models.ForeignKey(Row, models.CASCADE)
    facet: Text = models.TextField()
    text: Text = models.TextField()

    class Meta:
        indexes = (models.Index(fields=["facet", "text", "row"], name="said_by"),)


class Clock(models.Model):
    """One row with the number of the last batch. Whoever counts it up has locked out the others."""

    number: Number = models.BigIntegerField(default=0)

    @classmethod
    def tick(cls) -> int:
        """The number of a new batch; the others wait until the transaction ends."""
        _ = cls.objects.bulk_create([cls(pk=1)], ignore_conflicts=True)
        _ = cls.objects.filter(pk=1).update(number=models.F("number") + 1)
        return cls.objects.get(pk=1).number


@attrs.frozen
class Records:
    """Reads one noun: a `Repository`."""

    noun: Noun

    def get(self, id: str, /) -> Stored[Any]:
        """One record by its id."""
        for row in Row.objects.filter(noun=self.noun.value, name=id):
            return self._stored(row)
        raise NotFoundError(self.noun.value, id, ())

    def find(
        self, filter: Any = None, /, *, after: Cursor | None = None, limit: int | None = None
    ) -> tuple[Stored[Any], ...]:
        """A page of records in their order."""
        rows = Row.objects.filter(noun=self.noun.value)
        if filter is not None:
            rows = rows.filter(_asked(filter))
        if after is not None:
            rows = rows.filter(place__gte=after.order_key)
            rows = rows.exclude(place=after.order_key, name__lte=after.id)
        return tuple(map(self._stored, rows[:limit]))

    def _stored(self, row: Row) -> Stored[Any]:
        return Stored[Any](codec.loads(row.document, self.noun.kind), str(row.revision))


def _asked(wanted: Filter) -> models.Q:
    asked = models.Q()
    for facet, texts in wanted_by(wanted).items():
        asked &= models.Q(pk__in=Said.objects.filter(facet=facet, text__in=texts).values("row"))
    within = range_of(wanted)
    return asked & models.Q(place__gte=within[0], place__lt=within[1]) if within else asked


class DjangoStore:
    """A `Store` in the database of the project; `transaction.atomic()` around it is the host's."""

    contract = 1
    indicators = Records(Noun.INDICATORS)
    tasks = Records(Noun.TASKS)
    templates = Records(Noun.TEMPLATES)
    visits = Records(Noun.VISITS)
    plans = Records(Noun.PLANS)
    readings = Records(Noun.READINGS)
    overrides = Records(Noun.OVERRIDES)
    rules = Records(Noun.RULES)
    follow_ups = Records(Noun.FOLLOW_UPS)

    def apply(self, changes: Changes, /) -> None:
        """Lock, look up, let the library decide, write; or leave everything as it was."""
        with transaction.atomic():  # a savepoint, if the host has begun a transaction
            number = Clock.tick()
            found = Row.objects.filter(name__in=[name for _, name in changes.keys])
            rows = {(Noun(row.noun), row.name): row for row in found.defer("document")}
            there = {key: str(row.revision) for key, row in rows.items()}
            writes = changes.against(there, lambda name: self.readings.get(name).value)
            gone = [rows[key].pk for key in writes.keys & rows.keys()]
            _ = Row.objects.filter(pk__in=gone).delete()
            for put in writes.puts:
                _write(put, number)


def _write(put: Put, number: int) -> None:
    row = Row(noun=put.noun.value, name=put.id, place=order_key(put.value), revision=number)
    row.document = codec.dumps(put.value)
    row.save(force_insert=True)
    said = said_by(put.value).items()
    rows = [Said(row=row, facet=facet, text=text) for facet, texts in said for text in texts]
    _ = Said.objects.bulk_create(rows)
