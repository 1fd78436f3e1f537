"""The JSON of everything, and the pages that browsers get."""

import re

from tests.fakes.jenkins.build_view import build_bean
from tests.fakes.jenkins.job_view import item_bean, root_bean
from tests.fakes.jenkins.messages import Response, content, data
from tests.fakes.jenkins.pages import page
from tests.fakes.jenkins.routing import BUILD, ITEM, SERVER, Call
from tests.fakes.jenkins.tree import Bean, pruner_for, show

LITERAL = re.compile(rb'"(?:[^"\\]|\\.)*"|true|false|null')
LITERALS = {b"true": b"True", b"false": b"False", b"null": b"None"}
API = ("api/json", "api/python")


def _literal(found: re.Match[bytes]) -> bytes:
    return LITERALS.get(found[0], found[0])


def answer(call: Call, shown: Bean) -> Response:
    """What the query asks for of a thing, as JSON or as Python's literals."""
    value = show(shown, pruner_for(call.request.query))
    if call.request.segments[-1] == "python":
        return content(LITERAL.sub(_literal, data(value).body), "text/x-python;charset=utf-8")
    return data(value)


@SERVER.add("GET", *API)
def server(call: Call) -> Response:
    """The server."""
    return answer(call, root_bean(call.world))


@ITEM.add("GET", *API)
def item(call: Call) -> Response:
    """A job or folder."""
    return answer(call, item_bean(call.item))


@BUILD.add("GET", *API)
def build(call: Call) -> Response:
    """A build."""
    return answer(call, build_bean(call.build))


@SERVER.add("GET", "", "login")
@ITEM.add("GET", "")
@BUILD.add("GET", "", "console")
def html(call: Call) -> Response:
    """A page."""
    return page("Jenkins", "<div id='main-panel'>" + "<p>Something to look at.</p>" * 100 + "</div>")
