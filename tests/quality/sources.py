"""The package's own source, as text and as syntax trees."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "flask_tasker"

FUNCTION_NODES = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = ast.Module | ast.ClassDef


def source_files() -> list[Path]:
    """Every Python file of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """The file's path inside the repository."""
    return str(path.relative_to(ROOT))


@cache
def tree_of(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(), filename=str(path))


def length_of(path: Path) -> int:
    """How many lines the file has."""
    return len(path.read_text().splitlines())


def functions_of(path: Path) -> Iterator[Function]:
    """Every function and method in the file, nested ones too."""
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, FUNCTION_NODES))


def public_definitions(scope: Scope, inside: str = "") -> Iterator[tuple[str, ast.ClassDef | Function]]:
    """Every public class, function and method with its dotted name; what stands inside a function is private."""
    for node in scope.body:
        if not isinstance(node, (ast.ClassDef, *FUNCTION_NODES)) or node.name.startswith("_"):
            continue
        name = f"{inside}{node.name}"
        yield name, node
        if isinstance(node, ast.ClassDef):
            yield from public_definitions(node, f"{name}.")


def is_overload(node: ast.AST) -> bool:
    """Whether the definition is one of several signatures, the last of which has the docstring."""
    decorators = getattr(node, "decorator_list", [])
    return any(ast.unparse(decorator).endswith("overload") for decorator in decorators)
