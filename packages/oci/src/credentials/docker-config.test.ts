import { inspect } from "node:util"
import { describe, expect, it } from "vitest"
import { type Credential, passwordCredential, revealText } from "./credential.ts"
import { findCredential, maxDockerConfigBytes, readDockerConfig } from "./docker-config.ts"
import { readPullSecret } from "./pull-secret.ts"

const bytes = (value: unknown): Uint8Array => Buffer.from(typeof value === "string" ? value : JSON.stringify(value))
const auth = (user: string, password: string): string => Buffer.from(`${user}:${password}`).toString("base64")

/** A credential in words. */
function shown(credential: Credential | undefined): string {
  if (credential === undefined) return "none"
  if (credential.kind !== "password") return `${credential.kind} ${revealText(credential.token)}`
  return `${credential.username}/${revealText(credential.password)}`
}

function found(auths: Record<string, unknown>, registry: string, repository = "a/b"): string {
  return shown(findCredential(readDockerConfig(bytes({ auths })).config, registry, repository))
}

describe("readDockerConfig", () => {
  it.each<[string, unknown, string]>([
    ["user and password in base64", { auth: auth("me", "pa:ss") }, "me/pa:ss"],
    ["a password padded with zeros", { auth: auth("me", "pass\0\0") }, "me/pass"],
    ["user and password in the clear", { username: "me", password: "pass" }, "me/pass"],
    ["a refresh token", { auth: auth("<token>", ""), identitytoken: "t" }, "identity t"],
    ["a bearer token", { registrytoken: "t" }, "token t"],
    ["an entry that a helper replaces", {}, "none"],
    ["what is no entry", "text", "none"],
  ])("reads %s", (_name, entry, want) => {
    expect(found({ "r.io": entry }, "r.io")).toBe(want)
  })

  it("reads helpers", () => {
    const { config } = readDockerConfig(bytes({ credsStore: "desktop", credHelpers: { "r.io": "ecr-login" } }))
    expect([config.credsStore, [...config.credHelpers]]).toEqual(["desktop", [["r.io", "ecr-login"]]])
  })

  it.each<[string, unknown, string]>([
    ["text", "hello canary", "no JSON object"],
    ["half of it", '{"auths":{"r.io":{"auth":"canary', "no JSON object"],
    ["a list", ["canary"], "no JSON object"],
    ["bytes that are no text", Uint8Array.of(0x7b, 0xff, 0x7d), "no JSON object"],
    ["a list of auths", { auths: ["canary"] }, "auths must be an object"],
    ["auth without a colon", { auths: { "r.io": { auth: Buffer.from("canary").toString("base64") } } }, "base64"],
    ["a helper that is no text", { credHelpers: { "r.io": 1 } }, "credHelpers.r.io must be a text"],
    ["too much", " ".repeat(maxDockerConfigBytes + 1), "larger than"],
  ])("refuses %s without quoting it", (_name, value, want) => {
    const { diagnostics } = readDockerConfig(value instanceof Uint8Array ? value : bytes(value))
    expect(diagnostics.map(({ code, field, message }) => `${code} ${field} ${message}`).join()).toContain(want)
    expect(diagnostics[0]?.code).toBe("ATT_OCI_CREDENTIALS")
    expect(JSON.stringify(diagnostics)).not.toMatch(/canary/)
  })

  it("shows no password, however it is printed", () => {
    const read = readDockerConfig(
      bytes({ auths: { a: { auth: auth("me", "canary") }, b: { identitytoken: "canary" } } }),
    )
    expect(JSON.stringify([...read.config.auths]) + inspect(read, { depth: 9 })).not.toMatch(/canary/)
    expect(inspect(passwordCredential("me", "canary"), { showHidden: true })).not.toMatch(/canary/)
  })
})

