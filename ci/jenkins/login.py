"""Who asks: a user and a token, or what ~/.netrc says of the server."""

from netrc import NetrcParseError

from requests.auth import HTTPBasicAuth
from requests.utils import get_netrc_auth

from ci.errors import UsageError


def basic_login(user: str, token: str) -> HTTPBasicAuth:
    """In UTF-8, as Jenkins reads it; requests would write text in Latin-1."""
    return HTTPBasicAuth(user.encode(), token.encode())


def netrc_login(url: str) -> HTTPBasicAuth | None:
    """The login of a server in the file that NETRC names, or in ~/.netrc; None without one.

    Raises UsageError for a file that can't be read, which requests would pass over. Nothing of it is shown.
    """
    try:
        found = get_netrc_auth(url, raise_errors=True)
    except NetrcParseError as error:
        what = f"is wrong in line {error.lineno}"
    except UnicodeDecodeError:
        what = "is no text in UTF-8"
    except OSError as error:
        what = f"can't be read ({error.strerror})"
    else:
        return basic_login(*found) if found else None
    raise UsageError(f"~/.netrc {what}: mend it, or set JENKINS_USER_ID and JENKINS_API_TOKEN") from None
