// Registries over TLS whose authority only the policy names.
import { createTestAuthority, type TestAuthority } from "@attache/oci/testing"
import { describe, expect, it } from "vitest"
import { guestPolicy, imageSite, patience } from "../../test/image-site.ts"
import { privateImages, registries } from "../../test/image-world.ts"

const authorityMap = ({ caCertificate }: TestAuthority): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "ca", namespace: "default" },
    data: { "ca.crt": caCertificate },
  })
const image = { pullSecretRef: { name: "pull" }, tls: { caCertificateRef: { kind: "ConfigMap", name: "ca" } } }

describe.each(registries)("$name", (kind) => {
  it.skipIf(kind.reason !== undefined)("is trusted for the authority of the policy, and for no other", async () => {
    const [authority, other] = [await createTestAuthority(), await createTestAuthority()]
    const images = await privateImages(kind, { authority, auth: "token" })
    await images.push("v1", "one")
    await images.push("v2", "two")
    const site = await imageSite(images, guestPolicy(images, ":v1"))
    await expect.poll(async () => (await site.get("/plain"))?.status, patience).toBe(200)
    const plain = site.plainLoad()
    await expect
      .poll(site.status, patience)
      .toMatch(/"status":"False".*[Cc]ould not fetch Wasm OCI image: .*certificate/)
    expect(await site.wasmStatus()).toBe(500)
    site.attach(guestPolicy(images, ":v1", image))
    await expect.poll(site.status, patience).toMatch(/configmap default\/ca does not exist/i)
    site.write("3-ca.yaml", authorityMap(other))
    await expect.poll(site.status, patience).toMatch(/[Cc]ould not fetch Wasm OCI image: .*certificate/)
    site.write("3-ca.yaml", authorityMap(authority))
    await expect.poll(site.guest, patience).toBe("one")
    await expect.poll(site.status, patience).not.toContain('"False"')
    site.attach(guestPolicy(images, ":v2", image))
    await expect.poll(site.guest, patience).toBe("two")
    expect([await plain.stop(), site.report().refusals]).toEqual([[], []])
  })
})
