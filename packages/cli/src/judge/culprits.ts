// Whose fault a refusal is: the object without which Envoy would have said something else.
import type { Judgement, ResourceVerdict, ValidatingEnvoy } from "@attache/control-plane"
import type { LoadedObject } from "@attache/kube-api"
import type { AnyObject, Translator } from "@attache/translate"
import { resourceKey } from "./envoy-findings.ts"

/** What is searched, and by whom. */
export interface CulpritSearch {
  readonly translator: Translator
  readonly envoy: ValidatingEnvoy
  readonly proxyKey: string
  /** Loaded objects by `Kind/namespace/name`. */
  readonly objects: ReadonlyMap<string, LoadedObject>
  /** Milliseconds; what is not found by then stays unknown. */
  readonly budgetMs: number
}

/** Kinds that only change what is emitted for others, those that are attached last first. */
const kinds = [
  "EnvoyPatchPolicy",
  "EnvoyExtensionPolicy",
  "SecurityPolicy",
  "BackendTrafficPolicy",
  "ClientTrafficPolicy",
  "BackendTLSPolicy",
  "EnvoyProxy",
  "HTTPRouteFilter",
  "HTTPRoute",
  "GRPCRoute",
  "TLSRoute",
  "TCPRoute",
  "UDPRoute",
  "Backend",
]

/**
 * Objects to blame, by {@link resourceKey}.
 *
 * A resource says where it comes from, not which of its parts Envoy means: a listener holds filters of many policies. So each
 * object is taken out in turn, and blamed for what is still there without it and no longer refused in the same words. One
 * object costs some 20 ms.
 */
export async function findCulprits(search: CulpritSearch, first: Judgement): Promise<ReadonlyMap<string, string>> {
  const refused = first.resources.filter(({ verdict }) => verdict === "refused")
  const culprits = new Map<string, string>()
  const deadline = performance.now() + search.budgetMs
  for (const key of candidates(search.objects)) {
    if (culprits.size === refused.length || performance.now() > deadline) break
    const without = await judgeWithout(search, key)
    for (const { typeUrl, name, message } of refused) {
      const now = without?.resources.find((verdict) => verdict.typeUrl === typeUrl && verdict.name === name)
      const at = resourceKey({ typeUrl, name })
      if (!culprits.has(at) && isOtherwise(now, message)) culprits.set(at, key)
    }
  }
  return culprits
}

function isOtherwise(now: ResourceVerdict | undefined, message: string | undefined): boolean {
  return now?.verdict === "accepted" || (now?.verdict === "refused" && now.message !== message)
}

function candidates(objects: ReadonlyMap<string, LoadedObject>): readonly string[] {
  const keys = [...objects.keys()]
  return kinds.flatMap((kind) => keys.filter((key) => key.startsWith(`${kind}/`)))
}

async function judgeWithout(search: CulpritSearch, key: string): Promise<Judgement | undefined> {
  const { translator, envoy, proxyKey, objects } = search
  const loaded = objects.get(key)
  if (loaded === undefined) return undefined
  // A Gateway that names an EnvoyProxy is refused without it, so that one stays and says nothing.
  if (loaded.object.kind === "EnvoyProxy") translator.upsert({ ...loaded.object, spec: {} } as AnyObject)
  else translator.remove(key)
  try {
    const snapshot = translator.snapshot(proxyKey)
    if (snapshot === undefined) return undefined
    await envoy.clear()
    return await envoy.judge(snapshot)
  } finally {
    translator.upsert(loaded.object as AnyObject)
  }
}
