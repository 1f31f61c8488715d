import type { AttacheError } from "@attache/base"
import type {
  ClusterInput,
  ConfigurationInput,
  FailurePolicy,
  GrpcResponse,
  HeaderInput,
  LevelName,
  UpstreamResponse,
} from "@attache/wasm-host"

/** A Wasm plugin and how it is configured. */
export interface PluginSetup {
  readonly module: Uint8Array
  /** Default `plugin`, and `plugin-2` and so on for those behind it. */
  readonly name?: string
  /** Default empty. */
  readonly rootId?: string
  /** Text, bytes, or an object, which the module reads as JSON text. */
  readonly configuration?: ConfigurationInput
  /** Plugins with the same id share data and queues. Default empty. */
  readonly vmId?: string
  readonly vmConfiguration?: ConfigurationInput
  /** Default `FAIL_CLOSED`. */
  readonly failurePolicy?: FailurePolicy
  /** `allow_on_headers_stop_iteration`, default false. */
  readonly allowOnHeadersStopIteration?: boolean
}

/** A route of the proxy; the first that matches is taken. */
export interface RouteSetup {
  /** Default `/`. */
  readonly prefix?: string
  /** Default `upstream`. */
  readonly cluster?: string
}

/** A proxy with plugins and what is behind it. Only the plugin is needed. */
export interface ProxySetup {
  /** One plugin, or several in the order in which a request meets them. */
  readonly plugin: PluginSetup | readonly PluginSetup[]
  /**
   * Clusters by name: a function from a request to a response, `"close"` or `"never"`, or `"refused"` for one where nobody
   * listens. Default: `upstream` answers 200 without a body.
   */
  readonly clusters?: Readonly<Record<string, ClusterInput>>
  /** Default: everything to `upstream`. */
  readonly routes?: readonly RouteSetup[]
  /** Least level of `logs`, default `info`. */
  readonly logLevel?: LevelName
}

/** A request of a client over HTTP/1.1, on a connection of its own. */
export interface TestRequest {
  /** Default GET, or POST with a body. */
  readonly method?: string
  /** Default `/`. */
  readonly path?: string
  /** Default `test.example`. */
  readonly authority?: string
  readonly headers?: HeaderInput
  /** Sent with content-length. */
  readonly body?: string | Uint8Array
  /** Sent one after the other with chunked coding, instead of `body`. */
  readonly chunks?: readonly (string | Uint8Array)[]
  /** After `chunks`. */
  readonly trailers?: HeaderInput
  /** After this the client gives up. Default 60 s in the host, where time costs nothing, and 10 s on Envoy. */
  readonly timeoutMs?: number
}

/** Header fields in order; names in lower case. */
export type Fields = readonly (readonly [name: string, value: string])[]

/** What arrived on one side: a request in a cluster, or a response at the client. */
export interface Message {
  readonly headers: Fields
  readonly trailers: Fields
  /** As UTF-8. */
  readonly body: string
  readonly bytes: Uint8Array
  /** Values of a header, joined with `, `; undefined when absent. */
  header(name: string): string | undefined
}

/** A request that reached a cluster: a client's, or a call-out of a plugin. */
export interface ReceivedRequest extends Message {
  readonly cluster: string
  readonly method: string
  readonly path: string
  /** What the cluster answered. */
  readonly answer: UpstreamResponse | GrpcResponse | "close" | "never"
}

/** One request of a client and everything it led to on both sides. */
export interface Exchange extends Message {
  readonly request: TestRequest
  /** `cut`: the connection ended before the response did. */
  readonly outcome: "complete" | "cut" | "timeout" | "crash"
  /** 0 when no response headers came. */
  readonly status: number
  /** What the route's cluster got; undefined when the request did not arrive there. */
  readonly upstream: ReceivedRequest | undefined
}

/** One line that a plugin logged, or that the proxy logged about plugins. */
export interface PluginLogLine {
  readonly level: LevelName
  /** Plugin name (of requests only), root id and VM id as Envoy prints them; undefined for the proxy's own lines. */
  readonly from: string | undefined
  readonly text: string
}

/** A running proxy. */
export interface ProxyUnderTest extends AsyncDisposable {
  /** Sends a request and waits for the end of its response. */
  send(request?: TestRequest): Promise<Exchange>
  /** Lines at or above `logLevel` so far. Lines about a request may come after its response: see {@link until}. */
  readonly logs: readonly PluginLogLine[]
  /** Requests that reached a cluster, in order; of one cluster when it is named. */
  received(cluster?: string): readonly ReceivedRequest[]
  /** Value of a counter or gauge that a plugin defined; 0 when there is none. */
  metric(name: string): Promise<number>
  /**
   * Lets time pass: virtual time, at once, in the host; real time on Envoy.
   * Prefer {@link until}, which waits no longer than it must.
   */
  advance(ms: number): Promise<void>
  /** Lets time pass until something holds. @throws AttacheError ATT_TESTING_UNTIL_TIMEOUT with the last log lines */
  until(holds: () => boolean | Promise<boolean>): Promise<void>
}

/** Something that runs plugins. */
export interface Driver {
  /** For the names of tests. */
  readonly name: string
  /** @throws {@link AttacheError} ATT_TESTING_NOT_STARTED with the log when the proxy refuses the plugins */
  start(setup: ProxySetup): Promise<ProxyUnderTest>
}
