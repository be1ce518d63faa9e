"""Definitions that belong together, and what is wrong or doubtful about a template (S 2.2, S 3.6).

A `Catalog` refuses what refers to nothing or does not fit. `lint` looks at one template, published
or not, and finds besides what works and is probably not meant.
"""

from partnervisits.catalog._catalog import Catalog, reference_findings
from partnervisits.catalog._lint import lint

__all__ = ["Catalog", "lint", "reference_findings"]


def __dir__() -> list[str]:
    return sorted(__all__)
