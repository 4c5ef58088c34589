"""Lists of allowed namespaces and names: what each form of entry matches, and that no entry takes long (behaviour 7).

Every row of the table has been compared with the glob library of the service.
"""

import time

import pytest

from mockserver.infisical.kubernetes_auth.globs import Verdict, check_list, matches

# pattern -> names that it matches, names that it does not
TABLE = {
    # equal
    "payments": (("payments",), ("payment", "payments2", "Payments", "a/payments")),
    ".hidden": ((".hidden",), ("hidden",)),
    "a.b": (("a.b",), ("axb",)),
    "a/b": (("a/b",), ("a", "ab")),
    "$a^b": (("$a^b",), ("ab",)),
    # `*`
    "*": (("a", "payments", "a.b", "-"), (".a", "a/b", "")),
    "**": (("a", "payments", "a.b"), (".a",)),
    "***": (("a", "payments"), (".a", "a/b")),
    "pay*": (("pay", "payments", "pay."), ("apay", "pay/a")),
    "*ments": (("ments", "payments"), ("payment", ".ments")),
    "p*y*s": (("pys", "payments"), ("pay", "payment")),
    "a**b": (("ab", "axxb"), ("a/b", "abc")),
    "*.svc": (("api.svc",), (".svc", "svc", "api.svcs")),
    "*-*": (("a-b", "-", "a-b-c"), ("ab", ".-")),
    ".*": ((".a", ".hidden"), ("a",)),
    "a/*": (("a/b",), ("a", "a/.b", "a/b/c")),
    # `?`
    "?": (("a", "-"), ("ab", ".")),
    "a?": (("ab", "a."), ("a", "abc", "a/")),
    "??": (("ab",), ("a", ".b")),
    "?*": (("a", "ab"), (".a",)),
    "worker-??": (("worker-01",), ("worker-1", "worker-001")),
    # classes
    "worker-[0-9]": (("worker-1", "worker-9"), ("worker-", "worker-10", "worker-a")),
    "[ab]c": (("ac", "bc"), ("cc", "c")),
    "[^ab]c": (("cc", ".c"), ("ac", "c", "/c")),
    "[!ab]c": (("ac", "!c"), ("cc",)),
    "[a-c]*-[x-z]": (("a-x", "bbb-z"), ("d-x", "a-w")),
    "[]a]b": (("ab", "]b"), ("bb",)),
    "[a-]b": (("ab", "-b"), ("bb",)),
    "[[:digit:]x]*": (("1a", "x"), ("a", "")),
    "[[:alnum:]_]": (("a", "Z", "0", "_"), ("-",)),
    "[\\]]": (("]",), ("\\",)),
    "[z-a]": (("[z-a]",), ("a", "z")),
    "[ab]+": (("a", "abba"), ("", "c", "ab+")),
    "[ab": (("[ab",), ("a",)),
    "a]": (("a]",), ("a",)),
    # braces that no comma divides (the comma divides the list)
    "{a}": (("{a}",), ("a",)),
    "{a}*": (("{a}", "{a}b"), ("a", "ab")),
    "{a": (("{a",), ("a",)),
    "{1..3}": (("1", "3"), ("0", "4", "12")),
    "{a..c}x": (("ax", "cx"), ("dx",)),
    "n{1..12}": (("n1", "n2"), ("n3", "n12")),
    # groups
    "@(api|worker)": (("api", "worker"), ("ap", "apiworker", "@(api|worker")),
    "@(api|worker)-*": (("api-", "worker-1"), ("api", "apix-1")),
    "api?(-v2)": (("api", "api-v2"), ("api-v2-v2", "api-v1")),
    "a*(bc)": (("a", "abc", "abcbc"), ("ab", "abcb")),
    "a+(bc)": (("abc", "abcbc"), ("a", "ab")),
    "(api|worker)": (("api", "worker"), ("apiworker",)),
    "a(b|c)?": (("a", "ab", "ac"), ("abc",)),
    "+(a|b)c": (("ac", "abac"), ("c", "a")),
    "?(a)b": (("b", "ab"), ("aab", "a")),
    "*(a)": (("a", "aa"), ("b",)),
    "@(a*|*b)": (("a", "ax", "xb"), ("x",)),
    "@(a|@(b|c))d": (("ad", "bd", "cd"), ("d", "ed")),
    "a@(b": (("a@(b",), ("ab",)),
    "a)": (("a)",), ("a",)),
    "@a": (("@a",), ("a",)),
    "a+b": (("a+b",), ("ab", "aab")),
    "a|b": (("a|b",), ("a", "b")),
    "@(a+)": (("a", "aaa"), ("a+", "")),
    # negation
    "!(api)": (("worker", "apis", "ap"), ("api", "")),
    "!(api|worker)": (("job", "api-1"), ("api", "worker")),
    "!(api*)": (("worker", "ap"), ("api", "api-1")),
    "api-!(dev)": (("api-prod", "api-"), ("api-dev",)),
    "!(dev)-api": (("prod-api",), ("dev-api", "devel-api")),
    "!(*-dev).svc": (("api.svc", "api-dev2.svc"), ("api-dev.svc",)),
    "!(!(a))": (("a",), ("b",)),
    "!api": (("worker", ".api", "a/b"), ("api",)),
    "!api*": (("worker", ".api"), ("api", "api-1")),
    "!!api": (("api",), ("worker",)),
    "!*": ((".a",), ("a",)),
    "!": (("a", "!"), ()),
    "a!b": (("a!b",), ("a", "ab")),
    # backslashes and quotes
    "a\\*": (("a*",), ("ab",)),
    "\\@(a)": (("@a",), ("a",)),
    '"a*"': (("a*",), ("a", "ab")),
    './a': (("a",), ("b",)),
}  # fmt: skip
ROWS = [
    pytest.param(name, pattern, expected, id=f"{name!r} {'in' if expected else 'not in'} {pattern!r}")
    for pattern, sides in TABLE.items()
    for names, expected in zip(sides, (True, False), strict=True)
    for name in names
]


