"""GitHub's expressions: text of the user that must not become one, and the values of a matrix."""

from collections.abc import Mapping, Sequence

from ci.plan import Job


def escaped(text: str) -> str:
    """Text that reaches its place unchanged, whatever ``${{`` it holds."""
    return text.replace("${{", "${{ '${{' }}")


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """An environment whose values are texts of the user."""
    return {name: escaped(value) for name, value in variables.items()}


def cell_values(job: Job) -> list[str]:
    """What stands for the values of a job's matrix cell."""
    return [axis_value(axis) for axis, _value in job.cell]


def axis_value(axis: str) -> str:
    """What stands for the value of one axis."""
    return f"${{{{ matrix.{axis} }}}}"


def in_every_cell(values: Sequence[str], cells: Sequence[Job]) -> str:
    """One text for a value that each cell of a matrix has for itself: the axis where they differ."""
    if len(set(values)) == 1:
        return escaped(values[0])
    names = [axis for axis, _value in cells[0].cell]
    return next(axis_value(axis) for axis in names if [dict(cell.cell)[axis] for cell in cells] == list(values))
