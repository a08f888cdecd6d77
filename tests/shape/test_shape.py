"""The shape that the code keeps: small modules, short functions, a sentence on top of each."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "server").rglob("*.py"))
LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
FAR_FROM_HERE = (f"{ROOT}", f"{ROOT.parent}/shared", f"{ROOT.parent}/.", f"{Path.home()}/")


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_small_says_what_it_is_for_and_has_short_functions(module: Path) -> None:
    text = module.read_text()
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "the module has no docstring"
    assert text.count("\n") <= LONGEST_MODULE
    for function in functions(tree):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        assert length <= LONGEST_FUNCTION, f"{function.name} has {length} lines"


def test_nothing_in_the_product_names_the_machine_it_was_made_on() -> None:
    kept = [path for folder in ("server", "config", "models") for path in (ROOT / folder).rglob("*")]
    readable = {".py", ".toml", ".yaml", ".yml", ".md", ".js", ".css", ".html", ".call"}
    files = [path for path in kept if path.suffix in readable]
    found = [(path.name, word) for path in files for word in FAR_FROM_HERE if word in path.read_text()]
    assert found == []


def test_every_test_folder_that_mirrors_a_layer_has_tests() -> None:
    for layer in ("domain", "services", "adapters", "web", "consoles", "contracts", "journeys"):
        assert any((ROOT / "tests" / layer).rglob("test_*.py")), layer
