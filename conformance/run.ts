// npm run conformance -- --corpus DIR [--only NAME|TAG] [--report FILE]: runs a recorded corpus and says how much of it we equal.
import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { readCorpus } from "./corpus.ts"
import { judge } from "./judge.ts"
import { printReport, type Verdict } from "./report.ts"

const usage =
  "usage: npm run conformance -- --corpus DIR [--only NAME|TAG|TIER] [--kinds KIND,...] [--report FILE] [--limit N]"

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

process.exitCode = await main()