@pytest.mark.parametrize(("name", "pattern", "expected"), ROWS)
def test_an_entry_matches(name: str, pattern: str, expected: bool):
    assert matches(name, pattern) is expected


ALLOWED, NOT_ALLOWED, BROKEN = Verdict.ALLOWED, Verdict.NOT_ALLOWED, Verdict.BROKEN


@pytest.mark.parametrize(
    ("name", "allowed", "verdict"),
    [
        pytest.param("a", "", ALLOWED, id="an empty list"),
        pytest.param("", "", ALLOWED, id="an empty list and no name"),
        pytest.param("a", "a", ALLOWED, id="one entry"),
        pytest.param("b", "a", NOT_ALLOWED, id="one other entry"),
        pytest.param("b", "a,b", ALLOWED, id="the second entry"),
        pytest.param("b", "a , \tb\ufeff", ALLOWED, id="entries are trimmed"),
        pytest.param("b", "b\x85", NOT_ALLOWED, id="U+0085 is not trimmed"),
        pytest.param("b-1", "a, b-*", ALLOWED, id="a glob behind another entry"),
        pytest.param("a,b", "a,b", NOT_ALLOWED, id="the list is not a name"),
        pytest.param("a", "{a,b}", NOT_ALLOWED, id="braces do not survive the comma"),
        pytest.param("{a", "{a,b}", ALLOWED, id="what is left of braces"),
        pytest.param("b", "@(a,b)", NOT_ALLOWED, id="nor does a group"),
        pytest.param("b", "a,!(a)", ALLOWED, id="a negation behind another entry"),
        pytest.param("a", "a,", ALLOWED, id="a match before an empty entry"),
        pytest.param("b", "a,", BROKEN, id="an empty entry at the end"),
        pytest.param("b", ",b", BROKEN, id="an empty entry before the match"),
        pytest.param("b", "a,,b", BROKEN, id="an empty entry in the middle"),
        pytest.param("b", " ", BROKEN, id="a blank list"),
        pytest.param("b", "a, \ufeff,b", BROKEN, id="a blank entry"),
        pytest.param("", "a,", ALLOWED, id="an empty name equals an empty entry"),
        pytest.param("", "*", NOT_ALLOWED, id="an empty name matches no glob"),
    ],
)
def test_a_list_is_asked_entry_by_entry(name: str, allowed: str, verdict: Verdict):
    assert check_list(name, allowed) is verdict


def test_a_name_longer_than_any_of_kubernetes_equals_and_matches_nothing_else():
    assert matches("a" * 253, "a*")
    assert not matches("a" * 254, "a*")
    assert matches("a" * 254, "a" * 254)


LONG = "a" * 253
HOSTILE = {
    "stars": "*" * 254 + "b",
    "stars and letters": "*a" * 100 + "b",
    "letters and stars": "b" + "a*" * 100,
    "classes": "[a]*" * 63 + "b",
    "classes first": "b" + "*[a]" * 63,
    "classes that match": "[a]*" * 63,
    "groups": "+(a)" * 63 + "b",
    "groups that match": "+(a)" * 63,
    "groups in groups": "+(" * 39 + "a" + ")" * 39 + "b",
    "groups of alternatives": "b" + "+(a|a?|a??|*a|?)" * 15,
    "stars of groups in one another": "*(*(*(*(*(*(a|b)b|a)b|a)b|a)b|a)b|a)",
    "alternatives that go far for nothing": "+(+(+(+(?)ZZ|a)ZZ|a)ZZ|a)ZZ|b(c)",
    "negations": "!(*a*" * 30 + ")" * 30,
    "negations in a row": "!(*a)" * 50,
    "negations that match": "!(" * 39 + "a" + ")" * 39,
    "deep parentheses": "(" * 125 + "a" + ")" * 125,
    "parentheses that nothing closes": "(" * 255,
    "signs of groups that nothing closes": "+(" * 127,
    "braces": "{" * 255,
    "ranges": "{a..b}" * 42,
    "brackets": "[" * 255,
    "brackets closed once": "[" * 254 + "]",
    "named classes": "[[:alpha:]" * 25,
    "exclamation marks": "!" * 255,
    "question marks and stars": "?*" * 127,
    "backslashes": "\\" * 255,
    "quotes": '"' * 255,
    "dots": "..{" * 85,
}


def seconds(name: str, pattern: str) -> float:
    """Of the processor: a machine has other work too."""
    started = time.process_time()
    matches(name, pattern)
    return time.process_time() - started


@pytest.mark.parametrize("pattern", HOSTILE.values(), ids=HOSTILE)
def test_no_entry_takes_long(pattern: str):
    for name in (LONG, "a" * 252 + "b", "b" + "a" * 252, "ab" * 126, "." + "a" * 252):
        assert seconds(name, pattern) < 0.2
