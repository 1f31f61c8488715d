import { createHash } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import { describe, expect, it } from "vitest"
import { publicAddresses } from "../../test/addresses.ts"
import { content } from "../../test/artifacts.ts"
import { createTestAuthority } from "../../test/authority.ts"
import { createEagerClock } from "../../test/eager-clock.ts"
import { type FakeBehaviour, fakeRegistry } from "../../test/fake-registry.ts"
import { testServer } from "../../test/http-server.ts"
import { type Credential, passwordCredential, secretOf } from "../credentials/credential.ts"
import { createRegistryClient, type RegistryClientOptions } from "./client.ts"

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`
const failure = (name: string) =>
  expect.objectContaining({ code: name, message: expect.not.stringContaining("canary") })

/** A registry that wants tokens from `/token`, and notes what it was asked for. */
function withTokens(more: { lifeSeconds?: number; refuses?: number; answer?: unknown; login?: string } = {}) {
  const given = new Map<string, string>()
  const logins: string[] = []
  let count = 0
  const giveToken = (request: IncomingMessage, response: ServerResponse, form: string): void => {
    const { searchParams } = new URL(request.url ?? "", "http://registry")
    const all = form === "" ? searchParams : new URLSearchParams(form)
    logins.push(
      `${request.method} ${all.get("service")} ${all.getAll("scope").join("+")} ${request.headers.authorization ?? all.get("refresh_token") ?? "nobody"}`,
    )
    if (more.refuses !== undefined) return void response.writeHead(more.refuses).end("{}")
    const token = `token-${++count}`
    given.set(`Bearer ${token}`, all.getAll("scope").join(" "))
    response.end(JSON.stringify(more.answer ?? { token, expires_in: more.lifeSeconds ?? 300 }))
  }
  const behaviour: FakeBehaviour = {
    intercept: (request, response) => {
      if (request.url?.startsWith("/token") === true) {
        const chunks: Buffer[] = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk))
        request.on("end", () => giveToken(request, response, Buffer.concat(chunks).toString()))
        return true
      }
      const [, repository = ""] = /^\/v2\/(.+)\/(manifests|blobs|tags|referrers)\//.exec(request.url ?? "") ?? []
      const action = request.method === "GET" || request.method === "HEAD" ? "pull" : "push"
      const scope = given.get(request.headers.authorization ?? "") ?? ""
      const isAllowed = scope.split(" ").some((each) => new RegExp(`^repository:${repository}:.*${action}`).test(each))
      if (isAllowed) return false
      const realm = more.login ?? `http://${request.headers.host}/token`
      response
        .writeHead(401, { "www-authenticate": `Bearer realm="${realm}",service="registry",scope="ignored"` })
        .end()
      return true
    },
  }
  return { behaviour, logins, given }
}

async function pullWith(behaviour: FakeBehaviour, options: RegistryClientOptions = {}): Promise<unknown> {
  await using registry = await fakeRegistry(behaviour)
  // A registry that answers everything with 400 would pass for one with TLS.
  const hosts = { [registry.host]: { isPlainHttp: true } }
  using client = createRegistryClient({ retry: { pauseMs: 1 }, hosts, ...options })
  return await client.repository({ registry: registry.host, repository: "a" }).tags()
}

describe("basic authentication", () => {
  const behaviour = (login: string): FakeBehaviour => ({
    intercept: (request, response) => {
      if (request.headers.authorization === login) return false
      response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end()
      return true
    },
  })

  it("sends user and password once they are wanted", async () => {
    await using registry = await fakeRegistry(behaviour(basic("me", "päss:word")))
    using client = createRegistryClient({ credentials: async () => passwordCredential("me", "päss:word") })
    const target = client.repository({ registry: registry.host, repository: "a" })
    await target.tags()
    await target.tags()
    expect(registry.asked.filter((each) => each.includes("tags"))).toHaveLength(3)
  })

  it.each([
    ["nobody's", async () => undefined],
    ["wrong", async () => passwordCredential("me", "wrong-canary")],
  ])("says so when the login is %s", async (_name, credentials) => {
    const result = pullWith(behaviour(basic("me", "right")), { credentials })
    await expect(result).rejects.toThrow(failure("ATT_OCI_UNAUTHORIZED"))
  })

  it("is asked of the credential source by registry and repository, once", async () => {
    const asked: string[] = []
    await using registry = await fakeRegistry(behaviour(basic("a", "b")))
    using client = createRegistryClient({
      credentials: async (host, repository) => {
        asked.push(`${host} ${repository}`)
        return passwordCredential("a", "b")
      },
    })
    for (const repository of ["a", "b", "a"]) {
      await client.repository({ registry: registry.host, repository }).tags()
    }
    expect(asked).toEqual([`${registry.host} a`, `${registry.host} b`])
  })
})

