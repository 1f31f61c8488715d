// node conformance/wasm/record.ts --corpus DIR [--only NAME]: writes transcript.json of every guest with what a real Envoy does.
//
// A guest is a folder with module.wasm and config.yaml; each case there has its `steps`, a list of `request`, `sleepMs`, `admin` or `sent`.
import { readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { findEnvoy } from "@attache/envoy"
import { readGuestInputs, type Step, type Transcript } from "./corpus.ts"
import { recordCase } from "./envoy/record.ts"

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { corpus: { type: "string" }, only: { type: "string", multiple: true } } })
  if (values.corpus === undefined) {
    console.error("usage: node conformance/wasm/record.ts --corpus DIR [--only NAME]...")
    return 2
  }
  const { path: envoyPath } = await findEnvoy({})
  for (const name of readdirSync(values.corpus).sort()) {
    if (values.only !== undefined && !values.only.includes(name)) continue
    const folder = join(values.corpus, name)
    const guest = readGuestInputs(folder)
    if (guest === undefined) continue
    const transcripts: Record<string, Transcript> = {}
    for (const [key, config] of guest.cases) {
      // What is logged belongs to every step but looks at the admin interface.
      const steps = (config.steps ?? []).map((step): Step => (step.admin === undefined ? { ...step, log: [] } : step))
      transcripts[key] = await recordCase({ module: guest.module, config, steps }, { envoyPath })
    }
    writeFileSync(join(folder, "transcript.json"), `${JSON.stringify(transcripts, undefined, 1)}\n`)
    console.log(`${name}: ${guest.cases.length} cases`)
  }
  return 0
}

process.exitCode = await main()
