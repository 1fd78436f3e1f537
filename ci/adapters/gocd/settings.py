"""The keys of ``[target.gocd]``."""

from typing import Annotated

from msgspec import Meta

from ci.model import Name, Table, text_of

Word = Annotated[str, text_of("[A-Za-z0-9_-][A-Za-z0-9_.-]*", "A name of letters, digits and . _ -", longest=255)]
Words = Annotated[tuple[Word, ...], Meta(min_length=1)]


class Options(Table, frozen=True, kw_only=True):
    """Settings of the GoCD target; ``docs/gocd.md`` explains them."""

    group: Annotated[Word, Meta(description="The group that the pipeline is in.")] = "ci"
    resources: Annotated[dict[Name, Words], Meta(description="`runs-on` = what the agents must offer.")] = {}
    secrets: Annotated[Word, Meta(description="Id of the secret configuration on the server.")] = "ci"
    roles: Annotated[dict[Name, Words], Meta(description="`approval` = roles of those who may agree.")] = {}
