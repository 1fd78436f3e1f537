"""What `ci build`, `ci deploy`, `ci releases`, `ci rollback` and `ci stop` do.

`archive` makes the archive of a release and `unpack` takes it apart. `environments` says which place a call means, and
`targets` what a kind of place has to offer: `server`, a directory of this machine or of a host over ssh, and `heroku`.
`smoke` asks a running release how it is.
"""
