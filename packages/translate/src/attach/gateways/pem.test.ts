import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { pemBlocks, pemText } from "./pem.ts"

const block = (type: string, body: string, indent = "") =>
  `${indent}-----BEGIN ${type}-----\n${body}\n-----END ${type}-----`

describe("PEM", () => {
  it.each<readonly [string, string, readonly [string, string][]]>([
    ["nothing", "", []],
    ["prose", "a certificate", []],
    ["one block", block("CERTIFICATE", "QUJD"), [["CERTIFICATE", "QUJD"]]],
    [
      "blocks between prose",
      `x\n${block("A", "QUJD")}\ny\n${block("B", "QQ==")}\nz`,
      [
        ["A", "QUJD"],
        ["B", "QQ=="],
      ],
    ],
    ["lines of Windows", "-----BEGIN A-----\r\nQUJD\r\nQQ==\r\n-----END A-----\r\n", [["A", "QUJDQQ=="]]],
    ["headers", block("A", "Proc-Type: 4\nDEK-Info: x\n\nQUJD"), [["A", "QUJD"]]],
    ["a block that is cut", block("A", "QUJ"), []],
    ["a block of other characters", `${block("A", "Q-JD")}\n${block("B", "QUJD")}`, [["B", "QUJD"]]],
    ["a block that ends as another", "-----BEGIN A-----\nQUJD\n-----END B-----", []],
    ["an empty block", "-----BEGIN A-----\n-----END A-----", [["A", ""]]],
    ["a beginning inside another block", `-----BEGIN A-----\n${block("B", "QUJD")}`, [["B", "QUJD"]]],
    ["a block inside a line", block("A", "QUJD", "  "), []],
  ])("of %s", (_, text, expected) => {
    expect(pemBlocks(text).map(({ type, body }) => [type, body])).toEqual(expected)
  })

  it("written is read again", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const one = { type: "CERTIFICATE", body: Buffer.from(bytes).toString("base64") }
        expect(pemBlocks(pemText(one) + pemText(one))).toEqual([one, one])
      }),
    )
  })

  it("without ends, or with the ends of others, is gone through once", () => {
    const begins = "-----BEGIN A-----\n".repeat(50_000)
    expect(pemBlocks(begins)).toEqual([])
    expect(pemBlocks(`${begins}-----END B-----\n`)).toEqual([])
  })

  it("of any text is found without fail", () => {
    const part = fc.constantFrom("-----BEGIN ", "-----END ", "A", "-----", "\n", "QUJD", ":", " ")
    fc.assert(fc.property(fc.array(part, { maxLength: 60 }), (parts) => pemBlocks(parts.join("")).length >= 0))
  })
})
