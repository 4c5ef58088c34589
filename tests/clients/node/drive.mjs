// Drives the Node SDK as a program of its users does, and prints what the SDK said as one JSON object.
import { InfisicalSDK } from "@infisical/sdk";

const { MOCK_URL, CLIENT_ID, CLIENT_SECRET, IDENTITY_ID } = process.env;
const [scenario] = process.argv.slice(2);
const client = new InfisicalSDK({ siteUrl: MOCK_URL });
const told = {};
try {
  await client.auth().universalAuth.login({ clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
  told.tokens = [client.auth().getAccessToken()];
  if (scenario === "renew") {
    // Times of a token are whole seconds: one renewed within the same second is the same token.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await client.auth().universalAuth.renew();
    told.tokens.push(client.auth().getAccessToken());
  }
  const answer = await fetch(`${MOCK_URL}/api/v1/auth/kubernetes-auth/identities/${IDENTITY_ID}`, {
    headers: { Authorization: `Bearer ${told.tokens.at(-1)}` },
  });
  told.answer = await answer.json();
} catch (error) {
  told.error = { name: error.name, message: error.message };
}
console.log(JSON.stringify(told));
