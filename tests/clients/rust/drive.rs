// Drives the Rust SDK as a program of its users does, and prints what came of it as one JSON object.

use infisical::{AuthMethod, Client, InfisicalError};
use serde_json::{json, Value};
use std::env::var;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let told = match login_and_get().await {
        Ok(answer) => json!({ "answer": answer }),
        // Its text leaves out what the server said; its fields have it.
        Err(InfisicalError::HttpError { status, message }) => json!({ "status": status.as_u16(), "body": message }),
        Err(error) => json!({ "error": error.to_string() }),
    };
    println!("{told}");
}

/// Logs in, then reads a record through the HTTP client that the SDK has given the token.
async fn login_and_get() -> Result<Value, InfisicalError> {
    let mut client = Client::builder().base_url(of("MOCK_URL")).build().await?;
    client.login(AuthMethod::new_universal_auth(of("CLIENT_ID"), of("CLIENT_SECRET"))).await?;
    let url = format!("{}/api/v1/auth/kubernetes-auth/identities/{}", client.base_url, of("IDENTITY_ID"));
    Ok(client.http_client.get(url).send().await?.json().await?)
}

fn of(name: &str) -> String {
    var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}
