// What `run` tells on the terminal: where it listens, and what becomes of changes while it runs.
import { isAttacheError, messageOf } from "@attache/base"
import type { ControlPlane, ControlPlaneUpdate, Drain } from "@attache/control-plane"
import { printFindings, say, styled } from "../output/format.ts"
import { type PortClash, portClashes } from "../port-clashes.ts"

/** Tells each thing once. */
export interface Changes {
  /** Tells of an update; of proxies and ports only once they serve, since before the start tells of all. */
  say(update: ControlPlaneUpdate, isServing: boolean): void
  /** Findings about the files, where they are others than before. */
  sayFindings(): void
}

/** Nothing is told yet. */
export function createChanges(controlPlane: ControlPlane): Changes {
  let findingsTold = ""
  const withdrawnTold = new Set<string>()
  let clashesTold: readonly string[] = []
  const sayFindings = (): void => {
    const { findings } = controlPlane.files.view()
    const text = JSON.stringify(findings)
    if (text !== findingsTold) printFindings(findings)
    findingsTold = text
  }
  const sayWithdrawn = (): void => {
    for (const { proxyKey, part, object, field, message } of controlPlane.quarantine.list()) {
      if (withdrawnTold.has(`${proxyKey} ${part}`)) continue
      withdrawnTold.add(`${proxyKey} ${part}`)
      say(`${styled("red", "withdrawn")} ${object}${field === "" ? "" : ` ${field}`}: Envoy refuses it: ${message}`)
    }
  }
  const sayClashes = (): void => {
    const now = portClashesOf(controlPlane).map(({ message }) => message)
    for (const message of now) if (!clashesTold.includes(message)) sayError(message)
    clashesTold = now
  }
  return {
    say: ({ proxies, drains }, isServing) => {
      for (const key of isServing ? proxies : []) {
        say(`${styled("cyan", "updated")} ${key}`)
        for (const drain of drains.get(key) ?? []) say(drainLine(drain))
      }
      sayFindings()
      sayWithdrawn()
      if (isServing) sayClashes()
    },
    sayFindings,
  }
}

/** Tells of a failure that ends nothing. */
export function sayFailure(error: unknown): void {
  sayError(messageOf(error))
  if (isAttacheError(error) && error.hint !== undefined) say(`  ${error.hint}`)
}

function sayError(message: string): void {
  say(`${styled("red", "error:")} ${message}`)
}

/** Ports of this machine that several proxies want. */
export function portClashesOf({ proxyKeys, translator }: ControlPlane): readonly PortClash[] {
  return portClashes(new Map(proxyKeys().map((key) => [key, translator.listeners(key)])))
}

/** Tells where requests are accepted, and why where they are not. */
export function sayListeners(
  controlPlane: ControlPlane,
  listeners: ReturnType<ControlPlane["translator"]["listeners"]>,
): void {
  const refused = refusedListeners(controlPlane)
  for (const { name, address, port, externalPort } of listeners) {
    const reason = refused.get(name)
    const shifted = port === externalPort ? "" : ` (port ${externalPort} of the Gateway is not ours to bind)`
    if (reason === undefined) say(`${styled("green", "listening")} ${name} on ${address}:${port}${shifted}`)
    else say(`${styled("red", "refused")} ${name}: ${reason}`)
  }
}

/** Tells whose connections end within the drain time: filters sit in the listener, so their edits replace it. */
function drainLine({ listener, chains }: Drain): string {
  const part = chains === undefined ? "" : `${chains.drained} of ${chains.of} filter chains of `
  return `  drains ${part}listener ${listener}`
}

/** Envoy's reasons by the name of the listener it refused. */
function refusedListeners({ refusals }: ControlPlane): ReadonlyMap<string, string> {
  const own = refusals.list().filter(({ typeUrl }) => typeUrl.endsWith(".Listener"))
  return new Map(own.map(({ resource, message }) => [resource, message.trim()]))
}
