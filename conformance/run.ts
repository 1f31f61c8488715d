// npm run conformance -- --corpus DIR [--only NAME|TAG] [--report FILE]: runs a recorded corpus and says how much of it we equal.
import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { compareStatus } from "./compare-status.ts"
import { compareXds } from "./compare-xds.ts"
import { type Case, readCorpus, readYaml } from "./corpus.ts"
import { type Difference, shown } from "./difference.ts"
import { printReport, type Verdict } from "./report.ts"
import { translateCase } from "./translate-case.ts"

const usage = "usage: npm run conformance -- --corpus DIR [--only NAME|TAG|TIER] [--kinds KIND,...] [--report FILE] [--limit N]"

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      corpus: { type: "string" },
      only: { type: "string", multiple: true },
      kinds: { type: "string" },
      report: { type: "string" },
      limit: { type: "string", default: "1" },
    },
  })
  if (values.corpus === undefined) {
    console.error(usage)
    return 2
  }
  const only = values.only ?? []
  const kinds = values.kinds?.split(",")
  const cases = readCorpus(values.corpus).filter(
    (item) =>
      (only.length === 0 || only.some((o) => o === item.name || o === item.tier || item.tags.includes(o))) &&
      (kinds === undefined || (item.tier === "core" && item.kinds.every((k) => kinds.includes(k)))),
  )
  const verdicts: Verdict[] = []
  for (const item of cases) {
    verdicts.push(await judge(item, false, Number(values.limit)))
    if (item.xdsV2File !== undefined) verdicts.push(await judge(item, true, Number(values.limit)))
  }
  if (values.report !== undefined) writeFileSync(values.report, `${JSON.stringify(verdicts, undefined, 2)}\n`)
  return printReport(verdicts) ? 0 : 1
}

/** Translates and compares one case. A v2 case has no statuses of its own. */
async function judge(item: Case, isV2: boolean, limit: number): Promise<Verdict> {
  const name = isV2 ? `${item.name}#v2` : item.name
  const base = { name, tier: item.tier, tags: item.tags }
  try {
    const result = await translateCase(item, isV2)
    const xdsFile = isV2 ? item.xdsV2File : item.xdsFile
    const xds: Difference[] = xdsFile === undefined ? [] : compareXds(readYaml(xdsFile), result.xds, limit)
    const status: Difference[] = item.statusFile === undefined ? [] : compareStatus(readYaml(item.statusFile), result.statuses, limit)
    return { ...base, isEqual: xds.length + status.length === 0, xds: xds.map(shown), status: status.map(shown) }
  } catch (error) {
    return { ...base, isEqual: false, xds: [], status: [], error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

process.exitCode = await main()
