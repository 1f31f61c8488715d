import { compareStatus } from "./compare-status.ts"
import { compareXds } from "./compare-xds.ts"
import { type Case, readYaml } from "./corpus.ts"
import { type Difference, shown } from "./difference.ts"
import type { Verdict } from "./report.ts"
import { type CaseResult, translateCase } from "./translate-case.ts"

/**
 * Translates a case, under naming scheme v2 if asked to, and compares xDS and statuses.
 *
 * @param limit differences shown of each, at most
 */
export async function judge(item: Case, isV2: boolean, limit: number): Promise<Verdict> {
  const base = { name: isV2 ? `${item.name}#v2` : item.name, tier: item.tier, tags: item.tags }
  try {
    const result = await translateCase(item, isV2)
    const xdsFile = isV2 ? item.xdsV2File : item.xdsFile
    const xds: Difference[] =
      xdsFile === undefined ? [] : compareXds(readYaml(xdsFile), shownBy(item, result.xds), limit)
    const status: Difference[] =
      item.statusFile === undefined ? [] : compareStatus(readYaml(item.statusFile), result.statuses, limit)
    return { ...base, isEqual: xds.length + status.length === 0, xds: xds.map(shown), status: status.map(shown) }
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { ...base, isEqual: false, xds: [], status: [], error: text }
  }
}

/** A configuration dump, which is what `egctl` shows, holds no secrets. */
function shownBy({ recordedFrom }: Case, xds: CaseResult["xds"]): CaseResult["xds"] {
  if (recordedFrom === "translator") return xds
  return Object.fromEntries(Object.entries(xds).map(([key, proxy]) => [key, { ...(proxy as object), secrets: [] }]))
}