describe("tokens", () => {
  it.each<[string, Credential | undefined, string]>([
    ["nobody", undefined, "GET registry repository:a:pull nobody"],
    ["a user", passwordCredential("me", "p"), `GET registry repository:a:pull ${basic("me", "p")}`],
    ["a refresh token", { kind: "identity", token: secretOf("refresh") }, "POST registry repository:a:pull refresh"],
  ])("are given to %s", async (_name, credential, want) => {
    const { behaviour, logins } = withTokens()
    await pullWith(behaviour, { credentials: async () => credential })
    expect(logins).toEqual([want])
  })

  it("are kept for what they cover, and asked for anew when they are about to end", async () => {
    const { behaviour, logins } = withTokens({ lifeSeconds: 100 })
    const clock = createEagerClock()
    await using registry = await fakeRegistry(behaviour)
    using client = createRegistryClient({ retry: { clock } })
    const target = client.repository({ registry: registry.host, repository: "a" })
    const blob = { mediaType: "a/b", digest: `sha256:${createHash("sha256").update("x").digest("hex")}`, size: 1 }
    expect(await target.push(blob, Buffer.from("x"))).toBe("pushed")
    await target.tags()
    await target.fetch(blob)
    expect(logins).toEqual(["GET registry repository:a:pull,push nobody"])
    clock.advance(94_000)
    await target.tags()
    expect(logins).toHaveLength(1)
    clock.advance(2_000)
    await target.tags()
    expect(logins).toHaveLength(2)
  })

  it("are asked for once by all who need the same", async () => {
    const { behaviour, logins } = withTokens()
    await using registry = await fakeRegistry(behaviour)
    using client = createRegistryClient()
    const target = client.repository({ registry: registry.host, repository: "a" })
    await Promise.all(Array.from({ length: 10 }, () => target.tags()))
    expect(logins).toHaveLength(1)
  })

  it("are replaced when the registry no longer takes them", async () => {
    const { behaviour, logins, given } = withTokens()
    await using registry = await fakeRegistry(behaviour)
    using client = createRegistryClient()
    const target = client.repository({ registry: registry.host, repository: "a" })
    await target.tags()
    given.clear()
    await target.tags()
    expect(logins).toHaveLength(2)
  })

  it("name both repositories for a mount", async () => {
    const { behaviour, logins } = withTokens()
    await using registry = await fakeRegistry(behaviour)
    using client = createRegistryClient()
    const blob = { mediaType: "a/b", digest: `sha256:${createHash("sha256").update("x").digest("hex")}`, size: 1 }
    await client.repository({ registry: registry.host, repository: "a" }).push(blob, Buffer.from("x"))
    const target = client.repository({ registry: registry.host, repository: "b" })
    expect(await target.push(blob, Buffer.from("x"), { mountFrom: "a" })).toBe("mounted")
    expect(logins.at(-1)).toBe("GET registry repository:b:pull,push+repository:a:pull nobody")
  })

  it.each<[string, Parameters<typeof withTokens>[0], string]>([
    ["refuses the login", { refuses: 401 }, "ATT_OCI_UNAUTHORIZED"],
    ["forbids", { refuses: 403 }, "ATT_OCI_DENIED"],
    ["is down", { refuses: 503 }, "ATT_OCI_UNAVAILABLE"],
    ["gives no token", { answer: { user: "canary" } }, "ATT_OCI_PROTOCOL"],
    ["gives a token of two lines", { answer: { token: "a\r\nx-canary: b" } }, "ATT_OCI_PROTOCOL"],
    ["gives another form", { answer: "canary" }, "ATT_OCI_PROTOCOL"],
    ["gives a useless token", { answer: { token: "canary" } }, "ATT_OCI_UNAUTHORIZED"],
    ["is nowhere", { login: "" }, "ATT_OCI_PROTOCOL"],
    ["is a file", { login: "file:///etc/passwd" }, "ATT_OCI_PROTOCOL"],
    ["is a metadata service", { login: "http://169.254.169.254/" }, "ATT_HTTP_ADDRESS_DENIED"],
    ["has a user in its URL", { login: "http://me:canary@127.0.0.1/" }, "ATT_OCI_PROTOCOL"],
  ])("fail when the token server %s", async (_name, more, want) => {
    const { behaviour } = withTokens(more)
    await expect(
      pullWith(behaviour, { credentials: async () => passwordCredential("me", "secret-canary") }),
    ).rejects.toThrow(failure(want))
  })

  it("are never asked for in the clear by a registry with TLS", async () => {
    const { localhost, caCertificate } = await createTestAuthority()
    const { behaviour, logins } = withTokens()
    await using registry = await fakeRegistry(behaviour, localhost)
    using client = createRegistryClient({ hosts: { [registry.host]: { caCertificate } } })
    await expect(client.repository({ registry: registry.host, repository: "a" }).tags()).rejects.toThrow(
      failure("ATT_OCI_PROTOCOL"),
    )
    expect(logins).toEqual([])
  })

  it("may be given by the user as they are", async () => {
    const behaviour: FakeBehaviour = {
      intercept: (request, response) => {
        if (request.headers.authorization === "Bearer mine") return false
        response.writeHead(401, { "www-authenticate": 'Bearer realm="http://127.0.0.1:1/"' }).end()
        return true
      },
    }
    const credentials = async (): Promise<Credential> => ({ kind: "token", token: secretOf("mine") })
    expect(await pullWith(behaviour, { credentials })).toEqual([])
  })
})

