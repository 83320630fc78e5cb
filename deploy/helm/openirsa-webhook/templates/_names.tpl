{{/* What everything is called. A cluster has one of these: names do not follow the release's. */}}
{{- define "openirsa-webhook.name" -}}openirsa-webhook{{- end -}}
{{- define "openirsa-webhook.secret" -}}openirsa-webhook-certificates{{- end -}}

{{- define "openirsa-webhook.selector" -}}
app.kubernetes.io/name: openirsa-webhook
{{- end -}}

{{- define "openirsa-webhook.podLabels" -}}
{{ include "openirsa-webhook.selector" . }}
app.kubernetes.io/part-of: openirsa
{{- end -}}

{{- define "openirsa-webhook.labels" -}}
{{ include "openirsa-webhook.podLabels" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") }}
{{- end -}}

{{- define "openirsa-webhook.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* The webhook's own pods must not wait for the webhook. */}}
{{- define "openirsa-webhook.excludedNamespaces" -}}
{{- $names := .Values.excludedNamespaces -}}
{{- if eq .Values.failurePolicy "Fail" -}}
{{- $names = prepend $names .Release.Namespace -}}
{{- end -}}
{{- $names | uniq | toJson -}}
{{- end -}}
