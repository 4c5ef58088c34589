"""Drives the former Python SDK: it logs in when it first needs a secret, and no secret is to be had of the mock."""

import json
import os

from infisical_client import (
    AuthenticationOptions,
    ClientSettings,
    GetSecretOptions,
    InfisicalClient,
    KubernetesAuthMethod,
    UniversalAuthMethod,
)

if "TOKEN_PATH" in os.environ:
    auth = AuthenticationOptions(
        kubernetes=KubernetesAuthMethod(
            identity_id=os.environ["IDENTITY_ID"], service_account_token_path=os.environ["TOKEN_PATH"]
        )
    )
else:
    auth = AuthenticationOptions(
        universal_auth=UniversalAuthMethod(client_id=os.environ["CLIENT_ID"], client_secret=os.environ["CLIENT_SECRET"])
    )
try:
    InfisicalClient(ClientSettings(site_url=os.environ["MOCK_URL"], auth=auth)).getSecret(
        options=GetSecretOptions(environment="dev", project_id="none", secret_name="NONE")
    )
except Exception as error:  # its native part raises nothing else
    print(json.dumps({"error": str(error)}))
