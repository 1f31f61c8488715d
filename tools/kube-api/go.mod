module attache/tools/kube-api

go 1.26.7

require sigs.k8s.io/gateway-api v1.6.1
