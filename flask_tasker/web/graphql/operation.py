"""Running what a client asks: parse, hold the limits, validate, ask for permission, execute."""

from __future__ import annotations

from typing import Any, Final

from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)

from ..dependencies import ApiDependencies
from ..refusal import RefusedError
from .asked import Asked
from .context import Context
from .errors import refused, shown_errors
from .limits import check_limits, over_limit
from .permissions import PERMISSIONS
from .schema import SCHEMA
from .selection import fields_in

NEEDS_JSON: Final = "a mutation needs Content-Type: application/json"
TOO_DEEP: Final = "the query is nested too deep"


def run(deps: ApiDependencies, asked: Asked) -> dict[str, Any]:
    """The answer to what a client asks."""
    try:
        return _answer_to(deps, asked)
    except RefusedError as refusal:
        return {"errors": [refused(refusal)]}
    except GraphQLError as error:
        return {"errors": shown_errors([error])}
    except RecursionError:
        return {"errors": [refused(RefusedError(400, message=TOO_DEEP))]}


def _answer_to(deps: ApiDependencies, asked: Asked) -> dict[str, Any]:
    document = _parsed(asked.query, deps.settings.graphql_max_tokens)
    check_limits(document, deps.settings)
    # Suggestions would tell the schema to someone who may not see it.
    errors = validate(SCHEMA, document, hide_suggestions=True)
    if errors:
        return {"errors": shown_errors(errors)}
    operation = get_operation_ast(document, asked.operation_name)
    if operation is None:
        raise RefusedError.for_fields({"operationName": ["must name one of the operations"]})
    if operation.operation is not OperationType.QUERY and not asked.may_change:
        raise RefusedError(400, message=NEEDS_JSON)
    refusal = _introspection_refused(deps, document, operation)
    if refusal is not None:
        return {"errors": [refusal]}
    result = execute_sync(
        SCHEMA,
        document,
        context_value=Context(deps=deps),
        variable_values=dict(asked.variables),
        operation_name=asked.operation_name,
        hide_suggestions=True,
    )
    return _shown(result)


def _parsed(query: str, max_tokens: int) -> DocumentNode:
    try:
        return parse(query, max_tokens=max_tokens)
    except GraphQLSyntaxError as error:
        if f"more than {max_tokens} tokens" in error.message:
            raise over_limit(max_tokens, "words and signs", "TOKENS") from None
        raise


def _introspection_refused(
    deps: ApiDependencies, document: DocumentNode, operation: OperationDefinitionNode
) -> dict[str, Any] | None:
    """The error, where the operation asks for the schema and they may not see it.

    These fields have no resolver of ours that could ask; the answer is for the operation as a whole.
    """
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    for node in fields_in(operation.selection_set.selections, fragments):
        if node.name.value in ("__schema", "__type"):
            try:
                deps.door.enter(PERMISSIONS[node.name.value])
            except Exception as error:
                return refused(error, path=[(node.alias or node.name).value])
    return None


def _shown(result: ExecutionResult) -> dict[str, Any]:
    errors = {"errors": shown_errors(result.errors)} if result.errors else {}
    return {**({} if result.data is None and errors else {"data": result.data}), **errors}
