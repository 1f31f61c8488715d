// The command killed again and again, at moments drawn from a seed.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type CommandProcess, createPlace, startCommand } from "./command-process.ts"
import { untilAnswer } from "./gateway-under-test.ts"
import { childOf, descendants, isGone } from "./process-tree.ts"
import { backend, gateway, prefix, route, stream, to } from "./resources.ts"

/** What is ended. */
export type Victim = "control plane" | "Envoy" | "both"

/** What came of one kill. */
export interface KillRound {
  readonly victim: Victim
  /** From the kill, or the start of the next command, until the state of the files was served; milliseconds. */
  readonly recoveredMs: number
  /** Processes that were left 15 s later. */
  readonly orphans: number
  /** Files of the state folder that cannot be read as what they are. */
  readonly torn: readonly string[]
  /** Temporary folders beside those of the command that was started next. */
  readonly left: readonly string[]
}

/** How to kill. */
export interface KillOptions {
  readonly port: number
  readonly backendPort: number
  readonly rounds: number
  readonly seed: number
}

const victims: readonly Victim[] = ["control plane", "Envoy", "both"]

/** Kills and starts again; throws when the state of the files is not served 10 s later. */
export async function killRounds({ port, backendPort, rounds, seed }: KillOptions): Promise<readonly KillRound[]> {
  const random = randomFrom(seed)
  using created = createPlace({
    "base.yaml": stream(...gateway({ http: port }), backend("one", backendPort)),
    "edited.yaml": edited(0),
  })
  const place = { ...created, temporary: mkdtempSync(join(tmpdir(), "attache-kills-")) }
  let edit = 0
  let run = startCommand(place, "run")
  const results: KillRound[] = []
  try {
    await run.said(/^ready in /m)
    for (let n = 0; n < rounds; n++) {
      const victim = victims[Math.floor(random() * victims.length)] ?? "both"
      const killAt = performance.now() + random() * 300
      const below = descendants(run.pid)
      while (performance.now() < killAt) {
        place.write("edited.yaml", edited(++edit))
        await new Promise((resolve) => setTimeout(resolve, 5 + random() * 20))
      }
      place.write("edited.yaml", edited(++edit))
      const killed = performance.now()
      if (victim !== "control plane") killEnvoy(run)
      let orphans = 0
      let began = killed
      const torn: string[] = []
      if (victim !== "Envoy") {
        await run.end("SIGKILL")
        orphans = await leftOf(below)
        torn.push(...tornFiles(place.state))
        began = performance.now()
        run = startCommand(place, "run")
      }
      const context = run.output
      await untilAnswer(port, `/edited-${edit}`, ({ status }) => status === 200, { context })
      await untilAnswer(port, "/bad", ({ status }) => status === 500, { context })
      const recoveredMs = performance.now() - began
      results.push({ victim, recoveredMs, orphans, torn, left: leftIn(place.temporary, run.pid) })
    }
    return results
  } finally {
    await run.end("SIGINT")
    rmSync(place.temporary, { recursive: true, force: true })
  }
}

/** A route of the edit's own, and one that Envoy refuses: there is always something in quarantine. */
function edited(n: number): string {
  const value = "%NOSUCH%"
  const filters = [{ type: "RequestHeaderModifier", requestHeaderModifier: { set: [{ name: "x", value }] } }]
  return stream(
    route("edited", [prefix(`/edited-${n}`, { backendRefs: [to("one")] })]),
    route("bad", [prefix("/bad", { backendRefs: [to("one")], filters })]),
  )
}

/** There may be none just now: it is being started again. */
function killEnvoy({ pid }: CommandProcess): void {
  try {
    process.kill(childOf(pid, "envoy"), "SIGKILL")
  } catch {
    // The next kill finds it.
  }
}

async function leftOf(pids: readonly number[]): Promise<number> {
  const deadline = Date.now() + 15_000
  for (;;) {
    const alive = pids.filter((pid) => !isGone(pid))
    if (alive.length === 0 || Date.now() > deadline) return alive.length
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function leftIn(temporary: string, pid: number): readonly string[] {
  return readdirSync(temporary).filter((name) => name.startsWith("attache-") && !name.startsWith(`attache-${pid}-`))
}

/** What is under its final name must be whole; a file that was being written when all ended has another name. */
function tornFiles(state: string): readonly string[] {
  const names = readdirSync(state, { recursive: true }).map(String)
  return names.filter((name) => {
    const text = (): string => readFileSync(join(state, name), "utf8")
    if (name.endsWith(".json")) return !isJson(text())
    if (name.endsWith(".last")) return text().split("\n").length !== 2 || !text().split("\n").every(isJson)
    return false
  })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Numbers from 0 to 1 that are the same for the same seed. Source: mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
