/**
 * All benchmarks: `npm run bench -- [--routes 100,1000,5000,10000] [--part NAME,…] [--repeat N] [--output text|json]`.
 *
 * Every part runs in a process of its own; cold starts and CPU are the best of some runs, since other work on the machine
 * only ever adds. Exit code 1 when a promise is missed by far: counts that grow, or ratios within this run.
 * `ATTACHE_BENCH_ENVOY=none` leaves the real Envoy out.
 */
import { fork } from "node:child_process"
import { cpus } from "node:os"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { verdictsOf } from "./budgets.ts"
import { bestOf, type CommandFigures, type ServingFigures, type TranslationFigures } from "./figures.ts"
import type { KubeApiFigures } from "./kube-api.ts"
import { type BenchFigures, reportOf } from "./report.ts"
import type { XdsServerFigures } from "./xds-server.ts"

const names = ["translation", "serving", "command", "xds-server", "kube-api"] as const
type Name = (typeof names)[number]

const { values } = parseArgs({
  options: {
    routes: { type: "string", default: "100,1000,5000,10000" },
    part: { type: "string", default: names.join() },
    repeat: { type: "string", default: "3" },
    output: { type: "string", default: "text" },
  },
})
const sizes = values.routes
  .split(",")
  .map(Number)
  .sort((a, b) => a - b)
const wanted = new Set(values.part.split(","))
const unknown = [...wanted].filter((name) => !names.some((each) => each === name))
if (unknown.length > 0 || sizes.some((size) => !(size >= 100)) || !["text", "json"].includes(values.output)) {
  console.error(
    `usage: npm run bench -- [--routes N,… from 100 on] [--part ${names.join()}] [--repeat N] [--output text|json]`,
  )
  process.exit(2)
}

const translation: TranslationFigures[] = []
const serving: ServingFigures[] = []
const command: CommandFigures[] = []
for (const size of sizes) {
  const runs: TranslationFigures[] = []
  for (let n = 0; wanted.has("translation") && n < Number(values.repeat); n++)
    runs.push(await run<TranslationFigures>("translation", size))
  if (runs.length > 0) translation.push(bestOf(runs))
  if (wanted.has("serving")) serving.push(await run<ServingFigures>("serving", size))
  if (wanted.has("command")) command.push(await run<CommandFigures>("command", size))
}
const xdsServer = wanted.has("xds-server") ? await run<XdsServerFigures>("xds-server") : undefined
const kubeApi = wanted.has("kube-api") ? await run<KubeApiFigures>("kube-api") : undefined
const figures: BenchFigures = {
  machine: `${cpus().length} cores, ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`,
  translation,
  serving,
  command,
  ...(xdsServer === undefined ? {} : { xdsServer }),
  ...(kubeApi === undefined ? {} : { kubeApi }),
  verdicts: verdictsOf(translation),
}
console.log(values.output === "json" ? JSON.stringify(figures, undefined, 2) : reportOf(figures))
if (figures.verdicts.some(({ isFailed }) => isFailed)) process.exitCode = 1

/** Figures of one part, from a process of its own. */
function run<T>(name: Name, ...parameters: readonly number[]): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  console.error(`bench: ${[name, ...parameters].join(" ")}`)
  const child = fork(fileURLToPath(new URL("part.ts", import.meta.url)), [name, ...parameters.map(String)], {
    // Semi-spaces as of `packages/cli/bin/attache.mjs`.
    execArgv: ["--expose-gc", "--max-semi-space-size=4"],
    stdio: ["ignore", 2, 2, "ipc"],
  })
  let figures: T | undefined
  child.on("message", (message) => {
    figures = message as T
  })
  child.on("exit", (code) => {
    if (figures === undefined) reject(new Error(`${name} ended with exit code ${code} and no figures`))
    else resolve(figures)
  })
  return promise
}
