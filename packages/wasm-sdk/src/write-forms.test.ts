import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import { type BareGuest, startBareGuest } from "./testing/bare-guest.ts"

let guest: BareGuest
const ask = (form: string, text: string): string => Buffer.from(guest.request(2, Buffer.from(form + text))).toString()

beforeAll(async () => {
  guest = await startBareGuest("write-forms")
}, 60_000)

describe("stringifyJson", () => {
  it("writes what it read as JavaScript does", () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        expect(JSON.parse(ask("j", text))).toEqual(JSON.parse(text))
      }),
    )
  })

  it.each([
    [
      '{ "b" : 1.50e3, "\\u0001\\u001f/\\"\\\\" : [ true, null, "ü" ] }',
      '{"b":1.50e3,"\\u0001\\u001f/\\"\\\\":[true,null,"ü"]}',
    ],
    ["no JSON", "null"],
    ["[]", "[]"],
  ])("writes %s", (text, want) => {
    expect(ask("j", text)).toBe(want)
  })

  it("writes what was added to an object, and not what was taken out", () => {
    const added = '{"list":[-3,0.5,null,null],"yes":true,"text":"\\"\\\\\\u000a"}'
    expect(ask("c", '{"a":1,"gone":2,"z":3,"gone":4}')).toBe(`false,true,false,true{"a":${added},"z":3}`)
    expect(ask("c", "{}")).toBe(`false,false,false,true{"a":${added}}`)
    expect(ask("c", "7")).toBe("false,false,false,false7")
  })
})

describe("base64", () => {
  it("is what Node makes of it, in both alphabets", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const bytes = Buffer.from(text)
        expect([ask("e", text), ask("u", text)]).toEqual([bytes.toString("base64"), bytes.toString("base64url")])
      }),
    )
  })

  it("is read padded or not, in both alphabets", () => {
    const form = fc.constantFrom("base64", "base64url")
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), form, fc.boolean(), (bytes, encoding, isPadded) => {
        const text = Buffer.from(bytes).toString(encoding as BufferEncoding)
        const given = isPadded ? text : text.replace(/=+$/, "")
        expect(ask("d", given)).toBe(Buffer.from(bytes).toString("base64"))
      }),
    )
  })

  it.each(["a", "abcde", "ab=", "ab==c", "a b=", "====", "ä", "YQ==YQ=="])("refuses %s", (text) => {
    expect(ask("d", text)).toBe("not base64")
  })
})
