// Logs in as the Infisical provider of External Secrets does, and revokes the token when it closes.
//
// `login` prints what has come of it. The provider finds its credentials in a Kubernetes Secret; here they come from
// the environment.
package main

import (
	"context"
	"encoding/json"
	"os"

	esv1 "github.com/external-secrets/external-secrets/apis/externalsecrets/v1"
	esmeta "github.com/external-secrets/external-secrets/apis/meta/v1"
	"github.com/external-secrets/external-secrets/pkg/provider/infisical"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kclient "sigs.k8s.io/controller-runtime/pkg/client"
)

// secrets is a cluster that has one Secret, whatever its name.
type secrets struct{ kclient.Client }

func (secrets) Get(_ context.Context, _ kclient.ObjectKey, object kclient.Object, _ ...kclient.GetOption) error {
	object.(*corev1.Secret).Data = map[string][]byte{
		"id":     []byte(os.Getenv("CLIENT_ID")),
		"secret": []byte(os.Getenv("CLIENT_SECRET")),
	}
	return nil
}

func store() *esv1.SecretStore {
	return &esv1.SecretStore{
		TypeMeta:   metav1.TypeMeta{Kind: esv1.SecretStoreKind},
		ObjectMeta: metav1.ObjectMeta{Name: "infisical", Namespace: "default"},
		Spec: esv1.SecretStoreSpec{Provider: &esv1.SecretStoreProvider{Infisical: &esv1.InfisicalProvider{
			HostAPI: os.Getenv("MOCK_URL"),
			Auth: esv1.InfisicalAuth{UniversalAuthCredentials: &esv1.UniversalAuthCredentials{
				ClientID:     esmeta.SecretKeySelector{Name: "infisical", Key: "id"},
				ClientSecret: esmeta.SecretKeySelector{Name: "infisical", Key: "secret"},
			}},
			SecretsScope: esv1.MachineIdentityScopeInWorkspace{ProjectSlug: "project", EnvironmentSlug: "dev", SecretsPath: "/"},
		}}},
	}
}

func run() error {
	ctx := context.Background()
	client, err := (&infisical.Provider{}).NewClient(ctx, store(), secrets{}, "default")
	if err != nil || os.Args[1] == "login" {
		return err
	}
	return client.Close(ctx)
}

func main() {
	told := map[string]string{"error": ""}
	if err := run(); err != nil {
		told["error"] = err.Error()
	}
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil {
		panic(err)
	}
}
