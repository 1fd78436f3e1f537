"""The HTML that Jenkins, its container and a proxy before it write when something is wrong."""

from html import escape
from urllib.parse import quote

from tests.fakes.jenkins.messages import HTML, Response, text

REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    414: "URI Too Long",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


def error(status: int, message: str, path: str = "", **headers: str) -> Response:
    """The container's error page."""
    rows = {"URI": path, "STATUS": str(status), "MESSAGE": message, "SERVLET": "Stapler"}
    table = "\n".join(f"<tr><th>{name}:</th><td>{escape(value)}</td></tr>" for name, value in rows.items())
    return text(
        "<html>\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html;charset=utf-8\"/>\n"
        f"<title>Error {status} {escape(message)}</title>\n</head>\n<body><h2>HTTP ERROR {status} "
        f"{escape(message)}</h2>\n<table>\n{table}\n</table>\n<hr/><a href=\"https://jetty.org/\">"
        "Powered by Jetty:// 12.0.19</a><hr/>\n\n</body>\n</html>\n",
        HTML,
        status,
        **headers,
    )


def refusal(message: str) -> Response:
    """A 400 whose reason is in X-Error too."""
    answer = error(400, message)
    answer.headers["X-Error"] = message.encode("ascii", "replace").decode()
    return answer


def oops() -> Response:
    """The page for any exception: it names no reason."""
    return page("Oops! - Jenkins", "<h1>Oops!</h1><p>A problem occurred while processing the request.</p>", 500)


def page(title: str, content: str, status: int = 200) -> Response:
    """A page of Jenkins itself, about as heavy as the real ones."""
    head = "".join(f'<link rel="stylesheet" href="/static/0123abcd/jsbundles/{n}.css"/>' for n in range(40))
    return text(
        f'<!DOCTYPE html><html><head resURL="/static/0123abcd" data-rooturl="">{head}'
        f"<title>{escape(title)}</title></head><body>{content}</body></html>",
        HTML,
        status,
    )


def login(path: str) -> Response:
    """What someone unknown gets: a page that leads to the login."""
    way = "/login?from=" + quote(path, safe="")
    return text(
        f"<html><head><meta http-equiv='refresh' content='1;url={way}'/><script id='redirect' "
        f"data-redirect-url='{way}' src='/static/0123abcd/scripts/redirect.js'></script></head>"
        "<body style='background-color:white; color:white;'>\nAuthentication required\n<!--\n-->\n\n</body></html>",
        HTML,
        403,
    )


def missing_permission(user: str, permission: str) -> Response:
    """What a known user gets who may not do it; ``permission`` is as in Job/Build."""
    message = f"{user} is missing the {permission} permission"
    answer = page("Jenkins", f"<h1>Access Denied</h1><p class='error'>{escape(message)}</p>", 403)
    scope, _, name = permission.partition("/")
    kind = {"Job": "hudson.model.Item", "Overall": "hudson.model.Hudson"}.get(scope, "hudson.model.Item")
    required = f"{kind}.{name}" if scope != "Overall" else f"{kind}.{name.title()}"
    answer.headers |= {"X-You-Are-Authenticated-As": user, "X-Required-Permission": required}
    return answer


def unauthorized(path: str) -> Response:
    """What wrong credentials get."""
    answer = error(401, "Invalid password/token for user", path)
    answer.headers["WWW-Authenticate"] = 'Basic realm="Jenkins"'
    return answer


def waiting(*, restarting: bool) -> Response:
    """What everyone gets while Jenkins starts or restarts; it does not say X-Jenkins."""
    words = (
        "Please wait while Jenkins is restarting"
        if restarting
        else "Please wait while Jenkins is getting ready to work"
    )
    answer = page("Starting Jenkins", f"<h1>{words}<span id='dots'>...</span></h1>", 503)
    answer.marked = False
    return answer


def proxy(status: int) -> Response:
    """What a proxy before Jenkins says by itself."""
    reason = REASONS.get(status, "Error")
    words = f"<html>\r\n<head><title>{status} {reason}</title></head>\r\n<body>\r\n<center><h1>{status} {reason}"
    answer = text(words + "</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n", HTML, status)
    answer.marked = False
    return answer
