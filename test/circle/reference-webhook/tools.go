//go:build tools

// Package tools names the command that this module exists to build: the reference webhook, a peer that tests compare with.
package tools

import _ "github.com/aws/amazon-eks-pod-identity-webhook"
