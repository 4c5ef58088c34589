"""The reference, row by row, with the tests that cover each row.

The reference (behaviour sections 2, 4, 5, 7, 8, 9 and 10, and the errors) is no part of this repository: its rows stand
here under ids, in words of our own. `test_reference_table.py` looks that every test named here is one. The other
sections have tables of their own: 3 in `kubernetes_auth/`, 6 in `test_trusted_ips.py`, 11 in `test_profiles.py`.
"""

from collections.abc import Mapping

from tests.reference_rows import (
    attach_checks,
    attach_fields,
    code_at_work,
    error_conditions,
    error_shapes,
    get_and_revoke,
    identities,
    login,
    neighbours,
    tokens,
    universal_auth,
)
from tests.reference_rows.row import Row

SECTIONS: Mapping[str, tuple[Row, ...]] = {
    "2": (*attach_fields.ROWS, *attach_checks.ROWS),
    "4": get_and_revoke.GET,
    "5": get_and_revoke.REVOKE,
    "7": login.ROWS,
    "8": tokens.ROWS,
    "9": universal_auth.ROWS,
    "10": identities.ROWS,
    "code": code_at_work.ROWS,
    "neighbours": neighbours.ROWS,
    "errors": (*error_shapes.ROWS, *error_conditions.ROWS),
}
"""The rows of each section."""
