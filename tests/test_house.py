"""The rules of the house, read from the source: layout, names, imports, purity and sizes (see ARCHITECTURE.md)."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TOP = Path(__file__).parent.parent
PACKAGE = TOP / "mockserver"

LOOSE_MODULES = 12
MODULE_LINES = 300
FUNCTION_LINES = 45
ARCHITECTURE_BYTES = 12 * 1024

OLD_ANYWHERE = frozenset(
    [
        "crowd",
        "standing",
        "sent",
        "groups",
        "incoming",
        "reasons",
        "meddling",
        "forced",
        "looking",
        "head",
        "logged_in",
        "attempt",
        "columns",
        "tap",
        "habits",
        "book",
        "given",
        "unhurried",
        "logins",
        "yaml_values",
        "yaml_scalars",
    ]
)
OLD_AT_THE_TOP = frozenset(
    [
        "server",
        "connection",
        "answer",
        "encoding",
        "rules.py",
        "tables",
        "issues",
        "contract_rules",
        "absent",
        "profiles",
        "state",
        "bundled",
        "defaults",
        "watch",
        "attachment",
        "auth_method",
        "trusted_ips",
        "javascript",
        "routes",
        "identity",
        "kubernetes_auth",
        "universal_auth",
        "token_auth",
        "tokens",
        "kubernetes",
    ]
)
EMPTY_WORDS = {"utils", "helpers", "common", "base", "manager", "service", "util", "helper"}
FIELD_WORDS = {"service_account"}

DOCUMENT_LIBRARIES = {
    "openapi_core",
    "openapi_spec_validator",
    "jsonschema",
    "jsonschema_rs",
    "openapi_schema_validator",
}
DOMAIN_PACKAGES = {"wcmatch", "rpds", "jwt"}
DOMAIN_NEVER = {"asyncio", "socket", "http", "urllib", "os", "pathlib", "time", "random", "secrets"}
DOMAIN_NEVER_REACHES = {"aiohttp", "yaml"} | DOCUMENT_LIBRARIES
CLOCK_READINGS = {"now", "utcnow", "today", "uuid4"}
#: Of `mockserver.clock`, the domain takes types and conversions: no function that reads a clock.
CLOCK_NAMES = {"Clock", "Ids", "iso", "parse_iso", "UTC"}


@dataclass(frozen=True)
class Import:
    """One import statement's target: a module, and the name taken from it if there is one."""

    module: str
    name: str | None
    type_checking: bool
    line: int

    @property
    def package(self) -> str:
        """The top-level package."""
        return self.module.partition(".")[0]


def _module_name(path: Path) -> str:
    parts = path.relative_to(TOP).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def trees() -> dict[str, tuple[Path, ast.Module]]:
    """Every module of the package: its name, its path and its syntax tree."""
    return {_module_name(path): (path, ast.parse(path.read_bytes())) for path in sorted(PACKAGE.rglob("*.py"))}


def _statements(node: ast.AST, type_checking: bool = False) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, type_checking
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for statement in child.body:
                yield from _statements(ast.Module([statement], []), True)
            for statement in child.orelse:
                yield from _statements(ast.Module([statement], []), type_checking)
        else:
            yield from _statements(child, type_checking)


def imports_of(module: str, path: Path, tree: ast.Module) -> Iterator[Import]:
    """The imports of one module, those inside functions included; relative ones are made absolute."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for statement, type_checking in _statements(tree):
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                yield Import(alias.name, None, type_checking, statement.lineno)
        else:
            source = statement.module or ""
            if statement.level:
                above = package.split(".")[: len(package.split(".")) - statement.level + 1]
                source = ".".join([*above, source] if source else above)
            for alias in statement.names:
                yield Import(source, alias.name, type_checking, statement.lineno)


@cache
def imports() -> dict[str, list[Import]]:
    """The imports of every module of the package."""
    return {module: list(imports_of(module, path, tree)) for module, (path, tree) in trees().items()}


def _own_module(found: Import) -> str | None:
    if found.name is not None and f"{found.module}.{found.name}" in trees():
        return f"{found.module}.{found.name}"
    return found.module if found.module in trees() else None


@cache
def graph(type_checking: bool) -> dict[str, set[str]]:
    """Which of our modules each of our modules imports, with or without those under TYPE_CHECKING."""
    return {
        module: {
            target
            for found in imports()[module]
            if (type_checking or not found.type_checking) and (target := _own_module(found)) and target != module
        }
        for module in trees()
    }


def reached(start: str, arrows: dict[str, set[str]]) -> set[str]:
    """The modules that an import of `start` loads in the end."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for target in arrows[waiting.pop()] - seen:
            seen.add(target)
            waiting.append(target)
    return seen


