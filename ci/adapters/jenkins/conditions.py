"""``when`` of the definition as the ``when`` of a declarative stage.

What a condition of Jenkins does is taken from the source of pipeline-model-definition. A plain ``branch 'main'`` is a
glob that ignores case, and it holds for a tag of that name too: ``MAIN`` would deploy. So there is always a comparator.
"""

import re
from collections.abc import Collection, Iterable

from ci.adapters.jenkins.groovy_text import block, inline, literal
from ci.model import Event, When

#: The lines of one condition.
Condition = tuple[str, ...]

PULL_REQUEST: Condition = ("changeRequest()",)
FROM_A_FORK: Condition = ("changeRequest comparator: 'REGEXP', fork: '.+'",)
TAG: Condition = ("buildingTag()",)
TIMER: Condition = ("triggeredBy 'TimerTrigger'",)
PERSON: Condition = ("triggeredBy 'UserIdCause'",)

#: Names that Jenkins gives to the branch of a pull or merge request.
_REQUEST_NAME = re.compile(r"[A-Z]{2}-\d")


def conditions(when: When) -> list[Condition]:
    """The conditions of ``when``, which must all hold."""
    events = _events(when.event, open_to_requests=not (when.branch or when.tag)) if when.event else []
    variables: list[Condition] = [(inline("expression", f"env.{variable}"),) for variable in when.variable]
    return list(dict.fromkeys([*_refs(when), *events, *variables]))


def may_be_pull_request(when: When | None) -> bool:
    """Whether ``when`` can hold in the build of a pull request."""
    return when is None or not (when.branch or when.tag or (when.event and "pull-request" not in when.event))


def when_block(found: Collection[Condition], *, with_input: bool) -> list[str]:
    """The ``when`` section, decided before a person is asked or an agent is taken."""
    if not found:
        return []
    early = ["beforeInput true"] if with_input else []
    return block("when", [*early, "beforeAgent true", *_lines(found)])


def negation(condition: Condition) -> Condition:
    """What holds where ``condition`` does not."""
    return (inline("not", condition[0]),) if len(condition) == 1 else tuple(block("not", condition))


def any_of(found: Collection[Condition]) -> Condition:
    """What holds where one of the conditions does."""
    return next(iter(found)) if len(found) == 1 else tuple(block("anyOf", _lines(found)))


def all_of(found: Collection[Condition]) -> Condition:
    """What holds where each of the conditions does."""
    return next(iter(found)) if len(found) == 1 else tuple(block("allOf", _lines(found)))


def _lines(found: Iterable[Condition]) -> list[str]:
    return [line for condition in found for line in condition]


def _refs(when: When) -> list[Condition]:
    """Conditions for branch and tag; with both, either."""
    tags = [TAG if tag == "*" else _compared("tag", tag) for tag in when.tag]
    if not when.branch:
        return [any_of(tags)] if tags else []
    branches = [any_of([_compared("branch", branch) for branch in when.branch]), negation(TAG)]
    if any(branch.endswith("*") or _REQUEST_NAME.match(branch) for branch in when.branch):
        branches.append(negation(PULL_REQUEST))
    return [any_of([all_of(branches), *tags])] if tags else branches


def _compared(kind: str, pattern: str) -> Condition:
    """A name, or its beginning and a final ``*`` that also stands for slashes."""
    if not pattern.endswith("*"):
        return (f"{kind} comparator: 'EQUALS', pattern: {literal(pattern)}",)
    expression = re.sub(r"[.+]", r"[\g<0>]", pattern[:-1]) + ".*"
    return (f"{kind} comparator: 'REGEXP', pattern: {literal(expression)}",)


def _events(events: Collection[Event], *, open_to_requests: bool) -> list[Condition]:
    """Conditions for the events; ``open_to_requests`` is false where no pull request gets this far anyway."""
    others = frozenset(events) - {"pull-request"}
    if not others:
        return [PULL_REQUEST]
    started = _STARTED[others]
    if not open_to_requests:
        return started
    if "pull-request" not in events:
        return [negation(PULL_REQUEST), *started]
    return [any_of([PULL_REQUEST, all_of(started)])] if started else []


#: What started a build that is no pull request: a timer, else a person, else a push. All conditions must hold.
_STARTED: dict[frozenset[Event], list[Condition]] = {
    frozenset({"schedule"}): [TIMER],
    frozenset({"manual"}): [negation(TIMER), PERSON],
    frozenset({"push"}): [negation(TIMER), negation(PERSON)],
    frozenset({"push", "manual"}): [negation(TIMER)],
    frozenset({"schedule", "manual"}): [any_of([TIMER, PERSON])],
    frozenset({"push", "schedule"}): [any_of([TIMER, negation(PERSON)])],
    frozenset({"push", "schedule", "manual"}): [],
}
