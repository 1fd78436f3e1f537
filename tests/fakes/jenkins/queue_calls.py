"""Asking for and cancelling items of the queue."""

from tests.fakes.jenkins import objects, pages
from tests.fakes.jenkins.messages import Response, text
from tests.fakes.jenkins.queue import QueueItem
from tests.fakes.jenkins.queue_view import queue_bean
from tests.fakes.jenkins.routing import SERVER, Call
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
        raise call.not_found()
    if call.lacks("Job/Cancel", found.job):
        return pages.error(422, "You do not have permission to cancel this item", call.request.path)
    if found.left is not None:
        return pages.error(500, "The item has left the queue", call.request.path)
    found.cancel(call.world.clock.now())
    return Response(204)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1


def _item(call: Call, number: str) -> QueueItem:
    found = call.world.queue.items.get(_number(number))
    if found is None:
        raise call.not_found()
    call.readable(found.job)
    return found
