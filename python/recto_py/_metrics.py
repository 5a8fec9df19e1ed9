"""Sums over rows that were repaired."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Metrics:
    """Sums over rows. Those of parts add up: ``a + b``, ``sum(parts, Metrics())``; equal for equal rows in any order."""

    #: Rows in all.
    rows: int = 0
    #: Rows that are null.
    nulls: int = 0
    #: Rows whose text changed.
    changed: int = 0
    #: Rows of which something, or all, was left as it is for a reason.
    kept: int = 0
    #: Repairs by recipe, as in ``utf-8>windows-1252``.
    repairs: dict[str, int] = field(default_factory=dict)
    #: Repairs by certainty: ``proved``, ``likely``.
    certainty: dict[str, int] = field(default_factory=dict)
    #: Spans, and rows that cannot be read, that were left as they are, by reason.
    left: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("repairs", "certainty", "left"):
            setattr(self, name, dict(sorted(getattr(self, name).items())))

    def __iadd__(self, other: Metrics) -> Metrics:
        for name, value in vars(other).items():
            mine = getattr(self, name)
            if isinstance(value, dict):
                keys = sorted(mine.keys() | value.keys())
                setattr(self, name, {key: mine.get(key, 0) + value.get(key, 0) for key in keys})
            else:
                setattr(self, name, mine + value)
        return self

    def __add__(self, other: Metrics) -> Metrics:
        if not isinstance(other, Metrics):
            return NotImplemented
        total = Metrics()
        total += self
        total += other
        return total

    def __radd__(self, other: Any) -> Metrics:
        # `sum` starts with 0.
        return Metrics() + self if other == 0 else NotImplemented

    def to_dict(self) -> dict[str, Any]:
        """Returns the sums as plain values, for JSON; ``Metrics(**it)`` is the way back."""
        return asdict(self)
