// Resources of the e2e cases, short to write: plain objects, printed as YAML streams (JSON is YAML).

type Document = Readonly<Record<string, unknown>>

const gatewayApi = "gateway.networking.k8s.io/v1"
const envoyGateway = "gateway.envoyproxy.io/v1alpha1"

/** Objects as one YAML stream. */
export function stream(...objects: readonly Document[]): string {
  return objects.map((object) => JSON.stringify(object)).join("\n---\n")
}

/** A class, its namespace, and a Gateway `gw` with plain HTTP listeners by name. */
export function gateway(ports: Readonly<Record<string, number>>, listener: Document = {}): readonly Document[] {
  const listeners = Object.entries(ports).map(([name, port]) => ({ name, port, protocol: "HTTP", ...listener }))
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } },
    {
      apiVersion: gatewayApi,
      kind: "GatewayClass",
      metadata: { name: "attache" },
      spec: { controllerName: "gateway.envoyproxy.io/gatewayclass-controller" },
    },
    {
      apiVersion: gatewayApi,
      kind: "Gateway",
      metadata: { name: "gw" },
      spec: { gatewayClassName: "attache", listeners },
    },
  ]
}

/** Objects of {@link gateway} with an EnvoyProxy that their Gateway names. */
export function governed(objects: readonly Document[], spec: Document): readonly Document[] {
  const infrastructure = { parametersRef: { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", name: "own" } }
  return [
    ...objects.map((object) =>
      object.kind === "Gateway" ? { ...object, spec: { ...(object.spec as Document), infrastructure } } : object,
    ),
    { apiVersion: envoyGateway, kind: "EnvoyProxy", metadata: { name: "own" }, spec },
  ]
}

/** A Backend on a loopback port. */
export function backend(name: string, port: number): Document {
  return {
    apiVersion: envoyGateway,
    kind: "Backend",
    metadata: { name },
    spec: { endpoints: [{ ip: { address: "127.0.0.1", port } }] },
  }
}

/** A Backend on a Unix socket. */
export function socketBackend(name: string, path: string): Document {
  return { apiVersion: envoyGateway, kind: "Backend", metadata: { name }, spec: { endpoints: [{ unix: { path } }] } }
}

/** A reference to a Backend of {@link backend}. */
export function to(name: string, rest: Document = {}): Document {
  return { group: "gateway.envoyproxy.io", kind: "Backend", name, ...rest }
}

/** An HTTPRoute on `gw` with rules as written. */
export function route(name: string, rules: readonly Document[], rest: Document = {}): Document {
  return {
    apiVersion: gatewayApi,
    kind: "HTTPRoute",
    metadata: { name },
    spec: { parentRefs: [{ name: "gw" }], rules, ...rest },
  }
}

/** An EnvoyExtensionPolicy on an object. */
export function extensions(
  name: string,
  target: { readonly kind: string; readonly name: string },
  spec: Document,
): Document {
  return {
    apiVersion: envoyGateway,
    kind: "EnvoyExtensionPolicy",
    metadata: { name },
    spec: { targetRefs: [{ group: "gateway.networking.k8s.io", ...target }], ...spec },
  }
}

/** A rule that matches a path prefix. */
export function prefix(path: string, rest: Document): Document {
  return { matches: [{ path: { type: "PathPrefix", value: path } }], ...rest }
}
