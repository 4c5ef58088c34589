# An auth template, and a machine identity that is linked to it. It needs a provider that knows templates (October 2026
# or later), and a server of 2026-09 or later.

terraform {
  required_providers {
    infisical = {
      source = "infisical/infisical"
    }
  }
}

variable "host" {
  type    = string
  default = "http://127.0.0.1:8080"
}

variable "kubernetes_host" {
  type    = string
  default = "https://prod.k8s.example:6443"
}

variable "template_name" {
  type    = string
  default = "payments-cluster"
}

variable "is_linked" {
  description = "Whether the Kubernetes Auth takes its connection settings from the template."
  type        = bool
  default     = true
}

provider "infisical" {
  host = var.host
  auth = {
    universal = {
      client_id     = "c1000000-0000-4000-8000-000000000001"
      client_secret = "ops-admin-secret"
    }
  }
}

resource "infisical_identity_kubernetes_auth_template" "prod" {
  name               = var.template_name
  kubernetes_host    = var.kubernetes_host
  token_reviewer_jwt = "reviewer-good"
  allowed_audience   = "infisical"
}

resource "infisical_identity" "payments" {
  name   = "payments-api"
  role   = "member"
  org_id = "0a000000-0000-4000-8000-000000000001"
}

resource "infisical_identity_kubernetes_auth" "payments" {
  identity_id     = infisical_identity.payments.id
  template_id     = var.is_linked ? infisical_identity_kubernetes_auth_template.prod.id : null
  kubernetes_host = var.is_linked ? null : var.kubernetes_host

  allowed_namespaces            = ["payments"]
  allowed_service_account_names = ["api"]
  access_token_ttl              = 3600
  access_token_max_ttl          = 7200
}
