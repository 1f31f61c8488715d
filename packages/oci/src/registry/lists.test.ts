import { describe, expect, it } from "vitest"
import { emptyConfig, index, manifest, pushAll } from "../../test/artifacts.ts"
import { type FakeBehaviour, fakeRegistry } from "../../test/fake-registry.ts"
import type { Target } from "../content/target.ts"
import { createRegistryClient } from "./client.ts"
import { referrersTag } from "./referrers.ts"

const failure = (name: string) => expect.objectContaining({ code: name })
const subject = manifest([])

async function withTarget<T>(behaviour: FakeBehaviour, action: (target: Target) => Promise<T>): Promise<T> {
  await using registry = await fakeRegistry(behaviour)
  using client = createRegistryClient({ retry: { pauseMs: 1 } })
  return await action(client.repository({ registry: registry.host, repository: "a" }))
}

/** Answers what contains a text in its own way. */
const answering = (
  part: string,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): FakeBehaviour => ({
  intercept: (request, response) => {
    const isMine = request.url?.includes(part) === true && (request.method === "GET" || request.method === "HEAD")
    if (isMine) response.writeHead(status, headers).end(request.method === "HEAD" ? undefined : body)
    return isMine
  },
})

describe("tags", () => {
  it("come from all pages", async () => {
    const names = Array.from({ length: 25 }, (_, i) => `v${String(i).padStart(2, "0")}`)
    await withTarget({ pageSize: 10 }, async (target) => {
      await pushAll(target, [emptyConfig, subject])
      for (const name of names) await target.tag(subject.descriptor, name)
      expect(await target.tags()).toEqual(names)
    })
  })

  it.each<[string, string, Record<string, string>, string]>([
    ["no JSON", "<html>", {}, "ATT_OCI_PROTOCOL"],
    ["another list", '{"tags":{}}', {}, "ATT_OCI_PROTOCOL"],
    ["pages in a circle", '{"tags":["a"]}', { link: '</v2/a/tags/list?n=1000>; rel="next"' }, "ATT_OCI_PROTOCOL"],
    ["pages elsewhere", '{"tags":["a"]}', { link: '<http://169.254.169.254/x>; rel="next"' }, "ATT_OCI_PROTOCOL"],
    ["pages nowhere", '{"tags":["a"]}', { link: '<http://>; rel="next"' }, "ATT_OCI_PROTOCOL"],
    [
      "too many tags",
      JSON.stringify({ tags: Array.from({ length: 100_001 }, (_, i) => `t${i}`) }),
      {},
      "ATT_OCI_LIMIT",
    ],
  ])("that are %s are refused", async (_name, body, headers, want) => {
    const result = withTarget(answering("/tags/list", 200, body, headers), (target) => target.tags())
    await expect(result).rejects.toThrow(failure(want))
  })

  it("leave out what is no tag", async () => {
    const body = JSON.stringify({ tags: ["good", "no tag", 5, null, "../x", "\u001b[2J"] })
    expect(await withTarget(answering("/tags/list", 200, body), (target) => target.tags())).toEqual(["good"])
    expect(await withTarget(answering("/tags/list", 200, '{"tags":null}'), (target) => target.tags())).toEqual([])
  })
})

describe("manifests", () => {
  it("are resolved where the registry tells little without a body", async () => {
    const { bytes, descriptor } = subject
    const behaviour: FakeBehaviour = {
      intercept: (request, response) => {
        if (request.url !== "/v2/a/manifests/v1") return false
        response.end(request.method === "HEAD" ? undefined : bytes)
        return true
      },
    }
    expect(await withTarget(behaviour, (target) => target.resolve("v1"))).toEqual(descriptor)
  })

  it("are refused when they are not what was asked for", async () => {
    const { descriptor } = subject
    const other = Buffer.from(manifest([], { annotations: { a: "b" } }).bytes).toString()
    const type = { "content-type": descriptor.mediaType }
    for (const headers of [type, { ...type, "docker-content-digest": descriptor.digest }]) {
      const behaviour = answering("/manifests/", 200, other, headers)
      const result = withTarget(behaviour, (target) => target.fetchManifest({ ...descriptor, size: other.length }))
      await expect(result).rejects.toThrow(failure("ATT_OCI_DIGEST"))
      const resolved = withTarget(behaviour, (target) => target.resolve(descriptor.digest))
      await expect(resolved).rejects.toThrow(failure("ATT_OCI_DIGEST"))
      await expect(withTarget(behaviour, (target) => target.fetchManifest(descriptor))).rejects.toThrow(
        failure("ATT_OCI_SIZE"),
      )
    }
  })

  it("are refused when they are too large, announced or not", async () => {
    const { descriptor } = subject
    const large = { ...descriptor, size: 4 * 1024 * 1024 + 1 }
    const body = " ".repeat(large.size)
    await withTarget(answering("/manifests/", 200, body), async (target) => {
      await expect(target.fetchManifest(large)).rejects.toThrow(failure("ATT_OCI_LIMIT"))
      await expect(target.fetchManifest(descriptor)).rejects.toThrow(failure("ATT_OCI_LIMIT"))
      await expect(target.resolve("v1")).rejects.toThrow(failure("ATT_OCI_LIMIT"))
      await expect(target.push(large, Buffer.from(body))).rejects.toThrow(failure("ATT_OCI_LIMIT"))
    })
  })

  it("are read again when the connection breaks in the middle", async () => {
    let isFirst = true
    const behaviour: FakeBehaviour = {
      intercept: (request, response) => {
        if (request.method !== "GET" || !isFirst) return false
        isFirst = false
        response.writeHead(200, { "content-length": subject.bytes.length })
        response.write(subject.bytes.subarray(0, 10), () => response.destroy())
        return true
      },
    }
    await withTarget(behaviour, async (target) => {
      await pushAll(target, [emptyConfig, subject])
      expect(await target.fetchManifest(subject.descriptor)).toMatchObject({ descriptor: subject.descriptor })
    })
  })
})

