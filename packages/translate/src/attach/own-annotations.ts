const prefix = "gateway.envoyproxy.io/"

/** Annotations that Envoy Gateway copies into xDS metadata, without their prefix; nothing when there are none. */
export function ownAnnotations(object: {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> }
}): {
  readonly annotations?: Readonly<Record<string, string>>
} {
  const own = Object.entries(object.metadata.annotations ?? {}).filter(([name]) => name.startsWith(prefix))
  if (own.length === 0) return {}
  own.sort(([a], [b]) => (a < b ? -1 : 1))
  return { annotations: Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value])) }
}
