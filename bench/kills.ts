/**
 * Kills at random moments: `node bench/kills.ts [--rounds 100] [--seed 1]`.
 *
 * `attache run` follows files that change all the time; the control plane, Envoy, or both are ended with SIGKILL at a moment
 * drawn from the seed. After each kill the state of the files must be served again, no process may be left, no file of the
 * state folder may be half written, and the next start takes away temporary folders. Exit code 1 when one of these fails.
 */
import { parseArgs } from "node:util"
import { freePorts } from "@attache/envoy"
import { startBackend } from "../e2e/backend.ts"
import { killRounds } from "../e2e/kill-rounds.ts"

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "100" }, seed: { type: "string", default: "1" } },
})
const [port] = (await freePorts(1)) as [number]
await using one = await startBackend("one")
const rounds = await killRounds({
  port,
  backendPort: one.port,
  rounds: Number(values.rounds),
  seed: Number(values.seed),
})
console.log("| killed | times | right state again, p50 | p99 | most | orphans | torn files | folders left |")
console.log("|---|---:|---:|---:|---:|---:|---:|---:|")
for (const [victim, own] of Map.groupBy(rounds, (round) => round.victim)) {
  const ms = own.map(({ recoveredMs }) => recoveredMs).sort((a, b) => a - b)
  const at = (share: number): string => `${Math.round(ms[Math.floor((ms.length - 1) * share)] ?? 0)} ms`
  const sum = (pick: (round: (typeof own)[number]) => number): number =>
    own.reduce((total, round) => total + pick(round), 0)
  console.log(
    `| ${victim} | ${own.length} | ${at(0.5)} | ${at(0.99)} | ${at(1)} | ${sum((r) => r.orphans)} | ${sum((r) => r.torn.length)} | ${sum((r) => r.left.length)} |`,
  )
}
process.exitCode = rounds.some(({ orphans, torn, left }) => orphans + torn.length + left.length > 0) ? 1 : 0
