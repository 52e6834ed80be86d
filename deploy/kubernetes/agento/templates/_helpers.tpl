{{- define "agento.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 45 | trimSuffix "-" }}
{{- else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 45 | trimSuffix "-" }}{{ end }}
{{- end }}

{{/* Labels that select a component's pods: (dict "root" $ "component" "module1"). */}}
{{- define "agento.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "agento.labels" -}}
{{ include "agento.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "agento.metadata" -}}
name: {{ include "agento.fullname" .root }}-{{ .component }}
labels:
  {{- include "agento.labels" . | nindent 2 }}
{{- end }}

{{- define "agento.image" -}}
{{ .root.Values.image.repository }}/{{ .component }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{- define "agento.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (include "agento.fullname" .) }}
{{- end }}

{{/* "true" where the offline model stands in for one of the user's own. */}}
{{- define "agento.offline" -}}
{{ not (or .Values.secrets.OPENAI_API_KEY.name .Values.model.baseUrl) }}
{{- end }}

{{/* What holds for one module, as JSON: module, with its own overrides on top. */}}
{{- define "agento.module" -}}
{{ mergeOverwrite (deepCopy .root.Values.module) (deepCopy (get .root.Values.overrides .component | default dict)) | toJson }}
{{- end }}

{{/* What every pod has in common, whatever it runs. */}}
{{- define "agento.pod" -}}
serviceAccountName: {{ include "agento.serviceAccount" . }}
automountServiceAccountToken: false
enableServiceLinks: false # their variables would begin with the release's name, as Agento's own do
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "agento.container" -}}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}
