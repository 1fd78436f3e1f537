import nox

PYTHONS = ["3.11", "3.13"]


@nox.session(python=PYTHONS)
def tests(session):
    session.install("-e", ".[test]")
    session.run("pytest", *session.posargs)


@nox.session
def lint(session):
    session.install("ruff")
    session.run("ruff", "check", ".")


@nox.session
def release(session):
    session.run("git", "tag", "v1", external=True)
