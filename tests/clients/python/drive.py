"""Drives the Python SDK as a program of its users does, and prints what the SDK said as one JSON object."""

import json
import os
import sys
from dataclasses import asdict
from typing import Any

from infisical_sdk import InfisicalSDKClient
from infisical_sdk.infisical_requests import APIError


def main(scenario: str) -> dict[str, Any]:
    """Login; then, if asked to, the SDK's own request layer with the token that it got."""
    path = f"/api/v1/auth/kubernetes-auth/identities/{os.environ['IDENTITY_ID']}"
    body = json.loads(os.environ.get("BODY", "{}"))
    with InfisicalSDKClient(host=os.environ["MOCK_URL"]) as client:
        try:
            credential = client.auth.universal_auth.login(os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"])
            told: dict[str, Any] = {"credential": asdict(credential)}
            if scenario == "get":
                told["answer"] = client.api.get(path, dict).data
            if scenario == "update":
                told["answer"] = client.api.patch(path, dict, json=body).data
        except APIError as error:
            return {"error": str(error), "status": error.status_code, "answer": error.response}
        return told


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
