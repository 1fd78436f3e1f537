"""The sample app: one page that says which release is running and which checks it passed. Make it yours."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import assets, errors, headers, health, logs, pages
from app.config import Config
from app.release import Release, load_release

# The real folder, not a link such as `current`: when a deployment moves the link, the old server must go on
# reading its own templates.
_FOLDER = Path(__file__).resolve().parent


def create_app(config: Config | None = None, release: Release | None = None) -> Flask:
    """Build the app; gunicorn calls this without arguments.

    Args:
        config: the settings; by default those of the environment.
        release: which release this is; by default what `release.json` beside the folder `app` says.

    Raises:
        ConfigError: a setting or `release.json` is not right.
    """
    config = config or Config.from_environment(os.environ)
    release = release or load_release(_FOLDER.parent, config.release)
    app = Flask(__name__, root_path=str(_FOLDER))
    logs.register(app)  # first, because what is to run last after a request is registered first
    headers.register(app)
    assets.register(app, release)
    errors.register(app)
    health.register(app, release)
    pages.register(app, release)
    if config.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # how Flask's documentation adds it
            app.wsgi_app, x_for=config.trusted_proxies, x_proto=config.trusted_proxies
        )
    return app