describe("referrers", () => {
  const one = manifest([], { artifactType: "x/y", subject: subject.descriptor })
  const tag = referrersTag(subject.descriptor.digest)

  it("have the type that their manifests have, whatever the registry tells", async () => {
    const told = { ...one.descriptor, artifactType: "application/vnd.oci.empty.v1+json" }
    const type = { "content-type": "application/vnd.oci.image.index.v1+json" }
    const behaviour = answering("/referrers/", 200, Buffer.from(index([told]).bytes).toString(), type)
    await withTarget(behaviour, async (target) => {
      await pushAll(target, [emptyConfig, subject, one])
      expect(await target.referrers(subject.descriptor, "x/y")).toEqual([{ ...one.descriptor, artifactType: "x/y" }])
      expect(await target.referrers(subject.descriptor, "application/vnd.oci.empty.v1+json")).toEqual([])
    })
  })

  it.each([
    ["a page of its own", 200, "<html>", { "content-type": "text/html" }],
    ["that it does not know the path", 400, "{}", {}],
  ])("are read from the tag when the registry answers with %s", async (_name, status, body, headers) => {
    await withTarget(answering("/referrers/", status, body, headers), async (target) => {
      const list = index([{ ...one.descriptor, artifactType: "x/y" }])
      await pushAll(target, [emptyConfig, subject, list])
      await target.tag(list.descriptor, tag)
      expect(await target.referrers(subject.descriptor, "x/y")).toHaveLength(1)
    })
  })

  it("stay when others write the list at the same time", async () => {
    await using registry = await fakeRegistry({ hasReferrers: false })
    using client = createRegistryClient()
    const target = client.repository({ registry: registry.host, repository: "a" })
    await pushAll(target, [emptyConfig, subject])
    const all = Array.from({ length: 3 }, (_, i) =>
      manifest([], { annotations: { i: `${i}` }, subject: subject.descriptor }),
    )
    await Promise.all(all.map(({ descriptor, bytes }) => target.push(descriptor, bytes)))
    // Without compare-and-swap the last writer wins; who reads again repairs it.
    for (const { descriptor, bytes } of all) await target.push(descriptor, bytes)
    expect(await target.referrers(subject.descriptor)).toHaveLength(3)
  })

  it("are given up when somebody always writes over them", async () => {
    const behaviour: FakeBehaviour = { hasReferrers: false }
    await withTarget(behaviour, async (target) => {
      await pushAll(target, [emptyConfig, subject])
      behaviour.intercept = (request, response) => {
        const isList = request.method === "PUT" && request.url?.endsWith(tag) === true
        if (isList) request.resume().on("end", () => response.writeHead(201).end())
        return isList
      }
      await expect(target.push(one.descriptor, one.bytes)).rejects.toThrow(failure("ATT_OCI_CONFLICT"))
    })
  })

  it("leave the list when they are removed", async () => {
    await withTarget({ hasReferrers: false }, async (target) => {
      await pushAll(target, [emptyConfig, subject, one])
      await target.delete(one.descriptor)
      expect(await target.referrers(subject.descriptor)).toEqual([])
    })
  })

  it("that are too many, or no list, are refused", async () => {
    const type = { "content-type": "application/vnd.oci.image.index.v1+json" }
    const many = Array.from({ length: 1001 }, (_, i) => ({ ...one.descriptor, size: i + 1 }))
    for (const [body, want] of [
      [Buffer.from(index(many).bytes).toString(), "ATT_OCI_LIMIT"],
      ["{", "ATT_OCI_MANIFEST"],
    ] as const) {
      const result = withTarget(answering("/referrers/", 200, body, type), (target) =>
        target.referrers(subject.descriptor),
      )
      await expect(result).rejects.toThrow(failure(want))
    }
  })
})

describe("removal", () => {
  it.each([
    [405, "", "ATT_OCI_UNSUPPORTED"],
    [400, "UNSUPPORTED", "ATT_OCI_UNSUPPORTED"],
    [400, "DIGEST_INVALID", "ATT_OCI_UNSUPPORTED"],
    [404, "", "ATT_OCI_NOT_FOUND"],
  ])("of a tag that is answered by %d %s is %s", async (status, registryCode, want) => {
    const behaviour: FakeBehaviour = {
      intercept: (request, response) => {
        const answer = JSON.stringify({ errors: [{ code: registryCode }] })
        if (request.method === "DELETE") response.writeHead(status).end(answer)
        return request.method === "DELETE"
      },
    }
    await expect(withTarget(behaviour, (target) => target.untag("v1"))).rejects.toThrow(failure(want))
  })
})
