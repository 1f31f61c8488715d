// Resources for tests: plain objects, written as YAML streams (JSON is YAML).
import { defaultSettings, type Settings } from "@attache/translate"

/** An object as written in a file. */
export type Document = Readonly<Record<string, unknown>>

const gatewayApi = "gateway.networking.k8s.io/v1"
const envoyGateway = "gateway.envoyproxy.io/v1alpha1"

/** Settings of a proxy on this machine. */
export const hostSettings: Settings = {
  ...defaultSettings,
  profile: "host",
  isBackendEnabled: true,
  isLuaEnabled: true,
  hasImpliedNamespaces: true,
  shiftPortsBelow: 0,
}

/** Proxy key of the Gateway of {@link gateway}. */
export const proxyKey = "default/gw"

/** Objects as one YAML stream. */
export function stream(...objects: readonly Document[]): string {
  return objects.map((object) => JSON.stringify(object)).join("\n---\n")
}

/** A class of ours and a Gateway `gw` with one plain HTTP listener. */
export function gateway(port = 8080, name = "gw"): readonly Document[] {
  return [
    {
      apiVersion: gatewayApi,
      kind: "GatewayClass",
      metadata: { name: "attache" },
      spec: { controllerName: "gateway.envoyproxy.io/gatewayclass-controller" },
    },
    {
      apiVersion: gatewayApi,
      kind: "Gateway",
      metadata: { name, namespace: "default" },
      spec: { gatewayClassName: "attache", listeners: [{ name: "http", port, protocol: "HTTP" }] },
    },
  ]
}

/** A Backend on a loopback port. */
export function backend(name: string, port: number): Document {
  return {
    apiVersion: envoyGateway,
    kind: "Backend",
    metadata: { name, namespace: "default" },
    spec: { endpoints: [{ ip: { address: "127.0.0.1", port } }] },
  }
}

/** An HTTPRoute on `gw` that sends a path prefix to a Backend. */
export function route(name: string, path: string, backendName: string): Document {
  const rule = {
    matches: [{ path: { type: "PathPrefix", value: path } }],
    backendRefs: [{ group: "gateway.envoyproxy.io", kind: "Backend", name: backendName }],
  }
  return {
    apiVersion: gatewayApi,
    kind: "HTTPRoute",
    metadata: { name, namespace: "default" },
    spec: { parentRefs: [{ name: "gw" }], rules: [rule] },
  }
}

/** An EnvoyExtensionPolicy with one Wasm module on an HTTPRoute. */
export function wasmPolicy(name: string, routeName: string, url: string, more: Document = {}): Document {
  return modulePolicy(name, routeName, { type: "HTTP", http: { url } }, more)
}

/** An EnvoyExtensionPolicy on a route with a module from an image. @param image fields of `code.image` */
export function imagePolicy(
  name: string,
  routeName: string,
  image: Document,
  code: Document = {},
  more: Document = {},
): Document {
  return modulePolicy(name, routeName, { type: "Image", image, ...code }, more)
}

function modulePolicy(name: string, routeName: string, code: Document, more: Document): Document {
  return {
    apiVersion: envoyGateway,
    kind: "EnvoyExtensionPolicy",
    metadata: { name, namespace: "default" },
    spec: {
      targetRefs: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", name: routeName }],
      wasm: [{ name: "m", rootID: "", code, ...more }],
    },
  }
}
