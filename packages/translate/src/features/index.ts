// All features. Their order here means nothing: slots are settled by `emit/precedence.ts`, filters by
// `emit/http-filter-order.ts`.
import { accessLog } from "./access-log/access-log.ts"
import { circuitBreaker } from "./circuit-breaker/circuit-breaker.ts"
import { clientTls } from "./client-tls/client-tls.ts"
import { clusterStats } from "./cluster-stats/cluster-stats.ts"
import { connectionSettings } from "./connection-settings/connection-settings.ts"
import { cors } from "./cors/cors.ts"
import { credentialInjector } from "./credential-injector/credential-injector.ts"
import { directResponse } from "./direct-response/direct-response.ts"
import { dynamicModules } from "./dynamic-modules/dynamic-modules.ts"
import { dynamicResolver } from "./dynamic-resolver/dynamic-resolver.ts"
import { extProc } from "./ext-proc/ext-proc.ts"
import type { Feature } from "./feature.ts"
import { forward } from "./forward/forward.ts"
import { grpc } from "./grpc/grpc.ts"
import { headerModifier } from "./header-modifier/header-modifier.ts"
import { healthCheck } from "./health-check/health-check.ts"
import { loadBalancer } from "./load-balancer/load-balancer.ts"
import { lua } from "./lua/lua.ts"
import { mirror } from "./mirror/mirror.ts"
import { proxyProtocol } from "./proxy-protocol/proxy-protocol.ts"
import { redirect } from "./redirect/redirect.ts"
import { requestId } from "./request-id/request-id.ts"
import { retry } from "./retry/retry.ts"
import { routeStats } from "./route-stats/route-stats.ts"
import { sessionPersistence } from "./session-persistence/session-persistence.ts"
import { timeouts } from "./timeouts/timeouts.ts"
import { tracing } from "./tracing/tracing.ts"
import { upstreamTls } from "./upstream-tls/upstream-tls.ts"
import { urlRewrite } from "./url-rewrite/url-rewrite.ts"
import { wasm } from "./wasm/wasm.ts"
import { websocket } from "./websocket/websocket.ts"

/** Every feature that emission knows. */
export const features: readonly Feature[] = [
  accessLog,
  circuitBreaker,
  clientTls,
  clusterStats,
  connectionSettings,
  cors,
  credentialInjector,
  directResponse,
  dynamicModules,
  dynamicResolver,
  extProc,
  forward,
  grpc,
  headerModifier,
  healthCheck,
  loadBalancer,
  lua,
  mirror,
  proxyProtocol,
  redirect,
  requestId,
  retry,
  routeStats,
  sessionPersistence,
  timeouts,
  tracing,
  upstreamTls,
  urlRewrite,
  wasm,
  websocket,
]
