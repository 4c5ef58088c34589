"""Values that contracts are often broken with, and some that only look like it."""

UUID = "5a000000-0000-4000-8000-00000000000b"
TIME = "2026-01-02T03:04:05.678Z"

NUMBERS = (0, 1, -1, 7, 3600.0, 3600.5, -0.0, -0.5, 1e15, 1e300, 315360000, 315360000.0, 315360001, 315360000.5)
HUGE = (2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**30, 10**400, -(10**400))
UUIDS = (
    UUID,
    UUID.upper(),
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "0193e4a2-7c1b-7def-8abc-0123456789ab",
    f"{{{UUID}}}",
    f"urn:uuid:{UUID}",
    UUID.replace("-", ""),
    UUID.replace("-", "--"),
    UUID[:8] + UUID[9:],
    f"-{UUID}",
    f"{UUID}-",
    f"{UUID}\n",
    f"\n{UUID}",
    f" {UUID}",
    UUID[:-1],
    UUID + "0",
    UUID.replace("a", "g"),
    UUID.replace("0", "\u0660"),
    UUID.replace("-", "\u2010"),
    "5-a-0-0-0000000000000000000000000000",
    "5a00000-00000-4000-8000-00000000000b",
)
TIMES = (
    TIME,
    "2026-01-02T03:04:05Z",
    "2026-01-02T03:04:05+02:00",
    "2026-01-02T03:04:05",
    "2026-01-02",
    "2026-02-30T03:04:05Z",
    "2026-01-02T25:04:05Z",
    "now",
)
TEXTS = (
    "",
    " ",
    "a",
    "api",
    "API",
    "api ",
    "api\n",
    "gateway",
    "null",
    "3600",
    "true",
    "\0",
    "\ufeff",
    "é",
    "😀",
    "x" * 300,
)
ITEM = {"ipAddress": "10.0.0.0/8"}
OTHERS = (
    None,
    True,
    False,
    [],
    {},
    [None],
    [[]],
    [{}],
    ["10.0.0.0/8"],
    [ITEM],
    [ITEM, ITEM],
    [ITEM] * 100,
    [ITEM, None],
    [{"ipAddress": None}],
    [{"ipAddress": 7}],
    [{"ipAddress": ""}],
    [ITEM | {"prefix": 8}],
    [ITEM | {"": 1}],
    [{"IPAddress": "::1"}],
    ITEM,
    {"a": {"b": [1, {"c": None}]}},
)
ODD = NUMBERS + HUGE + UUIDS + TIMES + TEXTS + OTHERS
KEYS = (
    "identityId",
    "token_reviewer_jwt",
    "KubernetesHost",
    "kubernetesHost ",
    "__proto__",
    "",
    "a/b",
    "é",
    "toString",
)
