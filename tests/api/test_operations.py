"""The table of the operations, each of which is loaded when it is first asked for."""

from importlib import import_module

import pytest

from mockserver.api.ledger import ledger
from mockserver.api.operations import OPERATIONS, Operations, Rulebooks, operations_of
from mockserver.contract.compiled import Contracts
from mockserver.rules.generation import GENERATIONS
from mockserver.settings import bundled

UPDATE = "updateKubernetesAuth"


@pytest.mark.parametrize("name", OPERATIONS.ids)
def test_each_module_holds_the_operation_that_the_table_names(name: str):
    assert import_module(f"mockserver.api.{OPERATIONS.modules[name]}").OPERATION.id == name
    assert OPERATIONS[name].id == name


def test_the_documents_have_every_operation():
    documents = Contracts(bundled("openapi.yaml"))
    assert {name for each in GENERATIONS for name in documents.of(each).operations} == set(OPERATIONS.ids)


def test_an_operation_is_loaded_once():
    table = Operations({UPDATE: OPERATIONS.modules[UPDATE]})
    assert table[UPDATE] is table[UPDATE] is next(iter(table))
    with pytest.raises(KeyError):
        table["getKubernetesAuth"]


def test_operations_that_are_given_are_taken_as_they_are():
    update = OPERATIONS[UPDATE]
    table = operations_of((update,))
    assert (table.ids, list(table)) == ((UPDATE,), [update])
    assert operations_of(table) is table


def test_rulebooks_and_ledger_have_the_rules_of_every_operation():
    books = Rulebooks(OPERATIONS)
    assert list(books) == list(OPERATIONS.ids)
    assert UPDATE in books
    assert "unknown" not in books
    assert {rule.id for book in books.values() for rule in book.rules} <= {rule.id for _, rule in ledger(OPERATIONS)}
