# The nearest rules to this project's controls over single objects, for benchmarks/guardrails.py: image tags, requests
# and limits, the restricted Pod Security Standard, node ports. What binds objects together has no counterpart here:
# conftest gives a rule one document at a time.
package main

import rego.v1

pod_spec := input.spec if input.kind == "Pod"

pod_spec := input.spec.template.spec if {
	input.kind in {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"}
}

pod_spec := input.spec.jobTemplate.spec.template.spec if input.kind == "CronJob"

containers contains container if some container in pod_spec.containers

containers contains container if some container in pod_spec.initContainers

containers contains container if some container in pod_spec.ephemeralContainers

told(container, text) := sprintf("%s %s, container %s: %s", [input.kind, input.metadata.name, container.name, text])

deny contains told(container, "image without a tag") if {
	some container in containers
	not regex.match(`(:[^/]+|@sha256:[0-9a-f]{64})$`, container.image)
}

deny contains told(container, "image with a tag that moves") if {
	some container in containers
	regex.match(`:(latest|stable|main|master|[0-9]+(\.[0-9]+)?)$`, container.image)
}

deny contains told(container, sprintf("no request of %s", [resource])) if {
	some container in containers
	some resource in ["cpu", "memory"]
	not container.resources.requests[resource]
}

deny contains told(container, "no limit of memory") if {
	some container in containers
	not container.resources.limits.memory
}

deny contains told(container, "privileged") if {
	some container in containers
	container.securityContext.privileged
}

deny contains told(container, "privilege escalation is allowed") if {
	some container in containers
	not container.securityContext.allowPrivilegeEscalation == false
}

deny contains told(container, "keeps capabilities") if {
	some container in containers
	not "ALL" in object.get(container, ["securityContext", "capabilities", "drop"], [])
}

deny contains told(container, sprintf("adds the capability %s", [capability])) if {
	some container in containers
	some capability in container.securityContext.capabilities.add
	capability != "NET_BIND_SERVICE"
}

deny contains told(container, "may run as root") if {
	some container in containers
	not object.get(container, ["securityContext", "runAsNonRoot"], object.get(pod_spec, ["securityContext", "runAsNonRoot"], false))
}

deny contains told(container, "runs as root") if {
	some container in containers
	object.get(container, ["securityContext", "runAsUser"], object.get(pod_spec, ["securityContext", "runAsUser"], 1)) == 0
}

deny contains told(container, "no seccomp profile") if {
	some container in containers
	profile := object.get(
		container,
		["securityContext", "seccompProfile", "type"],
		object.get(pod_spec, ["securityContext", "seccompProfile", "type"], "Unconfined"),
	)
	not profile in {"RuntimeDefault", "Localhost"}
}

deny contains told(container, "a port of the host") if {
	some container in containers
	some port in container.ports
	port.hostPort > 0
}

deny contains told(container, "an unmasked /proc") if {
	some container in containers
	object.get(container, ["securityContext", "procMount"], "Default") != "Default"
}

deny contains sprintf("%s %s: shares the host's %s", [input.kind, input.metadata.name, namespace]) if {
	some namespace in ["hostNetwork", "hostPID", "hostIPC"]
	pod_spec[namespace]
}

deny contains sprintf("%s %s: volume %s is of a type that is not allowed", [input.kind, input.metadata.name, volume.name]) if {
	some volume in pod_spec.volumes
	allowed := {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
	count(object.keys(volume) & allowed) == 0
}

deny contains sprintf("%s %s: sysctl %s", [input.kind, input.metadata.name, sysctl.name]) if {
	some sysctl in pod_spec.securityContext.sysctls
	not startswith(sysctl.name, "net.ipv4.")
}

deny contains sprintf("Service %s: reached through nodes", [input.metadata.name]) if {
	input.kind == "Service"
	input.spec.type == "NodePort"
}

deny contains sprintf("Service %s: external addresses", [input.metadata.name]) if {
	input.kind == "Service"
	count(input.spec.externalIPs) > 0
}

deny contains sprintf("Service %s: port %d is open to the world", [input.metadata.name, port.port]) if {
	input.kind == "Service"
	input.spec.type == "LoadBalancer"
	some port in input.spec.ports
	port.port != 30333
}

deny contains sprintf("VerticalPodAutoscaler %s: mode %s", [input.metadata.name, input.spec.updatePolicy.updateMode]) if {
	input.kind == "VerticalPodAutoscaler"
	input.spec.updatePolicy.updateMode in {"Off", "Auto"}
}
