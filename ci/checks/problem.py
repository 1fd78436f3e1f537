"""What a check finds, and where in a definition it looks."""

from collections.abc import Iterator

from msgspec import Struct

from ci import model
from ci.toml_lines import Path


class Problem(Struct, frozen=True, order=True):
    """Something wrong at ``path`` of the definition, in words."""

    path: Path
    text: str


def jobs(pipeline: model.Pipeline) -> Iterator[tuple[Path, model.Stage, model.Stage | model.Job]]:
    """Each job before its matrix is expanded, with its path and its stage."""
    for number, stage in enumerate(pipeline.stage):
        if stage.job:
            for index, job in enumerate(stage.job):
                yield ("stage", number, "job", index), stage, job
        else:
            yield ("stage", number), stage, stage
