# Each attribute of main.tf has a variable, so that a test can change one at a time.

variable "host" {
  description = "Base URL of the mock, without /api."
  type        = string
  default     = "http://127.0.0.1:8080"
}

variable "client_id" {
  description = "Client ID of ops-admin in the bundled world."
  type        = string
  default     = "c1000000-0000-4000-8000-000000000001"
}

variable "client_secret" {
  description = "Client secret of ops-admin in the bundled world."
  type        = string
  default     = "ops-admin-secret"
}

variable "org_id" {
  description = "The organization Acme of the bundled world."
  type        = string
  default     = "0a000000-0000-4000-8000-000000000001"
}

variable "name" {
  type    = string
  default = "payments-api"
}

variable "role" {
  type    = string
  default = "member"
}

variable "has_delete_protection" {
  type    = bool
  default = false
}

variable "metadata" {
  type    = set(object({ key = string, value = string }))
  default = [{ key = "team", value = "payments" }]
}

variable "kubernetes_host" {
  description = "A host of the simulated cluster prod."
  type        = string
  default     = "https://prod.k8s.example:6443"
}

variable "kubernetes_ca_certificate" {
  type    = string
  default = null
}

variable "token_reviewer_jwt" {
  description = "A reviewer that the simulated cluster accepts."
  type        = string
  default     = "reviewer-good"
}

variable "token_reviewer_mode" {
  type    = string
  default = "api"
}

variable "gateway_id" {
  type    = string
  default = null
}

variable "allowed_namespaces" {
  type    = list(string)
  default = ["payments"]
}

variable "allowed_service_account_names" {
  type    = list(string)
  default = ["api"]
}

variable "allowed_audience" {
  type    = string
  default = "infisical"
}

variable "access_token_ttl" {
  type    = number
  default = 3600
}

variable "access_token_max_ttl" {
  type    = number
  default = 7200
}

variable "access_token_num_uses_limit" {
  type    = number
  default = 10
}

variable "access_token_trusted_ips" {
  type    = list(string)
  default = ["10.0.0.0/8", "203.0.113.7"]
}

variable "universal_access_token_ttl" {
  type    = number
  default = 3600
}

variable "universal_access_token_max_ttl" {
  type    = number
  default = 7200
}

variable "universal_access_token_num_uses_limit" {
  type    = number
  default = 10
}

variable "universal_access_token_trusted_ips" {
  type    = list(string)
  default = ["10.0.0.0/8"]
}

variable "universal_client_secret_trusted_ips" {
  type    = list(string)
  default = ["10.0.0.0/8"]
}

variable "client_secret_description" {
  type    = string
  default = "made by Terraform"
}

variable "client_secret_number_of_uses_limit" {
  type    = number
  default = 5
}

variable "client_secret_ttl" {
  type    = number
  default = 86400
}

variable "token_access_token_ttl" {
  type    = number
  default = 3600
}

variable "token_access_token_max_ttl" {
  type    = number
  default = 7200
}

variable "token_access_token_num_uses_limit" {
  type    = number
  default = 10
}

variable "token_access_token_trusted_ips" {
  type    = list(string)
  default = ["10.0.0.0/8"]
}

variable "token_name" {
  type    = string
  default = "ci"
}
