// npm run conformance:wasm -- --corpus DIR [--only NAME] [--report FILE]: replays recorded guests and compares with the recording.
import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { findEnvoy } from "@attache/envoy"
import { readWasmCorpus } from "./corpus.ts"
import { judgeOnEnvoy } from "./envoy/judge-on-envoy.ts"
import { judgeCase, type WasmVerdict } from "./judge.ts"

const usage =
  "usage: npm run conformance:wasm -- --corpus DIR [--only NAME]... [--report FILE] [--limit N] [--isolate] [--envoy]"

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      corpus: { type: "string" },
      only: { type: "string", multiple: true },
      report: { type: "string" },
      limit: { type: "string", default: "3" },
      isolate: { type: "boolean", default: false },
      envoy: { type: "boolean", default: false },
    },
  })
  if (values.corpus === undefined) {
    console.error(usage)
    return 2
  }
  const only = values.only ?? []
  const cases = readWasmCorpus(values.corpus).filter(
    ({ name }) => only.length === 0 || only.some((o) => o === name || name.split("/").includes(o)),
  )
  const verdicts: WasmVerdict[] = []
  const envoyPath = values.envoy ? (await findEnvoy({})).path : undefined
  for (const item of cases) {
    const isIsolated = values.isolate || item.expected.neededSigkill === true
    verdicts.push(
      await judgeSafely(item.name, () =>
        envoyPath === undefined ? judgeCase(item, isIsolated) : judgeOnEnvoy(item, envoyPath),
      ),
    )
  }
  if (values.report !== undefined) writeFileSync(values.report, `${JSON.stringify(verdicts, undefined, 2)}\n`)
  return print(verdicts, Number(values.limit)) ? 0 : 1
}

async function judgeSafely(name: string, judge: () => Promise<WasmVerdict>): Promise<WasmVerdict> {
  try {
    return await judge()
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { name, isEqual: false, differences: [text.split("\n").slice(0, 5).join("\n         ")], allowances: [] }
  }
}

function print(verdicts: readonly WasmVerdict[], limit: number): boolean {
  for (const { name, isEqual, differences } of verdicts) {
    if (isEqual) continue
    console.log(`FAIL ${name}`)
    for (const line of differences.slice(0, limit)) console.log(`  ${line}`)
  }
  const allowed = verdicts.filter(({ isEqual, allowances }) => isEqual && allowances.length > 0)
  if (allowed.length > 0) console.log("\nEqual but for:")
  for (const { name, allowances } of allowed) console.log(`  ${name}: ${allowances.join("; ")}`)
  const passed = verdicts.filter(({ isEqual }) => isEqual).length
  console.log(`\n${passed} passed, ${verdicts.length - passed} failed`)
  return passed === verdicts.length
}

process.exitCode = await main()
