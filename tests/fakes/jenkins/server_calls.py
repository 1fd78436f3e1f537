"""What is asked of the server as a whole: crumbs, who am I, quieting down and restarting."""

from tests.fakes.jenkins import objects
from tests.fakes.jenkins.build_view import build_bean
from tests.fakes.jenkins.messages import Response, redirect
from tests.fakes.jenkins.routing import SERVER, Call
from tests.fakes.jenkins.tree import bean


@SERVER.add("GET", "crumbIssuer/api/json", "crumbIssuer/api/python")
def crumb(call: Call) -> Response:
    """A crumb, good together with the cookie of this answer."""
    if not call.world.crumb_issuer or call.user is None:
        raise call.not_found()
    cookie, session = call.world.users.open_session(call.user, call.request)
    issuer = "hudson.security.csrf.DefaultCrumbIssuer"
    answer = objects.answer(call, bean(issuer, crumb=session.crumb, crumbRequestField="Jenkins-Crumb"))
    answer.headers["Set-Cookie"] = f"JSESSIONID.0123abcd={cookie}; Path=/; HttpOnly"
    return answer


@SERVER.add("GET", "me/api/json", "whoAmI/api/json")
def who_am_i(call: Call) -> Response:
    """The user."""
    name = call.user.name if call.user else "anonymous"
    shown = {"absoluteUrl": f"{call.world.root_url}user/{name}", "description": None, "fullName": name.title()}
    return objects.answer(call, bean("hudson.model.User", **shown, id=name, property=[]))


@SERVER.add("GET", "computer/api/json", "computer/api/python")
def computers(call: Call) -> Response:
    """What runs where."""
    running = [build for job in call.world.jobs() for build in job.builds if build.building]
    executors = [bean(None, 2, currentExecutable=build_bean(build), number=-1) for build in running]
    built_in = {"displayName": "Built-In Node", "executors": [], "oneOffExecutors": executors, "offline": False}
    found = [bean("hudson.model.Hudson$MasterComputer", 2, **built_in)]
    shown = {"busyExecutors": len(running), "computer": found, "displayName": "Nodes", "totalExecutors": 2}
    return objects.answer(call, bean("hudson.model.ComputerSet", **shown))


@SERVER.add("GET", "pluginManager/api/json")
def plugins(call: Call) -> Response:
    """What is installed."""
    found = [
        bean(None, 2, active=True, enabled=True, shortName=name, version=version)
        for name, version in call.world.plugins.items()
    ]
    return objects.answer(call, bean("hudson.LocalPluginManager", plugins=found))


@SERVER.add("POST", "quietDown")
def quiet_down(call: Call) -> Response:
    """Begin no build any more."""
    call.require("Overall/Administer")
    call.world.quiet_down(call.request.parameter("reason") or "Jenkins is about to shut down")
    return redirect(".")


@SERVER.add("POST", "cancelQuietDown")
def cancel_quiet_down(call: Call) -> Response:
    """Begin builds again."""
    call.require("Overall/Administer")
    call.world.cancel_quiet_down()
    return redirect(".")


@SERVER.add("POST", "safeRestart")
def safe_restart(call: Call) -> Response:
    """Restart when no build runs."""
    call.require("Overall/Administer")
    call.world.safe_restart()
    return redirect(".")


@SERVER.add("POST", "restart")
def restart(call: Call) -> Response:
    """Restart now."""
    call.require("Overall/Administer")
    call.world.restart()
    return redirect(".")
