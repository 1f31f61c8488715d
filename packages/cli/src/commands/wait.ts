import { setTimeout as pause } from "node:timers/promises"
import { AttacheError, isAttacheError, printable } from "@attache/base"
import type { StatusReport } from "@attache/control-plane/client"
import { type ExitCode, exitCodes } from "../exit.ts"
import { askStatus } from "../instance/ask.ts"
import { livingInstances } from "../instance/find-instances.ts"
import { findingOf, type Missing, missingFor, type Stage, stages } from "../instance/stages.ts"
import { formatOf, type Options, secondsOf, textOf, usageError } from "../options.ts"
import { documentOf, envelopeOf, type Format, printData, say, styled } from "../output/format.ts"
import { slowly } from "../output/slowly.ts"

/** Pause between two looks, in milliseconds. */
const lookMs = 200

/** What one look at the instances gave. */
interface Look {
  readonly instances: readonly { readonly name: string; readonly status: StatusReport }[]
  /** Nothing: all have reached the stage. */
  readonly missing: readonly Missing[]
}

/** Waits until all proxies of the running instances have reached a stage; exit 5 with what is missing when they do not in time. */
export async function run(_args: readonly string[], options: Options): Promise<ExitCode> {
  const until = stageOf(options)
  const timeoutS = secondsOf(options, "timeout")
  const name = textOf(options, "instance")
  const format = formatOf(options)
  const begun = performance.now()
  const last = await slowly(`waiting until ${until}`, () => poll(until, name, begun + timeoutS * 1000))
  if (last.missing.length === 0) {
    const waitedMs = Math.round(performance.now() - begun)
    const proxies = last.instances.flatMap(({ status }) => status.proxies.map(({ key }) => key))
    const data = { until, instances: last.instances.map((one) => one.name), proxies, waitedMs }
    await printData(format, data, () => `${until}: ${proxies.join(", ")}\n`)
    return exitCodes.done
  }
  if (last.missing.some(({ isUnknowable }) => isUnknowable)) {
    const reasons = last.missing.filter(({ isUnknowable }) => isUnknowable).map(({ message }) => message)
    throw new AttacheError("ATT_CLI_WAIT_UNKNOWN", `${until} cannot be waited for: ${reasons.join("; ")}`, {
      hint: "wait --until accepted, or run the Envoys with attache run",
    })
  }
  await tell(format, until, timeoutS, last.missing)
  return exitCodes.timeout
}

async function poll(until: Stage, name: string | undefined, deadline: number): Promise<Look> {
  for (let isFirst = true; ; isFirst = false) {
    const look = await lookAt(until, name, isFirst)
    const isOver = look.missing.length === 0 || look.missing.some(({ isUnknowable }) => isUnknowable)
    if (isOver || performance.now() >= deadline) return look
    await pause(Math.min(lookMs, Math.max(0, deadline - performance.now())))
  }
}

/** The first look has the files read before: what was written just now counts. */
async function lookAt(until: Stage, name: string | undefined, isFresh: boolean): Promise<Look> {
  const running = livingInstances(name)
  if (running.length === 0)
    return lacking(name === undefined ? "no instance is running" : `no instance ${name} is running`)
  try {
    const instances = await Promise.all(
      running.map(async (record) => ({ name: record.name, status: await askStatus(record.statusSocket, isFresh) })),
    )
    return { instances, missing: instances.flatMap(({ status }) => missingFor(until, status)) }
  } catch (error) {
    // It is starting, or ending.
    if (isAttacheError(error)) return lacking(error.message)
    throw error
  }
}

function lacking(message: string): Look {
  return { instances: [], missing: [{ isUnknowable: false, message }] }
}

async function tell(format: Format, until: Stage, timeoutS: number, missing: readonly Missing[]): Promise<void> {
  if (format !== "text") {
    const findings = missing.map((each) => findingOf("ATT_CLI_WAIT_TIMEOUT", each))
    process.stdout.write(await documentOf(format, envelopeOf(findings)))
    return
  }
  say(`${styled("red", "error:")} not ${until} after ${timeoutS} s`)
  for (const { message } of missing) say(`  ${printable(message)}`)
  say("  [ATT_CLI_WAIT_TIMEOUT]")
}

function stageOf(options: Options): Stage {
  const text = textOf(options, "until") ?? "serving"
  const stage = stages.find((each) => each === text)
  if (stage === undefined) throw usageError(`cannot wait until ${text}`, `choose ${stages.join(", ")}`)
  return stage
}
