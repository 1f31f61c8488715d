import { Client, type ClientDuplexStream, credentials, type ServiceError } from "@grpc/grpc-js"
import type { ClientNode } from "../requests.ts"
import { discoveryMethods, methodPath } from "../services.ts"
import type { Variant } from "../type-state.ts"
import { decodeResponse, encodeRequest } from "./client-codec.ts"
import {
  type ClientMachine,
  type ClientResource,
  type ClientResponse,
  createClientMachine,
  type Inspection,
} from "./client-machine.ts"
import { inspectEnvoyResource } from "./references.ts"

/** Which server a client talks to, and how. */
export interface XdsClientOptions {
  /** `unix:PATH` or `HOST:PORT`, as a listener gives it. */
  readonly address: string
  /** Proxy key and client id. */
  readonly node: ClientNode
  readonly variant: Variant
  /** One type by its own service instead of the aggregated one; everything of it is asked for, unless `names` are given. */
  readonly only?: { readonly typeUrl: string; readonly names?: readonly string[] }
  /** Refuses a resource by giving a text. Default: accepts whatever decodes. */
  readonly refuses?: (
    typeUrl: string,
    resource: { readonly name: string; readonly bytes: Uint8Array },
  ) => string | undefined
  /** Gives what a resource refers to. Default: reads Envoy's messages. */
  readonly inspect?: (typeUrl: string, name: string, bytes: Uint8Array) => Inspection
  /** PEM texts for mutual TLS. */
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string; readonly serverName?: string }
}

/** A response and what became of it. */
export interface ClientLogEntry extends ClientResponse {
  /** Text of the NACK; undefined: acknowledged. */
  readonly refusal: string | undefined
}

/** A fake Envoy: an xDS client that subscribes, warms and complains as Envoy does, and checks make before break. */
export interface XdsTestClient {
  /** What it holds of a type. */
  held(typeUrl: string): ReadonlyMap<string, ClientResource>
  /** Every response so far, oldest first. */
  readonly log: readonly ClientLogEntry[]
  /** Breaches of the order between types. */
  violations(): readonly string[]
  /** Endpoints that clusters wait for. */
  warming(): ReadonlySet<string>
  /** Resolves when `test` holds, looked at now and after every response; rejects when the stream ends before. */
  until(test: (client: XdsTestClient) => boolean): Promise<void>
  /** Asks for exactly these names of a type, besides those that follow from what it holds. */
  ask(typeUrl: string, names: readonly string[]): void
  /** Ends the stream and begins a new one that says what the client has. */
  reconnect(): void
  /** Stops and goes on reading responses. */
  pause(): void
  resume(): void
  /** Why the stream ended, if the server ended it. */
  failure(): ServiceError | undefined
  close(): void
}

/** Connects at once. */
export function createXdsClient(options: XdsClientOptions): XdsTestClient {
  const { variant, only } = options
  const inspect = inspector(options)
  const named = only?.names !== undefined
  const wildcards = only === undefined ? {} : { wildcards: named ? [] : [only.typeUrl], derives: [] }
  const machine = createClientMachine({ variant, inspect, ...wildcards })
  const connection = new Client(options.address, channelCredentials(options), channelOptions(options))
  const session: Session = {
    options,
    machine,
    connection,
    log: [],
    waiting: new Set(),
    call: undefined,
    failure: undefined,
  }
  if (only?.names !== undefined) machine.ask(only.typeUrl, only.names)
  const client: XdsTestClient = {
    held: (typeUrl) => machine.types.get(typeUrl)?.held ?? new Map(),
    log: session.log,
    violations: () => machine.violations,
    warming: () => machine.warming,
    until: (test) => until(session, () => test(client)),
    ask: (typeUrl, names) => {
      machine.ask(typeUrl, names)
      flush(session)
    },
    reconnect: () => {
      session.call?.cancel()
      open(session)
    },
    pause: () => void session.call?.pause(),
    resume: () => void session.call?.resume(),
    failure: () => session.failure,
    close: () => {
      session.call?.cancel()
      connection.close()
    },
  }
  open(session)
  return client
}

type Call = ClientDuplexStream<Uint8Array, Uint8Array>

interface Session {
  readonly options: XdsClientOptions
  readonly machine: ClientMachine
  readonly connection: Client
  readonly log: ClientLogEntry[]
  readonly waiting: Set<() => void>
  call: Call | undefined
  failure: ServiceError | undefined
}

function inspector(options: XdsClientOptions): (typeUrl: string, name: string, bytes: Uint8Array) => Inspection {
  const inspect = options.inspect ?? inspectEnvoyResource
  return (typeUrl, name, bytes) => {
    const found = inspect(typeUrl, name, bytes)
    const refusal = found.refusal ?? options.refuses?.(typeUrl, { name, bytes })
    return refusal === undefined ? found : { ...found, refusal }
  }
}

function channelCredentials({ tls }: XdsClientOptions) {
  if (tls === undefined) return credentials.createInsecure()
  const pem = (text: string | undefined): Buffer | null => (text === undefined ? null : Buffer.from(text))
  return credentials.createSsl(pem(tls.ca), pem(tls.key), pem(tls.cert))
}

function channelOptions({ tls }: XdsClientOptions) {
  const base = { "grpc.max_receive_message_length": -1, "grpc.use_local_subchannel_pool": 1 }
  return tls?.serverName === undefined ? base : { ...base, "grpc.ssl_target_name_override": tls.serverName }
}

function open(session: Session): void {
  const { options, machine, connection } = session
  const method = discoveryMethods.find((m) => m.variant === options.variant && m.typeUrl === options.only?.typeUrl)
  if (method === undefined) throw new Error(`no service for ${options.only?.typeUrl}`)
  const bytes = (value: Uint8Array): Buffer => Buffer.from(value)
  const call: Call = connection.makeBidiStreamRequest(methodPath(method), bytes, (value: Buffer): Uint8Array => value)
  session.call = call
  session.failure = undefined
  call.on("data", (value: Uint8Array) => {
    if (session.call !== call) return
    const response = decodeResponse(options.variant, value)
    const refusal = machine.receive(response)
    session.log.push({ ...response, refusal })
    flush(session)
    wake(session)
  })
  call.on("error", (error: ServiceError) => {
    if (session.call !== call) return
    session.failure = error
    wake(session)
  })
  machine.connect()
  flush(session, options.node)
}

function flush(session: Session, node?: ClientNode): void {
  const first = session.machine.outbox.splice(0)
  first.forEach((request, at) => {
    session.call?.write(encodeRequest(session.options.variant, request, at === 0 ? node : undefined))
  })
}

function wake(session: Session): void {
  for (const look of [...session.waiting]) look()
}

function until(session: Session, test: () => boolean): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const look = (): void => {
    if (!test() && session.failure === undefined) return
    session.waiting.delete(look)
    if (session.failure === undefined || test()) resolve()
    else reject(session.failure)
  }
  session.waiting.add(look)
  look()
  return promise
}
