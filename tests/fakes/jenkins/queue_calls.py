"""Asking for and cancelling items of the queue."""

from tests.fakes.jenkins import objects, pages
from tests.fakes.jenkins.messages import Response, text
from tests.fakes.jenkins.queue import QueueItem
from tests.fakes.jenkins.queue_view import queue_bean
from tests.fakes.jenkins.routing import SERVER, Answer, Call
from tests.fakes.jenkins.tree import bean


@SERVER.add("GET", "queue/api/json", "queue/api/python")
def queue(call: Call) -> Response:
    """What waits."""
    items = [queue_bean(item) for item in call.world.queue.waiting() if not item.job.hidden]
    return objects.answer(call, bean("hudson.model.Queue", discoverableItems=[], items=items))


@SERVER.add("GET", "queue/item/{id}/api/json", "queue/item/{id}/api/python")
def item(call: Call) -> Response:
    """One item, as long as it is remembered."""
    return objects.answer(call, queue_bean(_item(call, call.arguments["id"])))


@SERVER.add("GET", "queue/item/{id}")
def item_page(call: Call) -> Response:
    """Where a redirect that was followed ends: in plain words."""
    found = _item(call, call.arguments["id"])
    return text(f"Queue item {found.id}: {found.job.full_name}\n")


@SERVER.add("POST", "queue/cancelItem")
def cancel(call: Call) -> Response:
    """Take an item out."""
    found = call.world.queue.items.get(_number(call.request.parameter("id") or ""))
    if found is None:
        return pages.error(404, "Not Found", call.request.path)
    if "Job/Cancel" in found.job.denied or (call.user and "Job/Cancel" in call.user.denied):
        return pages.error(422, "You do not have permission to cancel this item", call.request.path)
    if found.left is not None:
        return pages.error(500, "The item has left the queue", call.request.path)
    found.cancel(call.world.clock.now())
    return Response(204)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1


def _item(call: Call, number: str) -> QueueItem:
    found = call.world.queue.items.get(_number(number))
    lacking = (found.job.denied if found else set()) | (call.user.denied if call.user else set())
    if found is None or {"Job/Read", "Job/Discover"} <= lacking:
        raise Answer(pages.error(404, "Not Found", call.request.path))
    if "Job/Read" in lacking:
        raise Answer(pages.missing_permission(call.user.name if call.user else "anonymous", "Job/Read"))
    return found