describe("answers", () => {
  const answering = (status: number, headers: Record<string, string> = {}, body = "{}"): FakeBehaviour => ({
    intercept: (_request, response) => {
      response.writeHead(status, headers).end(body)
      return true
    },
  })

  it.each<[number, string]>([
    [400, "ATT_OCI_REFUSED"],
    [401, "ATT_OCI_UNAUTHORIZED"],
    [403, "ATT_OCI_DENIED"],
    [404, "ATT_OCI_NOT_FOUND"],
    [405, "ATT_OCI_UNSUPPORTED"],
    [408, "ATT_OCI_UNAVAILABLE"],
    [418, "ATT_OCI_REFUSED"],
    [429, "ATT_OCI_RATE_LIMITED"],
    [500, "ATT_OCI_UNAVAILABLE"],
    [501, "ATT_OCI_UNSUPPORTED"],
    [503, "ATT_OCI_UNAVAILABLE"],
    [304, "ATT_OCI_REFUSED"],
    [204, "ATT_OCI_REFUSED"],
  ])("of status %d are %s", async (status, want) => {
    await expect(pullWith(answering(status))).rejects.toThrow(failure(want))
  })

  it("bring the registry's words, without what steers terminals out of reach", async () => {
    const errors = [{ code: "DENIED", message: "no" }, { code: "TOOMANY", message: "" }, "odd", { code: 5 }]
    await expect(pullWith(answering(403, {}, JSON.stringify({ errors })))).rejects.toThrow(/127.0.0.1:\d+: no; TOOMANY/)
    for (const body of ["<html>", "[]", "x".repeat(100_000), '{"errors":7}', "\0"]) {
      await expect(pullWith(answering(403, {}, body))).rejects.toThrow(/status 403 from 127.0.0.1:\d+$/)
    }
  })

  it("are waited for as long as the registry asks", async () => {
    const clock = createEagerClock(Date.UTC(2026, 0, 1))
    let count = 0
    const behaviour: FakeBehaviour = {
      intercept: (_request, response) => {
        count++
        if (count > 2) return false
        const wait = count === 1 ? "7" : "Thu, 01 Jan 2026 00:00:30 GMT"
        response.writeHead(count === 1 ? 429 : 503, { "retry-after": wait }).end()
        return true
      },
    }
    await using registry = await fakeRegistry(behaviour)
    const hosts = { [registry.host]: { isPlainHttp: true } }
    using client = createRegistryClient({ hosts, retry: { clock, random: () => 0 } })
    await client.repository({ registry: registry.host, repository: "a" }).tags()
    expect(clock.pauses).toEqual([7000, 23_000])
  })

  it("are not asked for again once the caller has left", async () => {
    const stop = new AbortController()
    await using registry = await fakeRegistry(answering(503))
    using client = createRegistryClient({ retry: { pauseMs: 1_000_000 } })
    const pulled = client.repository({ registry: registry.host, repository: "a" }).tags({ signal: stop.signal })
    setTimeout(() => stop.abort(new Error("enough")), 10)
    await expect(pulled).rejects.toThrow("enough")
  })
})

