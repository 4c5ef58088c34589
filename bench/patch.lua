-- The accepted update that both servers are asked for.
wrk.method = "PATCH"
wrk.headers["Authorization"] = "Bearer acme-admin-token"
wrk.headers["Content-Type"] = "application/json"
wrk.body = [[{"allowedNamespaces":"payments,checkout","allowedNames":"api","allowedAudience":"infisical",]] ..
  [["accessTokenTTL":3600,"accessTokenMaxTTL":7200,"accessTokenNumUsesLimit":0,]] ..
  [["accessTokenTrustedIps":[{"ipAddress":"10.0.0.0/8"}]}]]
