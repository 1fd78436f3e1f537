"""The names of jobs, artifacts and reports, as the plan uses them and ``checks`` compares them."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from ci import model

#: The axis values of one job of a matrix, in the order of the axes.
Cell = tuple[tuple[str, str], ...]


def cells(matrix: Mapping[str, Sequence[model.MatrixValue]]) -> Iterator[Cell]:
    """Each combination of a matrix; one empty combination where there is none."""
    return product(*([(axis, str(value)) for value in values] for axis, values in matrix.items()))


def in_cell(name: str, cell: Cell) -> str:
    """What a job or an artifact is called in files: ``test-3.13``."""
    return "-".join([name, *(value for _axis, value in cell)])


def in_words(name: str, cell: Cell) -> str:
    """What people call a job: ``test (3.13)``."""
    return f"{name} ({', '.join(value for _axis, value in cell)})" if cell else name


def reports(found: model.Reports) -> list[tuple[str, str]]:
    """Kind and path of each report of a job."""
    given = (
        ("junit", found.junit), ("benchmark", found.benchmark), ("flake8", found.flake8), ("page", found.page),
    )
    return [(kind, path) for kind, path in given if path]


def of_report(slug: str, kind: str) -> str:
    """The name of a report among the artifacts of a run: ``test-3.13-junit``."""
    return f"{slug}-{kind}"
