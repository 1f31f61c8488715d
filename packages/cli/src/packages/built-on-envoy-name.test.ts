import { expect, it } from "vitest"
import { newestVersion, readBuiltOnEnvoyName } from "./built-on-envoy-name.ts"

it.each([
  ["hello", { repository: "extension-hello" }],
  ["hello:1.2.3", { repository: "extension-hello", tag: "1.2.3" }],
  ["hello:latest", { repository: "extension-hello" }],
  ["composer:0.9.0", { repository: "composer", tag: "0.9.0" }],
  ["composer-lite", { repository: "composer-lite" }],
  ["composer/child-one:0.9.0", { repository: "composer", tag: "0.9.0" }],
  ["registry.example/hello:1", undefined],
  ["set/left:2.0.0", { repository: "extension-set", tag: "2.0.0" }],
  ["team/sub/hello", undefined],
  ["oci-layout:folder", undefined],
  ["../../etc", undefined],
])("reads %s", (text, expected) => {
  expect(readBuiltOnEnvoyName(text)).toEqual(expected)
})

it("takes the newest version and no development one unless it is wanted", () => {
  const tags = ["dev", "1.2.0", "1.10.0", "2.0.0-dev", "latest", "v3.0.0"]
  expect(newestVersion(tags, false, "x")).toBe("1.10.0")
  expect(newestVersion(tags, true, "x")).toBe("2.0.0-dev")
  expect(() => newestVersion(["dev"], false, "x")).toThrow(expect.objectContaining({ code: "ATT_OCI_NOT_FOUND" }))
})
