"""Methods of python-jenkins that are wrong in themselves, under their own names, for programs that use these."""

from collections.abc import Mapping

from ci.jenkins import configuration, server_status, triggering
from ci.jenkins.cancelling import cancel
from ci.jenkins.errors import NotFound, Unavailable
from ci.jenkins.jobs import item_kind
from ci.jenkins.parameters import asked, text
from ci.jenkins.paths import full_name, job_path
from ci.jenkins.results import ParameterValue, Queued
from ci.jenkins.transport import Transport


class Corrections(Transport):
    """python-jenkins' interface. New programs use `JenkinsClient`'s own methods, which say more."""

    def build_job(
        self, name: str, parameters: Mapping[str, ParameterValue] | None = None, token: str | None = None
    ) -> int:
        """The id of the queue item, also where an equal one waits already. Parameters travel in the body."""
        form = {one: text(value) for one, value in (parameters or {}).items()}
        order = triggering.Order(full_name(name), form, {}, 0.0)
        return triggering.send_unchecked(self, order, token=token).id

    def get_build_console_output(self, name: str, number: int) -> str:
        """The whole log at once, which may be empty."""
        return self.get(f"{job_path(name)}/{number}/consoleText").content.decode("utf-8", "replace")

    def cancel_queue(self, id: int) -> None:
        """Raises Refused if the item has left the queue."""
        cancel(self, Queued(id, ""), "stop")

    def job_exists(self, name: str) -> bool:
        """Whether there is such a job that this user may see."""
        try:
            self.get(f"{job_path(name)}/api/json?tree=name")
        except NotFound:
            return False
        return True

    def is_folder(self, name: str) -> bool:
        """Whether it holds other items: a multibranch project does, too."""
        return item_kind(asked(self, name, None).kind) != "job"

    def upsert_job(self, name: str, config_xml: str) -> None:
        """Create the job or replace its configuration: two requests."""
        configuration.replace(self, full_name(name), config_xml)

    def wait_for_normal_op(self, timeout: float) -> bool:
        """Whether the server is up within ``timeout`` seconds; meanwhile it may refuse connections."""
        try:
            server_status.wait_until_ready(self, timeout)
        except Unavailable:
            return False
        return True

    def _get_job_folder(self, name: str) -> tuple[str, str]:
        """Where python-jenkins takes names apart: slashes at the ends don't matter."""
        folder, _, short = full_name(name).rpartition("/")
        return "".join(f"job/{one}/" for one in folder.split("/") if one), short
