{{- define "roomcast.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "roomcast.selector" -}}
app.kubernetes.io/name: roomcast
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: node
{{- end -}}

{{- define "roomcast.labels" -}}
{{ include "roomcast.selector" . }}
{{ include "roomcast.commonLabels" . }}
{{- end -}}

{{- define "roomcast.commonLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "roomcast.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- /* Where the image has its files. */ -}}
{{- define "roomcast.home" -}}
{{ dict "embedded" "/opt/roomcast" "wildfly" "/opt/wildfly" "payara" "/opt/payara" | dig .Values.server "" }}
{{- end -}}

{{- /* The port of metrics and the server API, and its name. */ -}}
{{- define "roomcast.operationsPort" -}}
{{- if and (eq .Values.server "embedded") .Values.operationsPort }}{{ int .Values.operationsPort }}{{ else }}8080{{ end -}}
{{- end -}}

{{- define "roomcast.operationsPortName" -}}
{{ eq (include "roomcast.operationsPort" .) "8080" | ternary "http" "operations" }}
{{- end -}}

{{- define "roomcast.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "roomcast.secret" -}}
{{- with .Values.secretName -}}
envFrom:
  - secretRef:
      name: {{ . }}
{{- end -}}
{{- end -}}

{{- /* What closes sessions of nodes that have more than the others. */ -}}
{{- define "roomcast.rebalancePod" -}}
metadata:
  labels:
    app.kubernetes.io/name: roomcast
    app.kubernetes.io/instance: {{ .Release.Name }}
    app.kubernetes.io/component: rebalance
    {{- include "roomcast.commonLabels" . | nindent 4 }}
spec:
  restartPolicy: Never
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- include "roomcast.podSecurity" . | nindent 4 }}
  containers:
    - name: rebalance
      image: {{ include "roomcast.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      # An upgrade has not failed because sessions stay where they are.
      command:
        - bash
        - -c
        - >-
          {{ include "roomcast.home" . }}/operate.sh rebalance {{ .Values.rebalance.windowSeconds }}
          {{ include "roomcast.name" . }}-nodes:{{ include "roomcast.operationsPort" . }} || true
      env:
        - name: NODES
          value: {{ kindIs "invalid" .Values.replicas | ternary 2 .Values.replicas | quote }}
      {{- include "roomcast.secret" . | nindent 6 }}
      resources:
        requests:
          cpu: 10m
          memory: 32Mi
        limits:
          memory: 32Mi
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
{{- end -}}
