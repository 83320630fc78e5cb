//go:build tools

// Package tools names the command that is built: Helm's, which renders the chart as it is rendered everywhere.
package tools

import _ "helm.sh/helm/v3/cmd/helm"
