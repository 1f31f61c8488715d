// node conformance/wasm/random/run.ts [--from SEED] [--count N] [--tcp] [--keep]: random plugins on a real Envoy and in the host.
//
// A difference counts when Envoy does the same thing twice: what depends on the moment is free. `--keep` adds what was equal to
// the recordings that the unit test replays.
import { parseArgs } from "node:util"
import { findEnvoy } from "@attache/envoy"
import { compareReplay } from "../compare.ts"
import { recordCase } from "../envoy/record.ts"
import { judgeCase } from "../judge.ts"
import { randomCase } from "./plugin.ts"
import { nameOf, type Recorded, readRecorded, recordedCase, writeRecorded } from "./recorded.ts"

/** How often Envoy is asked whether it does the same again. */
const again = 2

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      from: { type: "string", default: "1" },
      count: { type: "string", default: "20" },
      tcp: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
    },
  })
  const { path: envoyPath } = await findEnvoy({})
  const equal: Recorded[] = []
  const counts = { equal: 0, free: 0, different: 0 }
  for (let seed = Number(values.from); seed < Number(values.from) + Number(values.count); seed++) {
    const { difference, recorded } = await compareSeed(seed, values.tcp, envoyPath)
    if (difference === undefined) {
      counts.equal++
      equal.push(recorded)
    } else if (difference === "free") counts.free++
    else {
      counts.different++
      console.log(`FAIL ${nameOf(seed, values.tcp)}\n  ${difference.slice(0, 400)}`)
    }
  }
  if (values.keep) {
    const fresh = new Set(equal.map(({ seed, isTcp }) => nameOf(seed, isTcp)))
    writeRecorded([...readRecorded().filter(({ seed, isTcp }) => !fresh.has(nameOf(seed, isTcp))), ...equal])
  }
  console.log(`${counts.equal} equal, ${counts.free} free, ${counts.different} different`)
  return counts.different === 0 ? 0 : 1
}

async function compareSeed(
  seed: number,
  isTcp: boolean,
  envoyPath: string,
): Promise<{ readonly difference: string | undefined; readonly recorded: Recorded }> {
  const input = randomCase(seed, isTcp)
  const recorded: Recorded = { seed, isTcp, transcript: await recordCase(input, { envoyPath }) }
  const item = recordedCase(recorded)
  const [difference] = (await judgeCase(item, true)).differences
  if (difference === undefined) return { difference, recorded }
  for (let i = 0; i < again; i++) {
    const transcript = await recordCase(input, { envoyPath })
    if (compareReplay(item, { transcript }, true).differences.length > 0) return { difference: "free", recorded }
  }
  return { difference, recorded }
}

process.exitCode = await main()
