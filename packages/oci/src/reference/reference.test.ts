import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { formatReference, parseReference, readReference, referenceWithin } from "./reference.ts"

const hex = "a".repeat(64)
const digest = `sha256:${hex}`
const long = (length: number) => "a".repeat(length)

describe("readReference", () => {
  it.each<[string, string]>([
    ["alpine", "docker.io/library/alpine"],
    ["alpine:3", "docker.io/library/alpine:3"],
    ["me/app", "docker.io/me/app"],
    ["docker.io/alpine", "docker.io/library/alpine"],
    ["index.docker.io/me/app:1", "docker.io/me/app:1"],
    ["docker.io/me/app/deep", "docker.io/me/app/deep"],
    ["quay.io/app", "quay.io/app"],
    ["localhost/app", "localhost/app"],
    ["localhost:5000/app:v1", "localhost:5000/app:v1"],
    ["127.0.0.1:5000/a/b__c/d--e.f", "127.0.0.1:5000/a/b__c/d--e.f"],
    ["[::1]:5000/app:v1", "[::1]:5000/app:v1"],
    ["[2001:db8::1]/app", "[2001:db8::1]/app"],
    ["Registry/app", "Registry/app"],
    ["UPPER.example/app", "UPPER.example/app"],
    [`app@${digest}`, `docker.io/library/app@${digest}`],
    [`r.io/app:v1@${digest}`, `r.io/app:v1@${digest}`],
    [`r.io/app@sha512:${hex}${hex}`, `r.io/app@sha512:${hex}${hex}`],
    ["oci://r.io/app:1", "r.io/app:1"],
    ["docker://app", "docker.io/library/app"],
    [`r.io/app:${long(128)}`, `r.io/app:${long(128)}`],
    [`r.io/app:_Under.score-2`, "r.io/app:_Under.score-2"],
    ["oci-layout:dir", "oci-layout:dir"],
    ["oci-layout:dir:v1", "oci-layout:dir:v1"],
    ["oci-layout:/a/b c/d:v1", "oci-layout:/a/b c/d:v1"],
    ["oci-layout:../x", "oci-layout:../x"],
    [`oci-layout:dir@${digest}`, `oci-layout:dir@${digest}`],
    [`oci-layout:dir:v1@${digest}`, `oci-layout:dir:v1@${digest}`],
    ["oci-layout:a:b/c", "oci-layout:a:b/c"],
    ["oci-layout:me@home:v1", "oci-layout:me@home:v1"],
  ])("%s is %s", (text, want) => {
    expect(formatReference(parseReference(text))).toBe(want)
  })

  it.each<[string, string]>([
    ["", "no repository"],
    [":tag", "no repository"],
    ["r.io/", "no repository"],
    ["r.io/App", "lower case"],
    ["App", "lower case"],
    ["r.io/app:", "no tag"],
    ["r.io/app:-x", "no tag"],
    [`r.io/app:${long(129)}`, "no tag"],
    ["r.io/app@sha256:12", "digest"],
    [`r.io/app@${digest}@${digest}`, "digest"],
    [`r.io/app@SHA256:${hex}`, "digest"],
    ["r.io/app@", "digest"],
    ["r.io//app", "no repository"],
    ["r.io/app/", "no repository"],
    ["r.io/../app", "no repository"],
    ["r.io/a___b", "no repository"],
    ["r.io/app name", "no repository"],
    ["r.io/app\n", "no repository"],
    ["r.io/ápp", "no repository"],
    ["r.io:0/app", "no host"],
    ["r.io:99999/app", "no host"],
    ["r.io:x/app", "no host"],
    ["-r.io/app", "no host"],
    ["r..io/app", "no host"],
    ["[::1/app", "no host"],
    ["[::zz]/app", "no host"],
    ["[fe80::1%eth0]/app", "no host"],
    ["user@r.io/app", "digest"],
    ["user:pw@r.io/app", "digest"],
    [hex, "identifier"],
    [`r.io/${long(251)}`, "longer than 255"],
    ["https://r.io/app", "leave out the scheme"],
    ["oci-layout:dir@sha256:zz", "sha256:zz is no sha256 or sha512 digest"],
    ["oci-layout:dir:v1@sha512:", "sha512: is no sha256 or sha512 digest"],
    ["oci-layout:", "no directory"],
    ["oci-layout::v1", ""],
    ["oci-layout:a\0b", "zero byte"],
  ])("refuses %j: %s", (text, why) => {
    const { diagnostic, reference } = readReference(text)
    if (why === "") return void expect(reference).toMatchObject({ directory: ":v1" })
    expect(diagnostic?.code).toBe("ATT_OCI_REFERENCE")
    expect(`${diagnostic?.message} ${diagnostic?.hint}`).toContain(why)
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: "ATT_OCI_REFERENCE" }))
  })

  it.each([
    ["app", "latest"],
    ["app:v1", "v1"],
    [`app:v1@${digest}`, digest],
    ["oci-layout:dir", undefined],
    ["oci-layout:dir:v1", "v1"],
  ])("of %s asks for %s", (text, want) => {
    expect(referenceWithin(parseReference(text))).toBe(want)
  })

  it("takes any text, and reads again what it writes", () => {
    const piece = fc.constantFrom(
      "a",
      "B",
      "0",
      ".",
      "-",
      "_",
      "/",
      ":",
      "@",
      "[",
      "]",
      "::",
      "oci-layout:",
      "sha256:",
      digest,
      "%",
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((all) => all.join("")),
        ),
        (text) => {
          const { reference } = readReference(text)
          if (reference === undefined) return
          expect(parseReference(formatReference(reference))).toEqual(reference)
        },
      ),
    )
  })
})
