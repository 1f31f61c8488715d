// A private registry that others wrote behind a way that can be shut, and an Envoy whose policies name its images.
import { request } from "node:http"
import { connect, createServer, type Socket } from "node:net"
import { type Clock, systemClock } from "@attache/base"
import {
  createRegistryClient,
  type Descriptor,
  packBytes,
  passwordCredential,
  type Target,
  writeExtension,
} from "@attache/oci"
import { dockerRegistry, goRegistry, login, type RegistryKind, type TestAuthority } from "@attache/oci/testing"
import { onTestFinished } from "vitest"
import type { EnvoyUnderTest, TestAnswer } from "./envoy-under-test.ts"
import { httpServer } from "./http-server.ts"
import { pullSecret } from "./module-world.ts"
import type { Document } from "./resources.ts"
import { wasmGuest } from "./wasm-guest.ts"

/** Registries that can be started here. */
export const registries: readonly RegistryKind[] = [dockerRegistry(), goRegistry()]

const areAllThere = registries.every(({ reason }) => reason === undefined)

/** How many images a test swaps. The registry that keeps its blobs on disk takes five times as long: beside another, it has a share. */
export function swapsOf({ name }: RegistryKind): number {
  return areAllThere && name === "docker-registry" ? 20 : 100
}

/** A registry with a password, and the way to it. */
export interface PrivateImages {
  /** Host and port of the way. */
  readonly host: string
  /** Shuts the way: no connection lives or comes; or opens it. `silent`: connections come, and nothing goes through them. */
  setDown(isDown: boolean | "silent"): void
  /** Connections that came while it was shut. */
  turnedAway(): number
  /** From now on the bytes of a layer come altered on the way, or, without a digest, all as they are. */
  alter(digest?: string): void
  /** Puts an image of a guest in that answers with a name. @param version default `1.0.0` */
  push(tag: string, name: string, version?: string): Promise<Descriptor>
  readonly target: Target
  /** Secret `pull` with the right password. */
  readonly secret: Document
}

/** How a private registry is. */
export interface PrivateImagesOptions {
  /** Default: plain HTTP. Over TLS nothing is altered. */
  readonly authority?: TestAuthority
  /** Default `basic`. */
  readonly auth?: "basic" | "token"
}

/** Starts a registry. */
export async function privateImages(
  kind: RegistryKind,
  { authority, auth = "basic" }: PrivateImagesOptions = {},
): Promise<PrivateImages> {
  const registry = await kind.start({ auth, ...(authority === undefined ? {} : { identity: authority.localhost }) })
  const alteration = authority === undefined ? await alteringWay(registry.host) : undefined
  const way = await shuttableWay(alteration?.host ?? registry.host)
  const client = createRegistryClient({
    credentials: async () => passwordCredential(login.user, login.password),
    ...(authority === undefined ? {} : { hosts: { [registry.host]: { caCertificate: authority.caCertificate } } }),
  })
  onTestFinished(async () => {
    client[Symbol.dispose]()
    await way.close()
    await alteration?.close()
    await registry[Symbol.asyncDispose]()
  })
  const target = client.repository({ registry: registry.host, repository: "team/guest" })
  return {
    host: way.host,
    setDown: way.setDown,
    turnedAway: way.turnedAway,
    alter: (digest) => alteration?.alter(digest),
    target,
    push: async (tag, name, version = "1.0.0") => {
      const files = [packBytes("plugin.wasm", wasmGuest(name))]
      const written = await writeExtension(target, { kind: "wasm", name: "guest", version, files })
      await target.tag(written, tag)
      return written
    },
    secret: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "pull", namespace: "default" },
      type: "kubernetes.io/dockerconfigjson",
      data: pullSecret(way.host, login.user, login.password),
    },
  }
}

interface Way {
  readonly host: string
  setDown(isDown: boolean | "silent"): void
  turnedAway(): number
  close(): Promise<void>
}

/** A relay of TCP on an address that stays while what is behind it goes and comes. */
async function shuttableWay(to: string): Promise<Way> {
  const [name = "", port = "0"] = to.split(":")
  const sockets = new Set<Socket>()
  let isDown: boolean | "silent" = false
  let turnedAway = 0
  const server = createServer((near) => {
    if (isDown !== false) turnedAway++
    if (isDown === true) return void near.destroy()
    if (isDown === "silent") {
      sockets.add(near)
      near.on("error", () => near.destroy())
      return void near.on("close", () => sockets.delete(near))
    }
    const far = connect(Number(port), name)
    for (const [from, into] of [[near, far] as const, [far, near] as const]) {
      sockets.add(from)
      from.on("error", () => into.destroy())
      from.on("close", () => sockets.delete(from) && into.destroy())
      from.pipe(into)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    host: `127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    turnedAway: () => turnedAway,
    setDown: (next) => {
      isDown = next
      if (isDown === true) cut()
    },
    close: () => {
      cut()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** A relay of requests that turns the last byte of one blob into another. */
async function alteringWay(to: string) {
  let altered: string | undefined
  const server = await httpServer((near, response) => {
    const far = request(`http://${to}${near.url}`, { method: near.method, headers: near.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      const isAltered = altered !== undefined && near.url?.endsWith(`/blobs/${altered}`) === true
      let last = Number(answer.headers["content-length"])
      answer.on("data", (chunk: Buffer) => {
        last -= chunk.length
        if (isAltered && last === 0) chunk[chunk.length - 1] = ~(chunk.at(-1) ?? 0)
        response.write(chunk)
      })
      answer.on("end", () => response.end())
    })
    far.on("error", () => response.destroy())
    response.on("close", () => far.destroy())
    near.pipe(far)
  })
  return {
    host: `127.0.0.1:${server.port}`,
    alter: (digest?: string) => {
      altered = digest
    },
    close: () => server[Symbol.asyncDispose](),
  }
}

/** Time that passes fifty times as fast for those who wait. */
export const hastyClock: Clock = {
  now: systemClock.now,
  after: (ms, call) => systemClock.after(ms / 50, call),
}

/** Lets minutes of {@link hastyClock} pass. */
export function minutes(count: number): Promise<void> {
  return new Promise((resolve) => void hastyClock.after(count * 60_000, resolve))
}

/** Requests that go on until they are stopped, and those of them that did not get what they should. */
export interface Load {
  readonly count: () => number
  /** What was wrong, with the first answers. */
  stop(): Promise<readonly string[]>
}

/** Asks for a path over and over, four at a time. @param isRight whether an answer is one that should come */
export function load(world: EnvoyUnderTest, path: string, isRight: (answer: TestAnswer) => boolean): Load {
  let isStopped = false
  let count = 0
  const wrong: string[] = []
  const ask = async (): Promise<void> => {
    while (!isStopped) {
      const answer = await world.get(path)
      count++
      if (answer === undefined) wrong.push("no answer")
      else if (!isRight(answer)) wrong.push(`${answer.status} ${answer.headers["x-guest"]} ${answer.body}`)
    }
  }
  const running = [1, 2, 3, 4].map(ask)
  return {
    count: () => count,
    stop: async () => {
      isStopped = true
      await Promise.all(running)
      return wrong
    },
  }
}
