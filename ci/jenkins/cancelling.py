"""Taking items out of the queue, and stopping builds."""

from ci.jenkins.builds import build_path
from ci.jenkins.errors import NotFound, Refused, ServerError
from ci.jenkins.results import Build, Queued, StopMode
from ci.jenkins.transport import Transport


def cancel(client: Transport, target: Queued | Build, mode: StopMode) -> None:
    """See `JenkinsClient.cancel`. To stop what has ended is no error, and to stop twice does no harm."""
    if isinstance(target, Build):
        client.post(f"{build_path(target)}{mode}")
        return
    try:
        client.post(f"queue/cancelItem?id={target.id}")
    except (NotFound, ServerError):
        raise Refused(f"queue item {target.id} has left the queue: cancel its build") from None
