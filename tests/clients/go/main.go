// Drives the Go SDK as a program of its users does, and prints what the SDK said as one JSON object.
//
// drive login|refresh|revoke universal|kubernetes
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	infisical "github.com/infisical/go-sdk"
)

func main() {
	action, method := os.Args[1], os.Args[2]
	client := infisical.NewInfisicalClient(context.Background(), infisical.Config{
		SiteUrl:    os.Getenv("MOCK_URL"),
		SilentMode: true,
	})
	auth := client.Auth()
	told := map[string]any{}
	credential, err := login(auth, method)
	switch {
	case err != nil:
		told["error"] = err.Error()
	case action == "refresh":
		told["tokens"] = []string{credential.AccessToken, nextToken(auth, credential.AccessToken)}
	case action == "revoke":
		told["token"] = credential.AccessToken
		if err := auth.RevokeAccessToken(); err != nil {
			told["error"] = err.Error()
		}
		told["left"] = auth.GetAccessToken()
	default:
		told["credential"] = credential
	}
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func login(auth infisical.AuthInterface, method string) (infisical.MachineIdentityCredential, error) {
	if method == "kubernetes" {
		return auth.KubernetesAuthLogin(os.Getenv("IDENTITY_ID"), os.Getenv("TOKEN_PATH"))
	}
	return auth.UniversalAuthLogin(os.Getenv("CLIENT_ID"), os.Getenv("CLIENT_SECRET"))
}

// nextToken waits until the SDK has replaced its token by itself; "" if it does not within 5 seconds, which is before a token of 6 ends.
func nextToken(auth infisical.AuthInterface, first string) string {
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if token := auth.GetAccessToken(); token != first {
			return token
		}
	}
	return ""
}
