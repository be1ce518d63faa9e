from __future__ import annotations
def described(kind, held): return {}
