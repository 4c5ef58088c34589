"""Coverage reports as JUnit XML, with one test case for each item that counts."""

import re
from xml.etree import ElementTree

from mockserver.coverage.report import Report, State, Total

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report, *, failed: bool) -> str:
    """Return a suite for each operation. Missing items are skipped, or failures if `failed`."""
    suites = ElementTree.Element("testsuites", _counts("infisical-mock coverage", report.total(), failed=failed))
    for operation, sections in report.operations.items():
        counts = _counts(_clean(operation), report.total(operation), failed=failed)
        suite = ElementTree.SubElement(suites, "testsuite", counts)
        for section, items in sections.items():
            for item, state in items.items():
                if state is not State.NOT_COUNTED:
                    case = ElementTree.SubElement(
                        suite, "testcase", classname=f"{_clean(operation)}.{section}", name=_clean(item), time="0"
                    )
                    if state is State.MISSING:
                        ElementTree.SubElement(case, "failure" if failed else "skipped", message="not covered")
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _counts(name: str, total: Total, *, failed: bool) -> dict[str, str]:
    missing = str(total.of - total.covered)
    failures, skipped = (missing, "0") if failed else ("0", missing)
    return {"name": name, "tests": str(total.of), "failures": failures, "errors": "0", "skipped": skipped, "time": "0"}


def _clean(text: str) -> str:
    """Replace the characters that XML does not allow."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
