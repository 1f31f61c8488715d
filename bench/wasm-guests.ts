/**
 * CPU that one header filter costs a real Envoy per request, by SDK, and the size of its module.
 *
 * Run: node bench/wasm-guests.ts [ROUNDS] [SECONDS]. Prints only. Every guest reads the path and sets one header in each
 * direction. Envoy has one worker and answers by itself, so that nothing but Envoy is measured: user and system time of its
 * process, divided by requests. Guests take turns, each round in an Envoy of its own: where code comes to lie in memory
 * changes the cost by a tenth. The median of the rounds counts; the best is what no other work on the machine added to.
 */
import { spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createIdleBootstrap, findEnvoy, type JsonObject, preferredCacheDirectory, runEnvoy } from "@attache/envoy"
import { compileAssemblyScript } from "@attache/wasm-sdk/build"
import { guestTools } from "../e2e/guest-tools.ts"
import { sendFor } from "./http-load.ts"

const [rounds = 9, seconds = 2] = process.argv.slice(2).map(Number)
const connections = 32
const guests = join(import.meta.dirname, "..", "tools", "wasm-guests", "guests")
const folder = mkdtempSync(join(tmpdir(), "attache-bench-"))

/** A guest, or the reason why there is none on this machine. */
type Guest = { readonly name: string; readonly module: Uint8Array | undefined } | { readonly absent: string }

interface Runner {
  readonly name: string
  readonly bytes: number | undefined
  readonly bootstrap: JsonObject
  readonly microseconds: number[]
  perSecond: number
}

const candidates: readonly Guest[] = [
  { name: "no filter", module: undefined },
  { name: "@attache/wasm-sdk", module: await compileAssemblyScript(join(guests, "attache/assembly/index.ts")) },
  gcore(),
  rust(),
]
const runners: Runner[] = []
try {
  for (const [i, guest] of candidates.entries())
    if ("absent" in guest) console.log(`left out: ${guest.absent}`)
    else runners.push(runnerOf(guest.name, guest.module, i))
  for (let round = 0; round < rounds; round++) for (const runner of runners) await measure(runner)
  print()
} finally {
  rmSync(folder, { recursive: true })
}

/** The maintained fork of the first AssemblyScript SDK, compiled as its documentation says, at our level of optimization. */
function gcore(): Guest {
  const tools = guestTools()
  if (tools.folder === undefined) return { absent: `@gcoredev/proxy-wasm-sdk-as: ${tools.reason}` }
  const copy = join(tools.folder, `bench-${process.pid}`)
  const out = join(folder, "gcore.wasm")
  cpSync(join(guests, "gcore/assembly"), copy, { recursive: true })
  const shim = "./node_modules/@assemblyscript/wasi-shim/asconfig.json"
  const level = ["--optimizeLevel", "3", "--shrinkLevel", "1", "--converge"]
  const entry = join(`bench-${process.pid}`, "index.ts")
  const args = ["node_modules/assemblyscript/bin/asc.js", entry, "-o", out, ...level, "--config", shim]
  const made = spawnSync(process.execPath, [...args, "--use", "abort=abort_proc_exit"], {
    cwd: tools.folder,
    encoding: "utf8",
  })
  rmSync(copy, { recursive: true })
  if (made.status !== 0) throw new Error(made.stderr)
  return { name: "@gcoredev/proxy-wasm-sdk-as 1.2.3", module: readFileSync(out) }
}

/** The Rust crate, where cargo and the target are there. */
function rust(): Guest {
  const out = join(folder, "rust.wasm")
  const command = join(import.meta.dirname, "..", "packages", "cli", "bin", "attache.mjs")
  const args = [command, "build", join(guests, "rust"), "--out", out]
  // Not into the sources' folder, and kept: crates are compiled once.
  const env = { ...process.env, CARGO_TARGET_DIR: join(preferredCacheDirectory(), "wasm-guest-target") }
  const made = spawnSync(process.execPath, args, { encoding: "utf8", env })
  if (made.status !== 0) return { absent: `Rust crate proxy-wasm: ${made.stderr.trim()}` }
  return { name: "Rust crate proxy-wasm 0.2.5", module: readFileSync(out) }
}

