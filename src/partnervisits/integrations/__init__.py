"""The library beside other packages: one file for each, behind an extra of the same name.

`partnervisits.integrations.sqlalchemy` keeps records in a host's database. Nothing else in the
library imports these files, so that nobody needs the packages who does not use them.
"""

__all__: list[str] = []


def __dir__() -> list[str]:
    return sorted(__all__)
