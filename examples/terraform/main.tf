# A machine identity with each auth method, against the mock. README.md says how to run it.
# It needs no auth templates, so that any version of the provider applies it.

terraform {
  required_providers {
    infisical = {
      source = "infisical/infisical"
    }
  }
}

provider "infisical" {
  host = var.host
  auth = {
    universal = {
      client_id     = var.client_id
      client_secret = var.client_secret
    }
  }
}

resource "infisical_identity" "payments" {
  name                  = var.name
  role                  = var.role
  org_id                = var.org_id
  has_delete_protection = var.has_delete_protection
  metadata              = var.metadata
}

resource "infisical_identity_kubernetes_auth" "payments" {
  identity_id                   = infisical_identity.payments.id
  kubernetes_host               = var.kubernetes_host
  kubernetes_ca_certificate     = var.kubernetes_ca_certificate
  token_reviewer_jwt            = var.token_reviewer_jwt
  token_reviewer_mode           = var.token_reviewer_mode
  gateway_id                    = var.gateway_id
  allowed_namespaces            = var.allowed_namespaces
  allowed_service_account_names = var.allowed_service_account_names
  allowed_audience              = var.allowed_audience
  access_token_ttl              = var.access_token_ttl
  access_token_max_ttl          = var.access_token_max_ttl
  access_token_num_uses_limit   = var.access_token_num_uses_limit
  access_token_trusted_ips      = [for ip in var.access_token_trusted_ips : { ip_address = ip }]
}

resource "infisical_identity_universal_auth" "payments" {
  identity_id                 = infisical_identity.payments.id
  access_token_ttl            = var.universal_access_token_ttl
  access_token_max_ttl        = var.universal_access_token_max_ttl
  access_token_num_uses_limit = var.universal_access_token_num_uses_limit
  access_token_trusted_ips    = [for ip in var.universal_access_token_trusted_ips : { ip_address = ip }]
  client_secret_trusted_ips   = [for ip in var.universal_client_secret_trusted_ips : { ip_address = ip }]

  depends_on = [infisical_identity_kubernetes_auth.payments]
}

resource "infisical_identity_universal_auth_client_secret" "payments" {
  identity_id          = infisical_identity.payments.id
  description          = var.client_secret_description
  number_of_uses_limit = var.client_secret_number_of_uses_limit
  ttl                  = var.client_secret_ttl

  depends_on = [infisical_identity_universal_auth.payments]
}

resource "infisical_identity_token_auth" "payments" {
  identity_id                 = infisical_identity.payments.id
  access_token_ttl            = var.token_access_token_ttl
  access_token_max_ttl        = var.token_access_token_max_ttl
  access_token_num_uses_limit = var.token_access_token_num_uses_limit
  access_token_trusted_ips    = [for ip in var.token_access_token_trusted_ips : { ip_address = ip }]

  depends_on = [infisical_identity_universal_auth.payments]
}

resource "infisical_identity_token_auth_token" "payments" {
  identity_id = infisical_identity.payments.id
  name        = var.token_name

  depends_on = [infisical_identity_token_auth.payments]
}
