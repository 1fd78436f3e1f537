"""How the server is: up, about to shut down, starting."""

from msgspec import Struct

from ci.jenkins.errors import AuthError, PermissionDenied, Unavailable, WaitTimeout
from ci.jenkins.pauses import Pauses
from ci.jenkins.results import ServerStatus
from ci.jenkins.transport import Transport


class Root(Struct, frozen=True, rename="camel"):
    """What the server says of itself."""

    quieting_down: bool = False
    quiet_down_reason: str | None = None


def status(client: Transport) -> ServerStatus:
    """See `Queries.status`."""
    response = client.get("api/json?tree=quietingDown,quietDownReason")
    root = client.decoded(response, Root)
    version = response.headers.get("X-Jenkins", "unknown")
    return ServerStatus(version, root.quieting_down, root.quiet_down_reason)


def wait_until_ready(client: Transport, timeout: float) -> ServerStatus:
    """See `Queries.wait_until_ready`. A server that refuses this user is ready, too."""
    limited = client.limited(timeout)
    pauses = Pauses(limited, first=1.0, longest=5.0)
    while True:
        try:
            return status(limited)
        except (AuthError, PermissionDenied):
            return ServerStatus("unknown")
        except WaitTimeout as error:
            raise Unavailable(f"Jenkins was not ready: {error}") from None
        except Unavailable as error:
            if error.lasting:
                raise
            if pauses.over:
                raise Unavailable(
                    f"Jenkins was not ready after {timeout:g} s: {error}", status=error.status, starting=error.starting
                ) from None
        pauses.pause()
