variable "cluster_name" {
  type    = string
  default = "eks"
}

variable "cluster_version" {
  type    = string
  default = null
}

variable "cluster_logs" {
  type    = list(string)
  default = []
}

variable "private_endpoint" {
  type    = bool
  default = false
}

variable "client_ids" {
  type    = list(string)
  default = ["sts.amazonaws.com"]
}

variable "thumbprints" {
  type    = list(string)
  default = ["990f4193972f2becf12ddeda5237f9c952f20d9e"]
}

variable "audience" {
  type    = string
  default = "sts.amazonaws.com"
}

variable "subjects" {
  type    = list(string)
  default = ["system:serviceaccount:testing:can-do-stuff-on-aws"]
}

variable "bucket" {
  type = string
}

variable "boundary" {
  type    = bool
  default = false
}

variable "description" {
  type    = string
  default = null
}

variable "max_session_duration" {
  type    = number
  default = 3600
}

variable "tags" {
  type    = map(string)
  default = {}
}
