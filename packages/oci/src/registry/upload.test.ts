import type { IncomingMessage, ServerResponse } from "node:http"
import { describe, expect, it } from "vitest"
import { content, noise, opener } from "../../test/artifacts.ts"
import { type FakeBehaviour, type FakeRegistry, fakeRegistry } from "../../test/fake-registry.ts"
import { createRegistryClient, type RegistryClientOptions } from "./client.ts"

const failure = (name: string) => expect.objectContaining({ code: name })
const blob = content(noise(2_000_000))
const key = `a@${blob.descriptor.digest}`

async function push(registry: FakeRegistry, more: RegistryClientOptions = {}, options = {}): Promise<string> {
  using client = createRegistryClient({ retry: { pauseMs: 1 }, ...more })
  const target = client.repository({ registry: registry.host, repository: "a" })
  return await target.push(blob.descriptor, opener(blob.bytes), options)
}

/** Methods of the uploads' requests in order. */
const methods = (registry: FakeRegistry): readonly string[] =>
  registry.asked.filter((each) => each.includes("/uploads/")).map((each) => each.split(" ")[0] ?? "")

/** Breaks the connection in the middle of the first requests that have a body. */
function breaking(
  times: number,
  atBytes: number,
): FakeBehaviour & { intercept: NonNullable<FakeBehaviour["intercept"]> } {
  let left = times
  return {
    intercept: (request) => {
      if ((request.method !== "PUT" && request.method !== "PATCH") || left === 0) return false
      left--
      let count = 0
      request.on("data", (chunk: Buffer) => {
        count += chunk.length
        if (count >= atBytes) request.socket.destroy()
      })
      return false
    },
  }
}

