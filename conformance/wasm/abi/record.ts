// node conformance/wasm/abi/record.ts: asks a real Envoy for the whole ABI table and writes table.json. Takes some minutes.
import { writeFileSync } from "node:fs"
import { findEnvoy } from "@attache/envoy"
import { recordCase } from "../envoy/record.ts"
import { phases } from "./probes.ts"
import {
  type AbiTable,
  drasticAnswers,
  gentleAnswers,
  printTable,
  type Runner,
  restrictedAnswers,
  tablePath,
} from "./table.ts"

const envoy = await findEnvoy({})
const run: Runner = ({ module, config, steps }) => recordCase({ module, config, steps }, { envoyPath: envoy.path })
const found: Record<string, AbiTable["phases"][string]> = {}
for (const phase of phases) {
  found[phase.name] = { gentle: await gentleAnswers(phase, run), drastic: await drasticAnswers(phase, run) }
  console.log(phase.name)
}
const table: AbiTable = {
  envoy: envoy.version,
  recordedBy: "node conformance/wasm/abi/record.ts",
  phases: found,
  restricted: {
    _initialize: await restrictedAnswers("_initialize", run),
    malloc: await restrictedAnswers("malloc", run),
  },
}
writeFileSync(tablePath, printTable(table))
