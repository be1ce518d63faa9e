"""`python -m partnervisits`: reports on a book, and prints it for people or as data.

    partnervisits                  the report on the built-in example
    partnervisits report BOOK      the same on a book: a JSON document, or - for standard input
    partnervisits check BOOK       what in a book is wrong or doubtful, one a line
    partnervisits schema [KIND]    the JSON Schema of a kind of documents; without KIND the kinds
    partnervisits example          the book of the built-in example

What it prints is UTF-8, whatever the locale. The exit status is 0; 1 if `check` found an error; 2
if the input cannot be read or the output cannot be written, and standard error says why.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import NoReturn, TextIO, cast

from partnervisits import codec, example, reports
from partnervisits.books import Book
from partnervisits.errors import FindingsError, NotFoundError
from partnervisits.findings import blocking
from partnervisits.lookups import by_key
from partnervisits.values import day

__all__ = ["TODAY", "main", "report"]

TODAY = date(2026, 3, 17)
"""The day of the report on the built-in example."""

_Action = Callable[[argparse.Namespace], tuple[str, int]]

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What a terminal could take for a command, or show in another order than it stands.
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def report() -> str:
    """The example as text: the visit, the plan, the scorecard and the follow-ups."""
    return str(reports.report(example.book(), as_of=TODAY))


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments ask for.

    Args:
        arguments: Those of the command line if None.

    Returns:
        The exit status.

    Raises:
        SystemExit: the arguments ask for nothing that there is, or for help.
    """
    asked = _parser().parse_args(arguments)
    try:
        text, status = cast("_Action", asked.action)(asked)
        _write(sys.stdout, text, "standard output")
    except FindingsError as refused:
        return _refused(f"{asked.book}: {finding}" for finding in refused.findings)
    except NotFoundError as refused:
        return _refused([str(refused)])
    except OSError as refused:
        return _refused([f"{refused.filename or asked.book}: {refused.strerror}"])
    return status


# ----------------------------------------------------------------------------------- what there is


def _example(_: argparse.Namespace) -> tuple[str, int]:
    return report(), 0


def _example_book(_: argparse.Namespace) -> tuple[str, int]:
    return _as_json(codec.encode(example.book())), 0


def _report(asked: argparse.Namespace) -> tuple[str, int]:
    found = reports.report(_book(asked.book), as_of=asked.as_of, template=asked.template)
    return _as_json(reports.as_data(found)) if asked.json else str(found), 0


def _check(asked: argparse.Namespace) -> tuple[str, int]:
    found = _book(asked.book).check()
    return "\n".join(_on_one_line(str(each)) for each in found), 1 if blocking(found) else 0


def _schema(asked: argparse.Namespace) -> tuple[str, int]:
    kinds = codec.kinds()
    if asked.kind is None:
        return "\n".join(sorted(kinds)), 0
    return _as_json(codec.json_schema(by_key(kinds, asked.kind, "kind"))), 0


def _as_json(data: dict[str, object]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)


# --------------------------------------------------------------------------------------- arguments


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        super().error(_shown(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="partnervisits", description="Report on visits to partners: by default on an example."
    )
    parser.set_defaults(action=_example, book="")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    asks = _command(commands.add_parser, "report", _report, "what a book says of its visits")
    _ = asks.add_argument("book", metavar="BOOK", help="a JSON document; - for standard input")
    _ = asks.add_argument("--as-of", type=_day, metavar="DATE", help="today, as 2026-03-17")
    _ = asks.add_argument(
        "--template", metavar="KEY", help="what visits without a plan are planned from"
    )
    _ = asks.add_argument("--json", action="store_true", help="the same as data")
    asks = _command(commands.add_parser, "check", _check, "what is wrong with a book, one a line")
    _ = asks.add_argument("book", metavar="BOOK", help="a JSON document; - for standard input")
    asks = _command(commands.add_parser, "schema", _schema, "the JSON Schema of a kind")
    _ = asks.add_argument("kind", metavar="KIND", nargs="?", help="left out, the kinds are listed")
    _ = _command(commands.add_parser, "example", _example_book, "the book of the example")
    return parser


def _command(
    add: Callable[..., argparse.ArgumentParser], name: str, action: _Action, purpose: str
) -> argparse.ArgumentParser:
    command = add(name, allow_abbrev=False, help=purpose, description=f"Print {purpose}.")
    command.set_defaults(action=action)
    return command


def _day(text: str) -> date:
    try:
        if _DATE.fullmatch(text):
            return day(date.fromisoformat(text))
    except ValueError:
        pass
    message = f"write a date such as 2026-03-17, from 1900 to 2200, not {text!r}"
    raise argparse.ArgumentTypeError(message)


# ------------------------------------------------------------------------------- files and streams


def _book(name: str) -> Book:
    return codec.loads(_read(name), Book)


def _read(name: str) -> bytes:
    """At most one byte more than may be read, which is one too many."""
    most = codec.Limits().size + 1
    if name == "-":
        return _there(sys.stdin, "standard input").buffer.read(most)
    with Path(name).open("rb") as file:
        return file.read(most)


def _there(stream: TextIO | None, name: str) -> TextIO:
    if stream is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF), name)
    return stream


def _write(stream: TextIO | None, text: str, name: str) -> None:
    held = _there(stream, name)
    try:
        _ = held.buffer.write(f"{_shown(text)}\n".encode() if text else b"")
        held.flush()
    except OSError as error:
        _let_go(held)
        raise OSError(error.errno, error.strerror, name) from None


def _let_go(stream: TextIO) -> None:
    """Write what is left of it to nowhere, so that nothing else fails when the process ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    _ = os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _refused(problems: Iterable[str]) -> int:
    with suppress(OSError):
        _write(sys.stderr, "\n".join(_on_one_line(each) for each in problems), "standard error")
    return 2


def _on_one_line(text: str) -> str:
    return text.replace("\n", r"\n")


def _shown(text: str) -> str:
    return _CONTROL.sub(lambda found: ascii(found.group())[1:-1], text)


if __name__ == "__main__":
    sys.exit(main())
