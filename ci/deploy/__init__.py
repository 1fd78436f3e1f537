"""What `ci build`, `ci deploy` and `ci stop` do: archives of a release, and the places where releases run.

`archive` makes the archive of a release and `unpack` takes it apart. `server` is the embedded target: it
keeps releases in a folder of this machine (`directory`) and makes one of them serve (`activation`,
`gunicorn`). `smoke` asks a running release how it is.
"""