describe("where a registry is", () => {
  it("is asked with TLS on loopback, and without where it knows none", async () => {
    const { localhost, caCertificate } = await createTestAuthority()
    await using plain = await fakeRegistry()
    await using secure = await fakeRegistry({}, localhost)
    using client = createRegistryClient({ hosts: { [secure.host]: { caCertificate } }, retry: { attempts: 1 } })
    expect(await client.repository({ registry: plain.host, repository: "a" }).tags()).toEqual([])
    expect(await client.repository({ registry: `localhost:${plain.port}`, repository: "a" }).tags()).toEqual([])
    expect(await client.repository({ registry: secure.host, repository: "a" }).tags()).toEqual([])
    using stranger = createRegistryClient({ retry: { attempts: 1 } })
    await expect(stranger.repository({ registry: secure.host, repository: "a" }).tags()).rejects.toThrow(
      failure("ATT_HTTP_UNREACHABLE"),
    )
    expect(secure.asked).toHaveLength(1)
  })

  it("is never asked without TLS elsewhere, unless that is said", async () => {
    await using registry = await fakeRegistry()
    const resolveHost = async () => ["127.0.0.1"]
    const name = `registry.example:${registry.port}`
    using client = createRegistryClient({ resolveHost, retry: { attempts: 1 } })
    await expect(client.repository({ registry: name, repository: "a" }).tags()).rejects.toThrow(
      failure("ATT_HTTP_UNREACHABLE"),
    )
    expect(registry.asked).toEqual([])
    using told = createRegistryClient({ resolveHost, hosts: { [name]: { isPlainHttp: true } } })
    expect(await told.repository({ registry: name, repository: "a" }).tags()).toEqual([])
  })

  it("may be another address than its name", async () => {
    await using registry = await fakeRegistry()
    using client = createRegistryClient({ hosts: { "docker.io": { address: registry.host } } })
    expect(await client.repository({ registry: "docker.io", repository: "library/a" }).tags()).toEqual([])
  })

  it.each(["8.8.8.8", "10.0.0.1"])("at %s sends nobody nearer than itself", async (own) => {
    await using inside = await testServer((_request, response) => response.end())
    const near = [`http://127.0.0.1:${inside.port}/x`, `http://inside.example:${inside.port}/x`]
    const answers = near.flatMap((url): [number, Record<string, string>][] => [
      [307, { location: url }],
      [202, { location: url }],
      [401, { "www-authenticate": `Bearer realm="${url}"` }],
    ])
    let answer: (typeof answers)[number] = [500, {}]
    await using registry = await testServer((request, response) => {
      const [status, headers] = request.method === "HEAD" ? ([404, {}] as const) : answer
      response.writeHead(status, headers).end()
    })
    // It is asked at the address that answers, and counts as far as the other one.
    const resolveHost = async (host: string) => ["127.0.0.1", ...(host === "inside.example" ? [] : [own])]
    const name = `registry.example:${registry.port}`
    for (answer of answers) {
      using client = createRegistryClient({
        hosts: { [name]: { isPlainHttp: true } },
        resolveHost,
        retry: { attempts: 1 },
      })
      const target = client.repository({ registry: name, repository: "a" })
      const { descriptor, bytes } = content(Buffer.from("x"))
      const asked = answer[0] === 202 ? target.push(descriptor, bytes) : target.fetch(descriptor)
      await expect(asked).rejects.toThrow(failure("ATT_HTTP_ADDRESS_DENIED"))
    }
    expect(registry.asked.length).toBeGreaterThanOrEqual(answers.length)
    expect(inside.asked).toEqual([])
  })

  it("is not asked at all at forbidden addresses", async () => {
    await using registry = await fakeRegistry()
    using client = createRegistryClient({ addresses: publicAddresses, resolveHost: async () => ["10.0.0.1"] })
    for (const name of [registry.host, `localhost:${registry.port}`, "registry.example"]) {
      await expect(client.repository({ registry: name, repository: "a" }).tags()).rejects.toThrow(
        failure("ATT_HTTP_ADDRESS_DENIED"),
      )
    }
    expect(registry.asked).toEqual([])
  })
})
