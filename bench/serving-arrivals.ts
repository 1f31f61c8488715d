// Which change has reached whom, and when: at the client by what it receives, at Envoy by what it acknowledges.
import type { ControlPlane, ControlPlaneUpdate } from "@attache/control-plane"
import { generatedProxy } from "@attache/translate/testing"

/** What a client process tells of one response. */
export interface Receipt {
  readonly typeUrl: string
  /** Version of the type, as of `system_version_info`. */
  readonly version: string
  /** Number in the path of the route that is edited, if the response carries it. */
  readonly edit: number | undefined
  /** Length of the response. */
  readonly bytes: number
  /** Monotonic time of the machine, in nanoseconds. */
  readonly at: string
}

/** A type and the version that a publication gave it. */
export interface Publication {
  readonly typeUrl: string
  readonly version: string
}

/** Times of this process' clock, in milliseconds. */
export interface Arrivals {
  readonly note: (update: ControlPlaneUpdate, controlPlane: ControlPlane) => void
  readonly received: (receipt: Receipt) => void
  /** What the last publication changed: one type, as edits here do. */
  lastPublished(): Publication
  atClient(publication: Publication): Promise<number>
  /** Bytes that the client has received so far. */
  bytesAtClient(): number
  atEnvoy(publication: Publication): Promise<number>
  /** Resolves when an edit, by its number, or a later one has arrived. */
  edit(number: number, isAtEnvoy: boolean): Promise<void>
  readonly editsAtClient: ReadonlyMap<number, number>
  readonly editsAtEnvoy: ReadonlyMap<number, number>
  /** Resolves when so many streams have taken everything. */
  settled(controlPlane: ControlPlane, streams: number): Promise<void>
}

const envoyId = "bench-envoy"
const routeType = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"

/** Nothing yet. */
export function createArrivals(): Arrivals {
  const client = new Map<string, number>()
  const envoy = new Map<string, number>()
  const editsAtClient = new Map<number, number>()
  const editsAtEnvoy = new Map<number, number>()
  const editOf = new Map<string, number>()
  const waiting = new Set<() => void>()
  let versions = new Map<string, string>()
  let bytesAtClient = 0
  let last: Publication = { typeUrl: "", version: "" }
  const wake = (): void => {
    for (const look of [...waiting]) look()
  }
  const until = <T>(look: () => T | undefined): Promise<T> => {
    const { promise, resolve } = Promise.withResolvers<T>()
    const tryNow = (): void => {
      const found = look()
      if (found === undefined) return
      waiting.delete(tryNow)
      resolve(found)
    }
    waiting.add(tryNow)
    tryNow()
    return promise
  }
  const keyOf = ({ typeUrl, version }: Publication): string => `${typeUrl} ${version}`
  const publish = (controlPlane: ControlPlane): void => {
    const types = controlPlane.xds.snapshot(generatedProxy)?.types ?? new Map()
    const now = new Map([...types].map(([typeUrl, { version }]) => [typeUrl, version]))
    for (const [typeUrl, version] of now) if (versions.get(typeUrl) !== version) last = { typeUrl, version }
    versions = now
    // Edits that go back and forth make old versions new again.
    client.delete(keyOf(last))
    envoy.delete(keyOf(last))
    if (last.typeUrl !== routeType) return
    for (const resource of types.get(routeType)?.resources.values() ?? []) {
      // Joining the pieces would be a cost of the bench's own.
      for (const piece of resource.pieces ?? [resource.bytes]) {
        const number = editIn(piece)
        if (number !== undefined) editOf.set(last.version, number)
      }
    }
  }
  return {
    note: (update, controlPlane) => {
      const { answer } = update
      if (answer === undefined) publish(controlPlane)
      else if (answer.nodeId === envoyId) {
        if (answer.type === "nack") throw new Error(`Envoy refused: ${answer.message}`)
        envoy.set(keyOf(answer), performance.now())
        const edit = answer.typeUrl === routeType ? editOf.get(answer.version) : undefined
        if (edit !== undefined && !editsAtEnvoy.has(edit)) editsAtEnvoy.set(edit, performance.now())
      }
      wake()
    },
    received: (receipt) => {
      const { at, edit } = receipt
      const time = performance.now() - Number(process.hrtime.bigint() - BigInt(at)) / 1e6
      bytesAtClient += receipt.bytes
      client.set(keyOf(receipt), time)
      if (edit !== undefined && !editsAtClient.has(edit)) editsAtClient.set(edit, time)
      wake()
    },
    lastPublished: () => last,
    atClient: (publication) => until(() => client.get(keyOf(publication))),
    bytesAtClient: () => bytesAtClient,
    atEnvoy: (publication) => until(() => envoy.get(keyOf(publication))),
    edit: async (number, isAtEnvoy) => {
      const has = (arrived: ReadonlyMap<number, number>) => () =>
        [...arrived.keys()].some((n) => n >= number) ? true : undefined
      await until(has(editsAtClient))
      if (isAtEnvoy) await until(has(editsAtEnvoy))
    },
    editsAtClient,
    editsAtEnvoy,
    settled: async (controlPlane, streams) => {
      publish(controlPlane)
      const all = [...versions].filter(([typeUrl]) => typesSent.has(typeUrl))
      for (const [typeUrl, version] of all) {
        await until(() => client.get(keyOf({ typeUrl, version })))
        if (streams > 1) await until(() => envoy.get(keyOf({ typeUrl, version })))
      }
    },
  }
}

const typesSent = new Set(
  [
    "listener.v3.Listener",
    "route.v3.RouteConfiguration",
    "cluster.v3.Cluster",
    "endpoint.v3.ClusterLoadAssignment",
  ].map((name) => `type.googleapis.com/envoy.config.${name}`),
)

const mark = Buffer.from("/moved/")

/** Number in the path of the route that is edited. */
export function editIn(bytes: Uint8Array): number | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const at = buffer.indexOf(mark)
  if (at < 0) return undefined
  const digits = /^\d+/.exec(buffer.toString("latin1", at + mark.length, at + mark.length + 12))
  return digits === null ? undefined : Number(digits[0])
}

/** Node id of the Envoy of the bench. */
export const benchEnvoyId = envoyId
