// node conformance/wasm/abi/record.ts [PHASE]...: asks a real Envoy for the ABI table, or for some phases of it, and writes table.json.
//
// The whole table takes some minutes. `_initialize` and `malloc` name the two phases in which few calls are allowed.
import { writeFileSync } from "node:fs"
import { findEnvoy } from "@attache/envoy"
import { recordCase } from "../envoy/record.ts"
import { phases } from "./probes.ts"
import type { RestrictedPhase } from "./restricted.ts"
import {
  type AbiTable,
  type Answers,
  drasticAnswers,
  gentleAnswers,
  printTable,
  type Runner,
  readTable,
  restrictedAnswers,
  tablePath,
} from "./table.ts"

const envoy = await findEnvoy({})
const run: Runner = ({ module, config, steps }) => recordCase({ module, config, steps }, { envoyPath: envoy.path })
const wanted = process.argv.slice(2)
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name)
const old = wanted.length === 0 ? undefined : readTable()
const found: Record<string, AbiTable["phases"][string]> = {}
for (const phase of phases) {
  const known = old?.phases[phase.name]
  found[phase.name] =
    isWanted(phase.name) || known === undefined
      ? { gentle: await gentleAnswers(phase, run), drastic: await drasticAnswers(phase, run) }
      : known
}
const restricted = async (phase: RestrictedPhase): Promise<Answers> =>
  isWanted(phase) || old === undefined ? await restrictedAnswers(phase, run) : old.restricted[phase]
const table: AbiTable = {
  envoy: envoy.version,
  recordedBy: "node conformance/wasm/abi/record.ts",
  phases: found,
  restricted: { _initialize: await restricted("_initialize"), malloc: await restricted("malloc") },
}
writeFileSync(tablePath, printTable(table))
