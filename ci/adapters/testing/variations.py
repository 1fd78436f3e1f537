"""Every key of a definition, changed one at a time: what an adapter neither maps nor notes shows no difference."""

import copy
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct, inspect

from ci import checks, model, plan
from ci.adapters.testing.full_definition import FULL
from ci.plan import Plan

#: Where a value stands in the definition.
Place = tuple[str | int, ...]

#: What a stage with several jobs says itself; a stage of one job says only the last two, the rest is the job's.
_OF_STAGES = ("timeout", "env", "setup", "when", "name", "approval")
_OF_EVERY_STAGE = ("name", "approval")


class Variation(Struct, frozen=True):
    """One value changed.

    ``key`` is its name for people (``job.when.branch``; ``job.env.*`` is about a name in the table), ``words`` say
    what was changed. ``without`` is the plan without the key at this place, None where it can't be left out.
    """

    key: str
    words: str
    plan: Plan
    without: Plan | None


def keys() -> frozenset[str]:
    """Every key of the model."""
    return frozenset(_keys(inspect.type_info(model.Pipeline), ()))


@cache
def full() -> Plan:
    """The plan of the full definition."""
    found = _plan(_table())
    assert found is not None, "the full definition is valid"
    return found


def keys_set() -> frozenset[str]:
    """Every key that the full definition sets."""
    return frozenset(map(_key_at, _settings(inspect.type_info(model.Pipeline), _table(), ())))


@cache
def variations() -> tuple[Variation, ...]:
    """The full definition with one value changed, for each value that there is."""
    places = _settings(inspect.type_info(model.Pipeline), _table(), ())
    return tuple(found for place in places for found in _variations(place))


def without_effect() -> frozenset[str]:
    """Keys that no adapter hears of: the plan is the same whatever they say."""
    heard = {found.key for found in variations() if found.plan != full()}
    return frozenset(found.key for found in variations() if found.key not in heard)


def _table() -> dict[str, Any]:
    return tomllib.loads(FULL)


def _keys(kind: inspect.Type, path: tuple[str, ...]) -> Iterator[str]:
    for name, inner in _fields(kind):
        if inner is not None:
            yield from _keys(inner, (*path, name))
        elif path[:1] == ("stage",) and path[1:2] != ("job",):
            first = (*path, name)[1]
            yield ".".join([*(path if first in _OF_STAGES else ("job", *path[1:])), name])
        else:
            yield ".".join([*(path[1:] if path else ()), name] if path[:2] == ("stage", "job") else [*path, name])


def _fields(kind: inspect.Type) -> Iterator[tuple[str, inspect.StructType | None]]:
    """The keys of a table of the model, each with the type of the tables in it."""
    assert isinstance(kind, inspect.StructType)
    for field in kind.fields:
        yield field.encode_name, _inner(field.type)


def _inner(kind: inspect.Type) -> inspect.StructType | None:
    match kind:
        case inspect.StructType():
            return kind
        case inspect.Metadata(type=inner) | inspect.VarTupleType(item_type=inner) | inspect.DictType(value_type=inner):
            return _inner(inner)
        case inspect.UnionType(types=several):
            return next((found for one in several if (found := _inner(one))), None)
    return None


def _settings(kind: inspect.Type, value: Any, place: Place) -> Iterator[Place]:
    """The places of all keys that hold no tables of the model."""
    if isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _settings(kind, entry, (*place, index))
        return
    known = dict(_fields(kind))
    for name, entry in value.items():
        inner = known.get(name, kind)  # a table of tables (dict[Name, Table]) has names of the user's own
        if inner is None:
            yield (*place, name)
        else:
            yield from _settings(inner, entry, (*place, name))


def _key_at(place: Place) -> str:
    """The name of the key at a place, as ``keys`` has it."""
    names = [str(part) for part in place if isinstance(part, str)]
    if names[0] != "stage":
        return ".".join(names)
    if names[1] == "job":
        return ".".join(names[1:])
    alone = "job" not in _at(_table(), place[:2])
    of_the_stage = names[1] in (_OF_EVERY_STAGE if alone else _OF_STAGES)
    return ".".join(names if of_the_stage else ["job", *names[1:]])


def _variations(place: Place) -> Iterator[Variation]:
    key = _key_at(place)
    removed = _table()
    del _at(removed, place[:-1])[place[-1]]
    without = _plan(removed)
    for inner, name_only in _scalars(_at(_table(), place), place):
        for table, words in _changes(inner, rename=name_only):
            changed = _plan(table)
            if changed is not None:
                yield Variation(f"{key}.*" if name_only else key, words, changed, without)
                break


def _scalars(value: Any, place: Place) -> Iterator[tuple[Place, bool]]:
    """The places of single values in a value, and of names in a table (True)."""
    if isinstance(value, dict):
        for name, entry in value.items():
            yield (*place, name), True
            yield from _scalars(entry, (*place, name))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _scalars(entry, (*place, index))
    else:
        yield place, False


def _changes(place: Place, *, rename: bool) -> Iterator[tuple[dict[str, Any], str]]:
    """Definitions with another value (or name) at ``place``, some of which may be wrong, and what was changed."""
    old = place[-1] if rename else _at(_table(), place)
    for new in _others(old):
        table = _table()
        holder = _at(table, place[:-1])
        if rename:
            entries = [(new if name == old else name, entry) for name, entry in holder.items()]
            holder.clear()
            holder.update(entries)
        else:
            holder[place[-1]] = new
        yield table, f"{_words(place)}: {old!r} -> {new!r}"


def _others(value: Any) -> list[Any]:
    """What might stand in the place of a value."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    digit = re.sub(r"\d(?=\D*$)", lambda found: str((int(found[0]) + 1) % 10), value)
    words = ["parallel", "schedule", "coverage", "wheels"]  # of closed lists, and names of artifacts
    return [other for other in (f"{value}x", f"{value}X", f"x{value}", digit, *words) if other != value]


def _words(place: Place) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")


def _at(table: Any, place: Place) -> Any:
    for part in place:
        table = table[part]
    return table


def _plan(table: Mapping[str, Any]) -> Plan | None:
    """The plan of a definition; None where it is wrong."""
    try:
        pipeline = msgspec.convert(copy.deepcopy(table), model.Pipeline)
    except msgspec.ValidationError:
        return None
    return None if any(checks.problems(pipeline)) else plan.compile(pipeline)