function runnerOf(name: string, module: Uint8Array | undefined, index: number): Runner {
  const path = join(folder, `${index}.wasm`)
  if (module !== undefined) writeFileSync(path, module)
  const bootstrap = bootstrapOf(module === undefined ? undefined : path)
  return { name, bytes: module?.length, bootstrap, microseconds: [], perSecond: 0 }
}

function bootstrapOf(modulePath: string | undefined): JsonObject {
  const typed = (type: string, fields: JsonObject): JsonObject => ({
    "@type": `type.googleapis.com/envoy.${type}`,
    ...fields,
  })
  const vm = (filename: string): JsonObject => ({ runtime: "envoy.wasm.runtime.v8", code: { local: { filename } } })
  const wasm = (filename: string): JsonObject => ({
    name: "wasm",
    typed_config: typed("extensions.filters.http.wasm.v3.Wasm", {
      config: { name: "bench", root_id: "bench", vm_config: vm(filename) },
    }),
  })
  const manager = typed("extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
    stat_prefix: "http",
    generate_request_id: false,
    route_config: {
      virtual_hosts: [
        {
          name: "all",
          domains: ["*"],
          routes: [{ match: { prefix: "/" }, direct_response: { status: 200, body: { inline_string: "ok" } } }],
        },
      ],
    },
    http_filters: [
      ...(modulePath === undefined ? [] : [wasm(modulePath)]),
      { name: "router", typed_config: typed("extensions.filters.http.router.v3.Router", {}) },
    ],
  })
  const listener = {
    name: "http",
    address: { socket_address: { address: "127.0.0.1", port_value: 0 } },
    filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }],
  }
  return { ...createIdleBootstrap(), static_resources: { listeners: [listener] } }
}

async function measure(runner: Runner): Promise<void> {
  const { path } = await findEnvoy()
  await using envoy = await runEnvoy({ path, bootstrap: runner.bootstrap, concurrency: 1, logLevel: "error" })
  const [address] = (await envoy.admin.listeners())[0]?.addresses ?? []
  if (address === undefined || !("port" in address)) throw new Error("the listener is not bound")
  const wanted = runner.bytes === undefined ? undefined : "x-bench-response: two"
  await sendFor(address.port, connections, 500, wanted)
  const before = cpuMicroseconds(envoy.pid)
  const requests = await sendFor(address.port, connections, seconds * 1000, wanted)
  runner.microseconds.push((cpuMicroseconds(envoy.pid) - before) / requests)
  runner.perSecond = Math.max(runner.perSecond, requests / seconds)
}

/** User and system time of a process so far. The kernel counts in ticks of 10 ms. */
function cpuMicroseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

function print(): void {
  const sorted = ({ microseconds }: Runner): readonly number[] => microseconds.toSorted((a, b) => a - b)
  const median = (runner: Runner): number => sorted(runner)[runner.microseconds.length >> 1] ?? Number.NaN
  const best = (runner: Runner): number => sorted(runner)[0] ?? Number.NaN
  const [base, ours] = [runners[0] as Runner, runners[1] as Runner]
  console.log(`${rounds} rounds of ${seconds} s, ${connections} connections; us per request\n`)
  console.log("guest                                  median   extra  extra/ours    best   extra     size  requests/s")
  for (const runner of runners) {
    const extra = median(runner) - median(base)
    const row = [
      runner.name.padEnd(36),
      median(runner).toFixed(2).padStart(8),
      (runner.bytes === undefined ? "" : extra.toFixed(2)).padStart(7),
      (runner.bytes === undefined ? "" : (extra / (median(ours) - median(base))).toFixed(2)).padStart(11),
      best(runner).toFixed(2).padStart(7),
      (runner.bytes === undefined ? "" : (best(runner) - best(base)).toFixed(2)).padStart(7),
      (runner.bytes === undefined ? "" : `${(runner.bytes / 1024).toFixed(1)} KB`).padStart(8),
      runner.perSecond.toFixed(0).padStart(11),
    ]
    console.log(row.join(" "))
  }
}