describe("findCredential", () => {
  const entry = (name: string) => ({ auth: auth(name, "p") })
  it.each<[string, readonly string[], string, string, string | undefined]>([
    ["the host", ["r.io", "q.io"], "r.io", "a", "r.io"],
    ["the host with its port", ["r.io", "r.io:5000"], "r.io:5000", "a", "r.io:5000"],
    ["nothing for another port", ["r.io:5000"], "r.io", "a", undefined],
    ["nothing for a name that ends alike", ["r.io"], "xr.io", "a", undefined],
    ["a URL", ["https://r.io"], "r.io", "a", "https://r.io"],
    ["a URL with the API's path", ["https://r.io/v2/"], "r.io", "a", "https://r.io/v2/"],
    ["Docker Hub", ["https://index.docker.io/v1/"], "docker.io", "library/a", "https://index.docker.io/v1/"],
    ["the longest path", ["r.io", "r.io/a", "r.io/a/b"], "r.io", "a/b/c", "r.io/a/b"],
    ["whole parts of a path", ["r.io", "r.io/a/b"], "r.io", "a/bc", "r.io"],
    ["a path and nothing beside it", ["r.io/a"], "r.io", "b", undefined],
    ["a pattern", ["*.r.io"], "eu.r.io", "a", "*.r.io"],
    ["a pattern within a label", ["*-docker.pkg.dev"], "eu-docker.pkg.dev", "a", "*-docker.pkg.dev"],
    ["a pattern with many stars", ["a*b*c.io"], "axxbyyc.io", "a", "a*b*c.io"],
    ["nothing by a pattern that overlaps itself", ["ab*ba.io"], "aba.io", "a", undefined],
    ["nothing by a pattern over labels", ["*.io"], "a.b.io", "a", undefined],
    ["a host before a pattern", ["*.r.io", "eu.r.io"], "eu.r.io", "a", "eu.r.io"],
    ["nothing for what has a property's name", [], "constructor", "a", undefined],
  ])("finds %s", (_name, servers, registry, repository, want) => {
    const auths = Object.fromEntries(servers.map((server) => [server, entry(server)]))
    // The user's name tells the entry; it ends at the first colon.
    expect(found(auths, registry, repository).split("/")[0]).toBe((want?.split(":")[0] ?? "none").split("/")[0])
    const { config } = readDockerConfig(bytes({ auths }))
    const credential = findCredential(config, registry, repository)
    expect([...config.auths].find(([, each]) => each === credential)?.[0]).toBe(want)
  })
})

describe("readPullSecret", () => {
  const auths = { "r.io": { auth: auth("me", "pass") } }
  const json = "kubernetes.io/dockerconfigjson"
  const old = "kubernetes.io/dockercfg"
  it.each<[string, string | undefined, Record<string, unknown>]>([
    ["the usual form", json, { ".dockerconfigjson": { auths } }],
    ["the old form", old, { ".dockercfg": auths }],
    ["no type", undefined, { ".dockerconfigjson": { auths } }],
    ["no type and the old form", undefined, { ".dockercfg": auths }],
    ["both by its type", old, { ".dockercfg": auths, ".dockerconfigjson": {} }],
  ])("reads %s", async (_name, type, data) => {
    const encoded = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, bytes(value)]))
    const { credentials, diagnostics } = readPullSecret({ ...(type === undefined ? {} : { type }), data: encoded })
    expect(diagnostics).toEqual([])
    expect(shown(await credentials("r.io", "a"))).toBe("me/pass")
    expect(await credentials("other.io", "a")).toBeUndefined()
  })

  it.each<[string, string, Record<string, unknown>]>([
    ["no data", json, {}],
    ["the other type's data", json, { ".dockercfg": auths }],
    ["no JSON", json, { ".dockerconfigjson": "canary" }],
  ])("refuses %s", async (_name, type, data) => {
    const encoded = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, bytes(value)]))
    const { credentials, diagnostics } = readPullSecret({ type, data: encoded })
    expect(diagnostics).toMatchObject([{ code: "ATT_OCI_CREDENTIALS" }])
    expect(await credentials("r.io", "a")).toBeUndefined()
  })

  it("runs no program that its author names", async () => {
    const data = { ".dockerconfigjson": bytes({ credsStore: "evil", credHelpers: { "r.io": "evil" }, auths }) }
    expect(shown(await readPullSecret({ type: json, data }).credentials("r.io", "a"))).toBe("me/pass")
  })
})
