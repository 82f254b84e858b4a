"""The house rules hold: one noun a file, functions on a screen, imports at the top, docstrings on what is public."""

import ast
from statistics import median

from tests.quality.sources import (
    functions_of,
    is_overload,
    length_of,
    name_of,
    public_definitions,
    source_files,
    tree_of,
)

LONGEST_FILE = 300
MEDIAN_FILE = 100
LONGEST_FUNCTION = 40
SCREEN = 20
SHARE_ON_A_SCREEN = 0.9

# Where an import stands inside a function on purpose: the file, and why.
IMPORTS_INSIDE_FUNCTIONS = {
    "flask_tasker/cli/output.py": "rich is an extra: only a terminal is drawn on",
    "flask_tasker/dispatch/brokers.py": "RabbitMQ is an extra: only who names an amqp:// broker needs pika",
    "flask_tasker/extension/figures.py": "prometheus-client is an extra: only who has it keeps figures",
    "flask_tasker/extension/traces.py": "opentelemetry-api is an extra: only who has it is traced",
    "flask_tasker/web/graphql/route.py": "strawberry-graphql is an extra: only who asks over GraphQL needs it",
}

# Classes that configure the one around them, in the words of another library.
CONFIGURATION = ("Meta",)


def test_no_file_is_longer_than_one_noun_needs() -> None:
    assert [(name_of(path), length_of(path)) for path in source_files() if length_of(path) > LONGEST_FILE] == []


def test_half_of_the_files_are_short() -> None:
    assert median(length_of(path) for path in source_files()) < MEDIAN_FILE


def test_no_function_is_longer_than_two_screens() -> None:
    assert [where for where, lines in function_lengths() if lines > LONGEST_FUNCTION] == []


def test_nine_functions_in_ten_fit_on_a_screen() -> None:
    lengths = [lines for _, lines in function_lengths()]
    assert sum(lines <= SCREEN for lines in lengths) >= SHARE_ON_A_SCREEN * len(lengths)


def function_lengths() -> list[tuple[str, int]]:
    return [
        (f"{name_of(path)}:{function.lineno} {function.name}", (function.end_lineno or 0) - function.lineno + 1)
        for path in source_files()
        for function in functions_of(path)
    ]


def test_no_import_hides_inside_a_function() -> None:
    hidden = {
        f"{name_of(path)}:{node.lineno}"
        for path in source_files()
        if name_of(path) not in IMPORTS_INSIDE_FUNCTIONS
        for function in functions_of(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert hidden == set()


def test_every_exception_to_the_import_rule_is_still_needed() -> None:
    importing = {
        name_of(path)
        for path in source_files()
        for function in functions_of(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert set(IMPORTS_INSIDE_FUNCTIONS) - importing == set()


def test_everything_public_has_a_docstring() -> None:
    bare = [
        f"{name_of(path)}:{node.lineno} {name}"
        for path in source_files()
        for name, node in public_definitions(tree_of(path))
        if not ast.get_docstring(node) and not is_overload(node) and node.name not in CONFIGURATION
    ]
    assert bare == []


def test_every_module_has_a_docstring() -> None:
    assert [name_of(path) for path in source_files() if not ast.get_docstring(tree_of(path))] == []


def test_every_docstring_begins_with_a_sentence() -> None:
    open_ended = [
        f"{name_of(path)}:{node.lineno} {name}"
        for path in source_files()
        for name, node in public_definitions(tree_of(path))
        if (text := ast.get_docstring(node)) and not text.split("\n\n")[0].rstrip().endswith((".", "?", ":", "!"))
    ]
    assert open_ended == []