describe("an upload", () => {
  it("sends a blob in one piece", async () => {
    await using registry = await fakeRegistry()
    expect(await push(registry)).toBe("pushed")
    expect(methods(registry)).toEqual(["POST", "PUT"])
    expect(registry.blobs.get(key)?.equals(blob.bytes)).toBe(true)
  })

  it("goes on where it broke, and counts no byte twice", async () => {
    await using registry = await fakeRegistry(breaking(2, 700_000))
    let taken = 0
    const onBytes = (count: number): void => {
      taken += count
    }
    expect(await push(registry, {}, { onBytes })).toBe("pushed")
    expect(methods(registry)).toEqual(["POST", "PUT", "GET", "PATCH", "GET", "PATCH", "PUT"])
    expect(registry.blobs.get(key)?.equals(blob.bytes)).toBe(true)
    expect(taken).toBe(blob.bytes.length)
  })

  it("goes on in the middle of chunks", async () => {
    await using registry = await fakeRegistry(breaking(1, 250_000))
    expect(await push(registry, { chunkBytes: 500_000 })).toBe("pushed")
    expect(registry.blobs.get(key)?.equals(blob.bytes)).toBe(true)
    expect(methods(registry).slice(0, 4)).toEqual(["POST", "PATCH", "GET", "PATCH"])
  })

  it("begins anew when the registry has forgotten it", async () => {
    const broken = breaking(1, 700_000)
    const answer404 = (request: IncomingMessage, response: ServerResponse): boolean => {
      if (request.method !== "GET") return broken.intercept(request, response)
      response.writeHead(404).end()
      return true
    }
    await using registry = await fakeRegistry({ intercept: answer404 })
    expect(await push(registry)).toBe("pushed")
    expect(methods(registry)).toEqual(["POST", "PUT", "GET", "POST", "PUT"])
  })

  it("begins anew when the registry forgets it after it has said what it has", async () => {
    const broken = breaking(1, 700_000)
    let hasForgotten = false
    const forgets = (request: IncomingMessage, response: ServerResponse): boolean => {
      if (request.method !== "PATCH" || hasForgotten) return broken.intercept(request, response)
      hasForgotten = true
      request.resume().on("end", () => response.writeHead(404).end())
      return true
    }
    await using registry = await fakeRegistry({ intercept: forgets })
    expect(await push(registry)).toBe("pushed")
    expect(methods(registry)).toEqual(["POST", "PUT", "GET", "PATCH", "POST", "PUT"])
    expect(registry.blobs.get(key)?.equals(blob.bytes)).toBe(true)
  })

  it("notices that it had succeeded when only the answer was lost", async () => {
    await using registry = await fakeRegistry({
      intercept: (request, response) => {
        if (request.method === "PUT") response.writeHead = () => response.destroy()
        return false
      },
    })
    expect(await push(registry)).toBe("pushed")
    expect(methods(registry)).toEqual(["POST", "PUT", "GET"])
  })

  it("is given up after some attempts", async () => {
    await using registry = await fakeRegistry(breaking(100, 1))
    await expect(push(registry)).rejects.toThrow(failure("ATT_HTTP_UNREACHABLE"))
  })

  it("takes chunks as large as the registry wants", async () => {
    const lengths: string[] = []
    await using registry = await fakeRegistry({
      intercept: (request, response) => {
        if (request.method === "POST") response.setHeader("oci-chunk-min-length", "800000")
        if (request.method === "PATCH") lengths.push(`${request.headers["content-range"]}`)
        return false
      },
    })
    expect(await push(registry, { chunkBytes: 1000 })).toBe("pushed")
    expect(lengths).toEqual(["0-799999", "800000-1599999", "1600000-1999999"])
  })

  it("is spared by a mount, where the registry mounts", async () => {
    for (const canMount of [true, false]) {
      await using registry = await fakeRegistry({ canMount })
      registry.blobs.set(`b@${blob.descriptor.digest}`, Buffer.from(blob.bytes))
      expect(await push(registry, {}, { mountFrom: "b" })).toBe(canMount ? "mounted" : "pushed")
      expect(registry.blobs.get(key)?.equals(blob.bytes)).toBe(true)
      expect(methods(registry)).toEqual(canMount ? ["POST"] : ["POST", "PUT"])
    }
  })

  it("of an empty blob works", async () => {
    await using registry = await fakeRegistry()
    using client = createRegistryClient()
    const empty = content("")
    const target = client.repository({ registry: registry.host, repository: "a" })
    for (const chunkBytes of [undefined, 1]) {
      expect(await target.push(empty.descriptor, opener(empty.bytes))).toBe(
        chunkBytes === undefined ? "pushed" : "existed",
      )
    }
  })

  it("takes its login nowhere else", async () => {
    const seen: (string | undefined)[] = []
    await using storage = await fakeRegistry({
      intercept: (request, response) => {
        seen.push(request.headers.authorization)
        request.resume().on("end", () => response.writeHead(201).end())
        return true
      },
    })
    await using registry = await fakeRegistry({
      intercept: (request, response) => {
        const { authorization } = request.headers
        if (authorization === undefined) response.writeHead(401, { "www-authenticate": "Basic" }).end()
        else if (request.method === "POST") response.writeHead(202, { location: `${storage.url}/upload` }).end()
        else return false
        return true
      },
    })
    const { passwordCredential } = await import("../credentials/credential.ts")
    expect(await push(registry, { credentials: async () => passwordCredential("me", "secret") })).toBe("pushed")
    expect(seen).toEqual([undefined])
  })

  it.each([undefined, "http://", "file:///etc/passwd"])("with the location %s is refused", async (location) => {
    await using registry = await fakeRegistry({
      intercept: (request, response) => {
        if (request.method === "POST") response.writeHead(202, location === undefined ? {} : { location }).end()
        return request.method === "POST"
      },
    })
    await expect(push(registry)).rejects.toThrow(failure("ATT_OCI_PROTOCOL"))
  })

  it.each([
    [400, "DIGEST_INVALID", "ATT_OCI_DIGEST"],
    [400, "SIZE_INVALID", "ATT_OCI_SIZE"],
    [413, "", "ATT_OCI_REFUSED"],
    [403, "DENIED", "ATT_OCI_DENIED"],
  ])("that ends in %d %s is %s", async (status, registryCode, want) => {
    await using registry = await fakeRegistry({
      intercept: (request, response) => {
        if (request.method !== "PUT") return false
        const answer = JSON.stringify({ errors: [{ code: registryCode }] })
        request.resume().on("end", () => response.writeHead(status).end(answer))
        return true
      },
    })
    await expect(push(registry)).rejects.toThrow(failure(want))
  })
})
