"""After a trigger whose answer was lost: what the job has queued or started since."""

from msgspec import Struct

from ci.jenkins.builds import LISTED, newest
from ci.jenkins.errors import TriggerUncertain
from ci.jenkins.paths import job_of_url
from ci.jenkins.results import Build, Queued
from ci.jenkins.transport import Transport


class Task(Struct, frozen=True):
    """What an item of the queue is going to build."""

    url: str = ""


class Waiting(Struct, frozen=True):
    """An item of the queue."""

    id: int
    task: Task = Task()


class QueueAnswer(Struct, frozen=True):
    """The queue."""

    items: list[Waiting] = []


def find_uncertain(client: Transport, error: TriggerUncertain) -> tuple[Queued | Build, ...]:
    """See `JenkinsClient.find_uncertain`."""
    items = client.ask("queue/", "items[id,task[url]]", QueueAnswer).items
    queued = [Queued(one.id, error.job) for one in items if (job_of_url(one.task.url) or "") == error.job]
    builds = newest(client, error.job, 20 if error.next_number else 1, f"{LISTED},queueId")
    return (*queued, *(one for one in builds if one.number >= (error.next_number or 0)))
