import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { firstCredential, passwordCredential, revealText } from "./credential.ts"
import { createDockerCredentials } from "./docker-credentials.ts"
import { askHelper } from "./helper.ts"

const folder = mkdtempSync(join(tmpdir(), "credentials-"))
afterAll(() => rmSync(folder, { recursive: true }))
const env = { PATH: `${folder}:/usr/bin:/bin`, HOME: folder }

function helper(name: string, script: string): void {
  const path = join(folder, `docker-credential-${name}`)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
}

helper("good", `read server; printf '{"ServerURL":"%s","Username":"me at %s","Secret":"pass"}' "$server" "$server"`)
helper("identity", `printf '{"Username":"<token>","Secret":"refresh"}'`)
helper("empty", `printf '{"Username":"","Secret":""}'`)
helper("unknown", `echo "credentials not found in native keychain"; exit 1`)
helper("failing", "echo canary; exit 3")
helper("babbling", "echo canary")
helper("half", `printf '{"Username":"canary"}'`)
helper("endless", "yes canary")
helper("slow", "exec sleep 60")
const failure = expect.objectContaining({ code: "ATT_OCI_CREDENTIALS", message: expect.not.stringContaining("canary") })

describe("askHelper", () => {
  it("gives user and password, or a token", async () => {
    expect(await askHelper("good", "r.io", { env })).toMatchObject({ kind: "password", username: "me at r.io" })
    const identity = await askHelper("identity", "r.io", { env })
    expect(identity?.kind === "identity" && revealText(identity.token)).toBe("refresh")
  })

  it.each(["unknown", "empty"])("gives nothing when the helper has nothing: %s", async (name) => {
    expect(await askHelper(name, "r.io", { env })).toBeUndefined()
  })

  it.each(["failing", "babbling", "half", "endless", "missing", "../evil", "a b", ""])(
    "fails without quoting the helper: %j",
    async (name) => {
      await expect(askHelper(name, "r.io", { env })).rejects.toThrow(failure)
    },
  )

  it("waits no longer than it may", async () => {
    await expect(askHelper("slow", "r.io", { env, timeoutMs: 50 })).rejects.toThrow(/took longer than 0.05 s/)
    const stop = new AbortController()
    setImmediate(() => stop.abort(new Error("enough")))
    await expect(askHelper("slow", "r.io", { env, signal: stop.signal })).rejects.toThrow("enough")
  })
})

describe("createDockerCredentials", () => {
  const login = { auth: Buffer.from("me:pass").toString("base64") }

  function configured(config: unknown): ReturnType<typeof createDockerCredentials> {
    const home = mkdtempSync(join(folder, "docker-"))
    writeFileSync(join(home, "config.json"), typeof config === "string" ? config : JSON.stringify(config))
    return createDockerCredentials({ env: { ...env, DOCKER_CONFIG: home } })
  }

  it("prefers the registry's helper, then the helper of all, then the file", async () => {
    const credentials = configured({
      credsStore: "unknown",
      credHelpers: { "h.io": "good", "https://index.docker.io/v1/": "good" },
      auths: { "f.io": login },
    })
    expect(await credentials("h.io", "a")).toMatchObject({ username: "me at h.io" })
    expect(await credentials("docker.io", "a")).toMatchObject({ username: "me at https://index.docker.io/v1/" })
    expect(await credentials("f.io", "a")).toMatchObject({ username: "me" })
    expect(await credentials("none.io", "a")).toBeUndefined()
  })

  it("finds the file at home, and does without", async () => {
    mkdirSync(join(folder, ".docker"), { recursive: true })
    writeFileSync(join(folder, ".docker/config.json"), JSON.stringify({ auths: { "f.io": login } }))
    expect(await createDockerCredentials({ env })("f.io", "a")).toMatchObject({ username: "me" })
    expect(await createDockerCredentials({ path: join(folder, "none.json") })("f.io", "a")).toBeUndefined()
  })

  it("says what is wrong with the file, every time", async () => {
    const credentials = configured("canary")
    for (let i = 0; i < 2; i++) await expect(credentials("r.io", "a")).rejects.toThrow(failure)
    await expect(createDockerCredentials({ path: folder })("r.io", "a")).rejects.toThrow(failure)
    const large = configured(" ".repeat(1024 * 1024 + 1))
    await expect(large("r.io", "a")).rejects.toThrow(/larger than/)
  })

  it("is one source among others", async () => {
    const other = passwordCredential("other", "p")
    const credentials = firstCredential(configured({ auths: { "f.io": login } }), async () => other)
    expect(await credentials("f.io", "a")).toMatchObject({ username: "me" })
    expect(await credentials("g.io", "a")).toBe(other)
    expect(await firstCredential()("g.io", "a")).toBeUndefined()
  })
})