def rings(arrows: dict[str, set[str]]) -> list[set[str]]:
    """Groups of modules that import each other, directly or through others."""
    ways = {module: reached(module, arrows) for module in arrows}
    found = []
    for module in arrows:
        ring = {other for other in ways[module] if module in ways[other]}
        if ring and ring not in found:
            found.append(ring)
    return found


def _within(package: str) -> list[str]:
    return [module for module in trees() if module == package or module.startswith(f"{package}.")]


def _places(module: str, lines: list[int]) -> list[str]:
    return [f"{trees()[module][0].relative_to(TOP)}:{line}" for line in lines]


def test_at_most_twelve_modules_lie_loose():
    loose = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    assert len(loose) <= LOOSE_MODULES, sorted(loose)


def test_no_module_has_an_old_name():
    assert not [module for module in trees() if module.rpartition(".")[2] in OLD_ANYWHERE]
    entries = {path.name for path in PACKAGE.iterdir()} | {path.stem for path in PACKAGE.iterdir()}
    assert not (entries - {"rules"}) & OLD_AT_THE_TOP
    assert not (PACKAGE / "rules.py").exists()


def test_no_module_has_an_empty_name():
    names = {part for module in trees() for part in module.split(".")} - FIELD_WORDS
    assert not [name for name in names if set(name.split("_")) & EMPTY_WORDS]


def test_no_import_cycle():
    assert rings(graph(type_checking=False)) == []


def test_no_ring_through_type_checking():
    assert rings(_without_the_top(graph(type_checking=True))) == []


def _without_the_top(arrows: dict[str, set[str]]) -> dict[str, set[str]]:
    return {module: targets - {"mockserver"} for module, targets in arrows.items() if module != "mockserver"}


def test_the_domain_imports_only_what_is_pure():
    bad = []
    for module in _within("mockserver.infisical"):
        for found in imports()[module]:
            foreign = found.package not in sys.stdlib_module_names | {"mockserver"} | DOMAIN_PACKAGES
            if foreign or found.package in DOMAIN_NEVER or found.module.startswith("mockserver.http"):
                bad.append((_places(module, [found.line])[0], found.module))
    assert bad == []


def test_of_the_clock_the_domain_takes_types_and_conversions():
    taken = {
        (found.name, module)
        for module in _within("mockserver.infisical")
        for found in imports()[module]
        if found.module == "mockserver.clock" or (found.module, found.name) == ("mockserver", "clock")
    }
    assert {(name, module) for name, module in taken if name not in CLOCK_NAMES} == set()


def test_the_domain_reads_no_clock_and_makes_no_id():
    bad = []
    for module in _within("mockserver.infisical"):
        for node in ast.walk(trees()[module][1]):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
                if called in CLOCK_READINGS:
                    bad += _places(module, [node.lineno])
    assert bad == []


def test_the_domain_reaches_no_server_and_no_document_library():
    arrows = graph(type_checking=False)
    bad = {
        (module, through, found.package)
        for module in _within("mockserver.infisical")
        for through in {module} | reached(module, arrows)
        for found in imports()[through]
        if found.package in DOMAIN_NEVER_REACHES and not found.type_checking
    }
    assert bad == set()


def test_rules_know_no_rule():
    assert not [
        (module, found.module)
        for module in _within("mockserver.rules")
        for found in imports()[module]
        if found.package == "mockserver" and found.module.split(".")[1:2] not in (["rules"], ["errors"])
    ]


def test_only_the_contract_imports_document_libraries():
    """`seeding` may import `jsonschema_rs`, for the schema of the fixtures."""
    allowed = {"contract": DOCUMENT_LIBRARIES, "seeding": {"jsonschema_rs"}}
    assert not [
        (*_places(module, [found.line]), found.module)
        for module in trees()
        for found in imports()[module]
        if found.package in DOCUMENT_LIBRARIES - allowed.get(f"{module}.".split(".")[1], set())
    ]


def test_modules_are_short():
    lengths = {module: len(path.read_bytes().splitlines()) for module, (path, _) in trees().items()}
    assert {module: length for module, length in lengths.items() if length > MODULE_LINES} == {}


def test_functions_are_short():
    long = {}
    for module, (_, tree) in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = node.end_lineno - node.lineno + 1
                if lines > FUNCTION_LINES:
                    long[_places(module, [node.lineno])[0]] = lines
    assert long == {}


def test_the_architecture_fits_a_page():
    assert 0 < (TOP / "ARCHITECTURE.md").stat().st_size < ARCHITECTURE_BYTES
