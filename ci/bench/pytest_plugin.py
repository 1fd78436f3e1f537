"""What an installed tool tells pytest (entry-point group ``pytest11``): the marker that `ci bench` reads."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_configure(config: "pytest.Config") -> None:
    """Declare the marker, so that ``--strict-markers`` knows it."""
    config.addinivalue_line("markers", "benchmark_gate(tolerance): by how much `ci bench` lets it become slower")
