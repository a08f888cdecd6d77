"""The OpenAPI 3.1 document, made of the operations themselves, so that it cannot say anything else."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from server.web.api.operations import Operation
from server.web.api.problems import PROBLEM_TYPE, TITLES, Problem

ALWAYS = (400, 401, 403, 429, 500, 503)
OF_A_THING = (404,)
OF_AN_ACT = (409, 413, 415)
VERSION = "1.0.0"
ABOUT = (
    "Calls, their journals and prompts for the control room's other systems. Every request needs a key "
    "(`earshot keys add`), which opens the calls of one force, and of those what its scopes name. "
    "Lists come in pages: ask again with `cursor` as `next` has it. Of the same act sent twice under the "
    "same `id` one is done. Refusals are problems (RFC 9457) with a `code`; after 429 wait for `Retry-After`."
)


def document(operations: Sequence[Operation]) -> bytes:
    shapes = {operation.gives for operation in operations} | {Problem}
    shapes |= {operation.takes for operation in operations if operation.takes is not None}
    ordered = sorted(shapes, key=lambda shape: shape.__name__)
    _, schemas = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    whole = {
        "openapi": "3.1.0",
        "info": {"title": "Earshot", "version": VERSION, "description": ABOUT},
        "servers": [{"url": "/api/v1"}],
        "security": [{"key": []}],
        "paths": _paths(operations),
        "components": {
            "schemas": schemas,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "responses": {f"Problem{status}": _problem(status) for status in TITLES},
        },
    }
    return msgspec.json.encode(whole)


def _paths(operations: Sequence[Operation]) -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return paths


def _operation(operation: Operation) -> dict[str, Any]:
    refusals = [*ALWAYS, *(OF_A_THING if "{" in operation.path or operation.params else ())]
    refusals += OF_AN_ACT if operation.takes is not None else ()
    said: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.about,
        "description": f"Needs the scope `{operation.scope}`.",
        "parameters": [*_path_params(operation.path), *_query_params(operation)],
        "responses": {
            "200": {"description": operation.about, "content": _json(operation.gives)},
            **{str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in refusals},
        },
    }
    if operation.takes is not None:
        said["requestBody"] = {"required": True, "content": _json(operation.takes)}
    return said


def _path_params(path: str) -> list[Mapping[str, Any]]:
    schema = {"type": "string", "minLength": 1, "maxLength": 128}
    return [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name in re.findall(r"{(\w+)}", path)
    ]


def _query_params(operation: Operation) -> list[Mapping[str, Any]]:
    return [
        {"name": param.name, "in": "query", "description": param.about, "schema": param.schema}
        for param in operation.params
    ]


def _json(shape: type[msgspec.Struct]) -> Mapping[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape.__name__}"}}}


def _problem(status: int) -> Mapping[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    said: dict[str, Any] = {"description": TITLES[status], "content": {PROBLEM_TYPE: {"schema": schema}}}
    if status == 429:
        seconds = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
        said["headers"] = {"Retry-After": seconds}
    return said
