/** Which shapes are emitted: Envoy Gateway's exactly, or those of a proxy on this machine. */
export type Profile = "kubernetes" | "host"

/**
 * What the translator is told beside the objects; most of it is an EnvoyGateway document.
 *
 * Immutable; a change is a change of an input like any other.
 */
export interface Settings {
  readonly profile: Profile
  /** GatewayClasses of this controller are ours. Default `gateway.envoyproxy.io/gatewayclass-controller`. */
  readonly controllerName: string
  /** Default `envoy-gateway-system`. */
  readonly controllerNamespace: string
  /** Default `cluster.local`. */
  readonly dnsDomain: string
  readonly isBackendEnabled: boolean
  readonly isLuaEnabled: boolean
  readonly isPatchPolicyEnabled: boolean
  readonly isSdsSecretRefEnabled: boolean
  /** Enabled runtime flags of Envoy Gateway, `XDSNameSchemeV2` and `PerResourceSystemCASecret` among them. */
  readonly runtimeFlags: readonly string[]
  /** Proxies live in the Gateways' namespaces (`provider.kubernetes.deploy.type: GatewayNamespace`). */
  readonly isGatewayNamespaceMode: boolean
  /** Proxies run beside the control plane (`provider.custom.infrastructure.type: Host`): ports stay as written, loopback backends are allowed. */
  readonly isHostInfrastructure: boolean
  /** Default EnvoyProxy spec (`envoyProxy` of the EnvoyGateway document). */
  readonly envoyProxy?: Readonly<Record<string, unknown>>
  /** Kinds that extension servers own: filters (`resources`), backends, policies; `Group/Kind`. */
  readonly extensionKinds: {
    readonly resources: readonly string[]
    readonly backends: readonly string[]
    readonly policies: readonly string[]
  }
  /** A Namespace that is not among the objects counts as there; for objects from files. Default false. */
  readonly hasImpliedNamespaces: boolean
  /** Listener ports below this are bound 10000 higher. Default 1024; 0 on a host whose user may bind them all. */
  readonly shiftPortsBelow: number
  /** Bind address of listeners in profile `host`. Default `127.0.0.1`. */
  readonly bindAddress: string
  /** Services of the host profile that stand for an address: `namespace/name:port` → `host:port`. */
  readonly serviceMap: Readonly<Record<string, string>>
  /** Address by which Envoy reaches the module server. */
  readonly moduleServer: ModuleServerAddress
}

/** Where Envoy finds the modules that are not files on its machine. */
export interface ModuleServerAddress {
  readonly host: string
  readonly port: number
  /** It speaks HTTP/1.1 without TLS, as one on the same machine may. Default: HTTP/2 over TLS with certificates on both sides. */
  readonly isPlainHttp?: boolean
}

/** Settings of an Envoy Gateway with an empty configuration: Backend, Lua and patch policies are off. */
export const defaultSettings: Settings = {
  profile: "kubernetes",
  controllerName: "gateway.envoyproxy.io/gatewayclass-controller",
  controllerNamespace: "envoy-gateway-system",
  dnsDomain: "cluster.local",
  isBackendEnabled: false,
  isLuaEnabled: false,
  isPatchPolicyEnabled: false,
  isSdsSecretRefEnabled: false,
  runtimeFlags: [],
  isGatewayNamespaceMode: false,
  isHostInfrastructure: false,
  extensionKinds: { resources: [], backends: [], policies: [] },
  hasImpliedNamespaces: false,
  shiftPortsBelow: 1024,
  bindAddress: "127.0.0.1",
  serviceMap: {},
  moduleServer: { host: "envoy-gateway.envoy-gateway-system.svc.cluster.local", port: 18002 },
}
