"""The keys of ``[target.jenkins]``."""

from typing import Annotated

from msgspec import Meta

from ci.model import Name, Table

LabelExpression = Annotated[str, Meta(pattern=r"^[!-~]([ -~]*[!-~])?$", description="A label expression of Jenkins.")]
Image = Annotated[
    str,
    Meta(
        pattern=r"^([A-Za-z0-9._/:@+-]|\{python\})+$",
        description="Container image; {python} becomes the job's Python version.",
    ),
]
CronLine = Annotated[
    str, Meta(pattern=r"^[0-9H*/,()-]+( [0-9H*/,()-]+){4}$", description="Five cron fields as Jenkins reads them.")
]
People = Annotated[
    str, Meta(pattern=r"^[\w.@-]+(, ?[\w.@-]+)*$", description="User and group names, with commas between.")
]


class Options(Table, frozen=True, kw_only=True):
    """Settings of the Jenkins target; ``docs/jenkins-pipeline.md`` explains them."""

    docker: Annotated[bool, Meta(description="Run jobs that name a Python in a container.")] = False
    image: Image = "python:{python}"
    labels: Annotated[dict[Name, LabelExpression], Meta(description="`runs-on` = label of the agents.")] = {}
    poll: Annotated[CronLine | None, Meta(description="When to look for new commits, where no web hook does.")] = None
    approvers: Annotated[dict[Name, People], Meta(description="`approval` = who may agree.")] = {}
