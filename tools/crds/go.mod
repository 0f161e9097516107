module sandbox.invalid/tools/crds

go 1.26

require (
	github.com/kubernetes-csi/external-snapshotter/client/v8 v8.4.0
	k8s.io/autoscaler/vertical-pod-autoscaler v1.5.1
)
