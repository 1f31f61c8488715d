import { describe, expect, it } from "vitest"
import { fakeRegistry } from "../../test/fake-registry.ts"
import { targetStory } from "../../test/target-story.ts"
import { createRegistryClient } from "./client.ts"

describe("a repository", () => {
  it("does what a target does", async () => {
    await using registry = await fakeRegistry()
    using client = createRegistryClient()
    await targetStory(client.repository({ registry: registry.host, repository: "a/b" }))
  })

  it("does so where the registry keeps no referrers", async () => {
    await using registry = await fakeRegistry({ hasReferrers: false })
    using client = createRegistryClient()
    const target = client.repository({ registry: registry.host, repository: "a/b" })
    // The list of referrers is a tag like others.
    await targetStory({
      ...target,
      tags: async () => (await target.tags()).filter((tag) => !tag.startsWith("sha256-")),
    })
  })

  it("does so in small chunks", async () => {
    await using registry = await fakeRegistry()
    using client = createRegistryClient({ chunkBytes: 10_000 })
    await targetStory(client.repository({ registry: registry.host, repository: "a/b" }))
    expect(registry.asked.filter((each) => each.startsWith("PATCH")).length).toBeGreaterThan(30)
  })
})
