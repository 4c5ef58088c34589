"""The report of parity as JUnit XML: a test case for each rule."""

import json
import re
from xml.etree import ElementTree

from mockserver.parity.report import Report, shown
from mockserver.parity.text import answer, fit, request

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> str:
    """Return one suite: confirmed rules pass, different ones fail, the others are skipped with the reason."""
    different = {each.rule for each in report.mismatches}
    total = len(report.confirmed) + len(different) + len(report.not_reached)
    counts = {
        "name": "infisical-mock parity",
        "tests": str(total),
        "failures": str(len(different)),
        "errors": "0",
        "skipped": str(len(report.not_reached)),
        "time": "0",
    }
    suites = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(suites, "testsuite", counts)
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in (
        ("tenant", report.tenant),
        ("generation", report.generation.value),
        ("bestGeneration", report.best.value),
        ("fit", fit(report)),
    ):
        ElementTree.SubElement(properties, "property", name=name, value=_clean(value))
    for rule in report.confirmed:
        _case(suite, rule)
    for rule in sorted(different):
        found = [each for each in report.mismatches if each.rule == rule]
        tenant, mock = map(json.dumps, shown(found[0].difference))
        said = f"{found[0].difference.field}: {tenant} in the tenant, {mock} in the mock"
        failure = ElementTree.SubElement(_case(suite, rule), "failure", message=_clean(said))
        lines = [
            f"{each.script}, step {each.step}: {request(each)}\n"
            f"tenant: {answer(each.tenant.raw)}\nmock: {answer(each.mock.raw)}"
            for each in found
        ]
        failure.text = _clean("\n\n".join(lines))
    for rule, reason in report.not_reached.items():
        ElementTree.SubElement(_case(suite, rule), "skipped", message=_clean(reason))
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, rule: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname="parity", name=_clean(rule), time="0")


def _clean(text: str) -> str:
    """Replace the characters that XML does not allow."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
