# The app under gunicorn. Builds with docker, podman, buildah and Heroku's builder, which has no `RUN --mount`.
# The base is an argument so that a pipeline can pin it by digest.
ARG PYTHON_IMAGE=docker.io/library/python:3.13-slim-trixie

FROM ${PYTHON_IMAGE} AS build
# No pip in the environment: it is the largest thing in it and never used at run time.
RUN python -m venv --without-pip /opt/venv
# Dependencies before code, so that an edit of the app does not install them again. Not compiled here: the copy below
# rounds times where Buildah makes it, and Python would take half of the bytecode for that of other files.
COPY requirements.txt /src/
RUN pip --python /opt/venv/bin/python install --no-compile \
    --disable-pip-version-check --no-cache-dir --root-user-action=ignore --requirement /src/requirements.txt

FROM ${PYTHON_IMAGE} AS runtime
WORKDIR /srv/app
COPY --from=build /opt/venv /opt/venv
# What .dockerignore lets in: the app, gunicorn.conf.py and, after `ci build`, release.json.
COPY . ./
# Names the release of a build without release.json: --build-arg RELEASE="$(git describe --always --dirty)".
ARG RELEASE=
# Load all that runs once, as root: a broken app fails the build, and the bytecode that a quick start needs gets written.
# It names RELEASE for Buildah, which would else reuse the layers, and the name, of an earlier build. The modes are those
# of the checkout: a strict umask there would lock out whoever runs the image.
RUN chmod -R a+rX . \
    && RELEASE="${RELEASE}" /opt/venv/bin/gunicorn --check-config 'app:create_app()' \
    && /opt/venv/bin/python -c 'import app.healthcheck, gunicorn.workers.gthread'
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    RELEASE=${RELEASE}
# A number, because then no user has to exist and Kubernetes can see that it is not root.
USER 10001:10001
# For Docker and Podman; Heroku ignores both. The port itself comes from $PORT when the container starts.
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
    CMD ["python", "-m", "app.healthcheck"]
# Without a shell, so that gunicorn is process 1 and gets SIGTERM. It reads gunicorn.conf.py from here.
CMD ["gunicorn", "app:create_app()"]
