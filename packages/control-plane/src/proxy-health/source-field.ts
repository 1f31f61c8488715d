import type { SourceField } from "./fact.ts"

const lists: Readonly<Record<string, string>> = { wasm: "wasm", extproc: "extProc" }

/**
 * The extension that a filter, a Wasm VM or a cluster is named after; undefined for a name of another making.
 *
 * Source: Envoy Gateway 1.9 names them `envoyextensionpolicy/NAMESPACE/NAME/KIND/INDEX`, with the filter's type in front.
 */
export function sourceField(name: string): SourceField | undefined {
  const match = /(?:^|\/)envoyextensionpolicy\/([^/]+)\/([^/]+)\/([a-z]+)\/(\d+)$/.exec(name)
  const [, namespace = "", own = "", kind = "", index = ""] = match ?? []
  const list = lists[kind]
  if (list === undefined) return undefined
  const apiVersion = "gateway.envoyproxy.io/v1alpha1"
  return { object: { apiVersion, kind: "EnvoyExtensionPolicy", namespace, name: own }, field: `spec.${list}[${index}]` }
}
