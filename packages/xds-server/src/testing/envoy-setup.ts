/** A server, a real Envoy on it and backends behind it, for this package's end-to-end tests. */
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { AnswerEvent, XdsEvent } from "../events.ts"
import type { XdsAddress } from "../listen.ts"
import { createXdsServer, type XdsServer } from "../server.ts"
import type { Snapshot } from "../snapshot.ts"
import type { Variant } from "../type-state.ts"
import { type EnvoyProcess, findTestEnvoy, type Mode, startEnvoy } from "./envoy-process.ts"

/** What runs in a test. */
export interface EnvoySetup {
  readonly server: XdsServer
  readonly events: XdsEvent[]
  readonly envoy: EnvoyProcess
  readonly where: XdsAddress
}

/** How Envoy asks. */
export interface EnvoyAsks {
  readonly variant: Variant
  /** Default: everything on one stream. */
  readonly mode?: Mode
  /** Default: a Unix socket. */
  readonly transport?: "tcp" | "unix"
}

/** Path of the Envoy that is started; undefined when there is none on this machine. */
export const testEnvoy = findTestEnvoy()

const cleanups: (() => unknown)[] = []

/** Ends what was started, the newest first. */
export async function endSetups(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
}

/** Serves a snapshot to a new Envoy. */
export async function serveEnvoy(snapshot: Snapshot, asks: EnvoyAsks): Promise<EnvoySetup> {
  const { variant, mode = "ads", transport = "unix" } = asks
  const events: XdsEvent[] = []
  const server = createXdsServer({ onEvent: (event) => events.push(event) })
  cleanups.push(() => server.close())
  const directory = await mkdtemp(join(tmpdir(), "xds-"))
  cleanups.push(() => rm(directory, { recursive: true }))
  const where = transport === "unix" ? { unixPath: join(directory, "s") } : { host: "127.0.0.1", port: 0 }
  const { address } = await server.listen(where)
  server.setSnapshot("web", snapshot)
  const envoy = await startEnvoy(testEnvoy ?? "", address, variant, mode)
  cleanups.push(() => envoy.stop())
  return { server, events, envoy, where }
}

/** A backend that answers with its name; gives its port. */
export async function backend(name: string): Promise<number> {
  const server = createServer((_, response) => response.end(name))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  cleanups.push(() => server.close())
  return (server.address() as AddressInfo).port
}

/** The refusals among some events. */
export function nacksOf(events: readonly XdsEvent[]): readonly AnswerEvent[] {
  return events.filter((e): e is AnswerEvent => e.type === "nack")
}
