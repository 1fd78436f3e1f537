"""The keys of ``[target.jenkins]``."""

from typing import Annotated

from msgspec import Meta

from ci.model import Name, Table, text_of

LabelExpression = Annotated[str, text_of("[!-~]([ -~]*[!-~])?", "A label expression of Jenkins.")]
Image = Annotated[
    str,
    text_of(r"([A-Za-z0-9._/:@+-]|\{python\})+", "A container image; {python} becomes the job's Python version."),
]
CronLine = Annotated[
    str, text_of("[0-9H*/,()-]+( [0-9H*/,()-]+){4}", "A line of five cron fields as Jenkins reads them.")
]
People = Annotated[
    str, text_of(r"[\w.@-]+(, ?[\w.@-]+)*", "A list of user and group names, with commas between.")
]


class Options(Table, frozen=True, kw_only=True):
    """Settings of the Jenkins target; ``docs/jenkins-pipeline.md`` explains them."""

    docker: Annotated[bool, Meta(description="Run jobs that name a Python in a container.")] = False
    image: Image = "python:{python}"
    labels: Annotated[dict[Name, LabelExpression], Meta(description="`runs-on` = label of the agents.")] = {}
    poll: Annotated[CronLine | None, Meta(description="When to look for new commits, where no web hook does.")] = None
    approvers: Annotated[dict[Name, People], Meta(description="`approval` = who may agree.")] = {}
