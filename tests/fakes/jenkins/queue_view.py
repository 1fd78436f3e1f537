"""Items of the queue as JSON shows them."""

from typing import Any

from tests.fakes.jenkins.build_view import build_bean, milliseconds, value_bean
from tests.fakes.jenkins.parameters import Parameter
from tests.fakes.jenkins.queue import QueueItem
from tests.fakes.jenkins.tree import Bean, Exported, bean


def _now(item: QueueItem) -> float:
    return item.job.world.clock.now()


def _state(item: QueueItem) -> str:
    return item.state(_now(item))


def _why(item: QueueItem) -> str | None:
    state = _state(item)
    if state == "Left":
        return None
    if item.job.world.quieting:
        return item.job.world.quieting
    if state == "Waiting":
        return f"In the quiet period. Expires in {max(item.quiet_until - _now(item), 0.0):.1f} sec"
    if state == "Blocked":
        return f"Build #{item.job.next_number - 1} is already in progress"
    return "Waiting for next available executor"


def _actions(item: QueueItem) -> list[Bean]:
    defined = {one.name: one for one in item.job.parameters}
    values = [value_bean(defined.get(name, Parameter(name)), value) for name, value in item.parameters.items()]
    cause = bean("hudson.model.Cause$UserIdCause", 3, shortDescription=item.cause, userId="alice", userName="Alice")
    causes = bean("hudson.model.CauseAction", 2, causes=[cause] * (1 + item.merged))
    return ([bean("hudson.model.ParametersAction", 2, parameters=values)] if values else []) + [causes]


def _task(item: QueueItem) -> Bean:
    job = item.job
    shown = {"name": job.name, "fullName": job.full_name, "displayName": job.display_name, "url": job.url}
    return bean(job.kind, 2, **shown, color=job.color)


ITEM: dict[str, Exported[Any]] = {
    "actions": Exported(_actions),
    "blocked": Exported(lambda item: _state(item) == "Blocked"),
    "buildable": Exported(lambda item: _state(item) == "Buildable"),
    "id": Exported(lambda item: item.id),
    "inQueueSince": Exported(lambda item: milliseconds(item.created)),
    "params": Exported(lambda item: "".join(f"\n{name}={value}" for name, value in item.parameters.items())),
    "stuck": Exported(lambda item: _state(item) == "Buildable" and _now(item) - item.blocked_until > 60),
    "task": Exported(_task),
    "url": Exported(lambda item: f"queue/item/{item.id}/"),
    "why": Exported(_why),
}

LEFT: dict[str, Exported[Any]] = ITEM | {
    "cancelled": Exported(lambda item: item.cancelled),
    "executable": Exported(lambda item: build_bean(item.build) if item.build else None),
}
WAITING: dict[str, Exported[Any]] = ITEM | {
    "timestamp": Exported(lambda item: milliseconds(item.quiet_until)),
}
BLOCKED: dict[str, Exported[Any]] = ITEM | {
    "buildableStartMilliseconds": Exported(lambda item: milliseconds(item.quiet_until)),
}
BUILDABLE: dict[str, Exported[Any]] = BLOCKED | {"pending": Exported(lambda item: False)}
BY_STATE = {"Left": LEFT, "Waiting": WAITING, "Blocked": BLOCKED, "Buildable": BUILDABLE}


def queue_bean(item: QueueItem) -> Bean:
    """One item; what is known of it depends on its state."""
    state = _state(item)
    return Bean(f"hudson.model.Queue${state}Item", BY_STATE[state], item)
