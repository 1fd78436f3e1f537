"""Releases on Heroku, with the calls that its own command line makes: neither it nor its login is needed.

`target` is what the rest of `ci` sees. `deployment` is the way of a release: `image` makes the archive a container
image and pushes it, `release` makes the image a release, `health` sees that it serves, `rollback` goes back.
`calls` holds every call as a value, which `transport` sends for `api` and `preview` shows; `answers` says what comes
back. `visitor` asks what needs no key. Only `transport`, `visitor` and what works with them import requests.
"""
