// validate --envoy: every emitted resource before a real Envoy.
import { type Diagnostic, isAttacheError } from "@attache/base"
import {
  type Judgement,
  type ResourceVerdict,
  startValidatingEnvoy,
  type ValidatingEnvoy,
} from "@attache/control-plane"
import type { LoadedObject } from "@attache/kube-api"
import type { Translator } from "@attache/translate"
import { findEnvoyFor } from "../find-envoy.ts"
import type { Options } from "../options.ts"
import { slowly } from "../output/slowly.ts"
import { findCulprits } from "./culprits.ts"
import { envoyFindings, resourceKey, typeNameOf } from "./envoy-findings.ts"

/** What Envoy said, in figures and one by one. */
export interface EnvoyReport {
  /** Envoy's version. */
  readonly version: string
  readonly accepted: number
  readonly refused: number
  /** Nothing that Envoy has refers to them. */
  readonly unasked: number
  readonly unanswered: number
  /** Accepted listeners and clusters that still wait for something. */
  readonly warming: number
  readonly resources: readonly JudgedResource[]
}

/** One resource of the report. */
export interface JudgedResource {
  /** Proxy key. */
  readonly proxy: string
  /** Such as `Listener`. */
  readonly type: string
  readonly name: string
  readonly verdict: ResourceVerdict["verdict"]
  /** Envoy's own words, when refused. */
  readonly message?: string
  /** Present and true: accepted, and still waiting for something. */
  readonly isWarming?: boolean
}

/** Longest search for the objects to blame, in milliseconds for each proxy. */
const searchMs = 10_000

/**
 * Lets an Envoy judge what a translator emits, proxy by proxy, each from nothing.
 *
 * @param objects loaded objects by `Kind/namespace/name`
 * @throws AttacheError ATT_ENVOY_* when there is no Envoy to ask
 */
export async function judgeByEnvoy(
  translator: Translator,
  objects: ReadonlyMap<string, LoadedObject>,
  options: Options,
): Promise<{ readonly findings: readonly Diagnostic[]; readonly report: EnvoyReport }> {
  const { path, version } = await findEnvoyFor(options)
  const findings: Diagnostic[] = []
  const resources: JudgedResource[] = []
  await slowly("Envoy judges the resources", async () => {
    await using envoy = await startValidatingEnvoy({ envoyPath: path })
    for (const key of translator.proxyKeys()) {
      const judged = await judgeProxy(envoy, translator, objects, key)
      findings.push(...judged.findings)
      resources.push(...judged.resources)
    }
  })
  const count = (verdict: ResourceVerdict["verdict"]): number => resources.filter((r) => r.verdict === verdict).length
  const report = {
    version,
    accepted: count("accepted"),
    refused: count("refused"),
    unasked: count("unasked"),
    unanswered: count("unanswered"),
    warming: resources.filter(({ isWarming }) => isWarming).length,
    resources,
  }
  return { findings, report }
}

interface Judged {
  readonly findings: readonly Diagnostic[]
  readonly resources: readonly JudgedResource[]
}

async function judgeProxy(
  envoy: ValidatingEnvoy,
  translator: Translator,
  objects: ReadonlyMap<string, LoadedObject>,
  proxyKey: string,
): Promise<Judged> {
  const snapshot = translator.snapshot(proxyKey)
  if (snapshot === undefined) return { findings: [], resources: [] }
  try {
    await envoy.clear()
    const judgement = await envoy.judge(snapshot)
    const search = { translator, envoy, proxyKey, objects, budgetMs: searchMs }
    const culprits = await findCulprits(search, judgement).catch(unlessGone)
    const findings = envoyFindings({ snapshot, judgement, culprits: culprits ?? new Map() }, objects)
    return { findings, resources: reported(proxyKey, judgement) }
  } catch (error) {
    unlessGone(error)
    const message = `Envoy dies of what ${proxyKey} is translated to`
    return { findings: [{ code: "ATT_JUDGE_ENVOY_DIED", severity: "error", message }], resources: [] }
  }
}

/** An Envoy that dies of what it judges is a finding; all else is a failure. */
function unlessGone(error: unknown): undefined {
  if (!isAttacheError(error) || error.code !== "ATT_JUDGE_ENVOY_DIED") throw error
}

function reported(proxy: string, { resources, warming }: Judgement): readonly JudgedResource[] {
  const waiting = new Set(warming.map(resourceKey))
  return resources.map(({ typeUrl, name, verdict, message }) => ({
    proxy,
    type: typeNameOf(typeUrl),
    name,
    verdict,
    ...(message === undefined ? {} : { message }),
    ...(waiting.has(resourceKey({ typeUrl, name })) ? { isWarming: true } : {}),
  }))
}

/** The figures in a line. */
export function reportLine(report: EnvoyReport): string {
  const figures = [
    `${report.accepted} resources accepted`,
    `${report.refused} refused`,
    `${report.unasked} never asked for`,
    `${report.unanswered} unanswered`,
    `${report.warming} not warm`,
  ]
  return `Envoy ${report.version}: ${figures.join(", ")}`
}
