// Files that Envoy speaks but go-control-plane does not hold: OTLP and gRPC health.
package main

import (
	_ "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	_ "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	_ "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	_ "google.golang.org/grpc/health/grpc_health_v1"
)
