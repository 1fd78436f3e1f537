"""The keys of ``[target.teamcity]``."""

from typing import Annotated

from msgspec import Meta

from ci.model import Name, Table, text_of

Agent = Annotated[str, text_of("[A-Za-z0-9][A-Za-z0-9._-]*", "A name of JetBrains' agents, as Ubuntu-24.04-Medium.")]
Image = Annotated[
    str,
    text_of(r"([A-Za-z0-9._/:@+-]|\{python\})+", "A container image; {python} becomes the job's Python version."),
]


class Options(Table, frozen=True, kw_only=True):
    """Settings of the TeamCity target; ``docs/teamcity.md`` explains them."""

    docker: Annotated[bool, Meta(description="Run jobs that name a Python in a container.")] = False
    image: Image = "python:{python}"
    agents: Annotated[
        dict[Name, Agent], Meta(description="`runs-on` = JetBrains' agents; linux is one of your own with that system.")
    ] = {}
