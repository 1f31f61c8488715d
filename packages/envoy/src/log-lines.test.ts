import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createLineReader, type LogSubject, parseLogLine, wasmPluginOf } from "./log-lines.ts"

const own = (logger: string, message: string, level = "info") =>
  `1795234292.997\t${level}\t${logger}\t7103\tsource/server/server.cc:463\t${JSON.stringify(message).slice(1, -1)}`
const head = { timeMs: 1795234292997, thread: 7103, source: "source/server/server.cc:463" }

describe("parseLogLine", () => {
  it("reads our format, with line breaks in the message", () => {
    const message = 'first\n\tsecond "quoted" \\ ü'
    expect(parseLogLine(own("main", message, "critical"))).toEqual({
      level: "critical",
      logger: "main",
      message,
      ...head,
    })
  })

  interface Case {
    readonly name: string
    readonly logger: string
    readonly level?: string
    readonly message: string
    readonly want: LogSubject | undefined
  }
  const cases: readonly Case[] = [
    { name: "Lua", logger: "lua", message: "script log: hello: you", want: { mechanism: "lua", text: "hello: you" } },
    {
      name: "Lua error",
      logger: "lua",
      message: 'script error: [string "x"]:3: boom',
      want: { mechanism: "lua", text: '[string "x"]:3: boom' },
    },
    {
      name: "Wasm",
      logger: "wasm",
      message: "wasm log default/policy/wasm/0 my_root vm: said: this",
      want: { mechanism: "wasm", prefix: "default/policy/wasm/0 my_root vm", text: "said: this" },
    },
    {
      name: "Wasm, name only",
      logger: "wasm",
      message: "wasm log w: x",
      want: { mechanism: "wasm", prefix: "w", text: "x" },
    },
    { name: "Wasm without name", logger: "wasm", message: "wasm log: x", want: { mechanism: "wasm", text: "x" } },
    {
      name: "dynamic module",
      logger: "dynamic_modules",
      message: "loaded",
      want: { mechanism: "dynamic_module", text: "loaded" },
    },
    {
      name: "refused listener",
      logger: "config",
      message:
        "delta config for type.googleapis.com/envoy.config.listener.v3.Listener rejected: Error adding/updating listener(s) default/eg/http: bad\n",
      want: {
        mechanism: "xds",
        typeUrl: "type.googleapis.com/envoy.config.listener.v3.Listener",
        resource: "default/eg/http",
        text: "Error adding/updating listener(s) default/eg/http: bad\n",
      },
    },
    { name: "plain", logger: "main", message: "script log: no", want: undefined },
  ]
  it.each(cases)("tells who spoke: $name", ({ logger, level, message, want }) =>
    expect(parseLogLine(own(logger, message, level)).subject).toEqual(want),
  )

  it("reads Envoy's own format", () => {
    const line = "[2026-11-21 04:11:32.997][7103][warning][config] [source/a/b.cc:12] text [x]"
    expect(parseLogLine(line)).toEqual({
      level: "warning",
      logger: "config",
      thread: 7103,
      source: "source/a/b.cc:12",
      message: "text [x]",
    })
  })

  it.each(["", "Our FakeStack is broken", "[2026] [x] y", "1.2\ta\tb"])("takes %j as raw", (line) => {
    expect(parseLogLine(line)).toEqual({ level: "raw", logger: "", message: line })
  })

  it("keeps every message, and never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (message) => parseLogLine(own("main", message)).message === message),
    )
    fc.assert(fc.property(fc.string(), (line) => typeof parseLogLine(line).message === "string"))
  })
})

describe("wasmPluginOf", () => {
  const plugins = [
    { name: "a", rootId: "r", vmId: "v" },
    { name: "b", rootId: "r", vmId: "v" },
    { name: "c", rootId: "", vmId: "" },
    { name: "d", rootId: "my root", vmId: "v" },
  ]
  it.each([
    ["a r v", "a"],
    ["b r v", "b"],
    ["r v", undefined],
    ["c", "c"],
    ["d my root v", "d"],
    ["my root v", "d"],
    ["other", undefined],
  ])("%s", (prefix, want) => expect(wasmPluginOf({ mechanism: "wasm", prefix, text: "" }, plugins)?.name).toBe(want))
})

describe("createLineReader", () => {
  const lines = (chunks: readonly Uint8Array[], limit?: number) => {
    const got: string[] = []
    const reader = createLineReader((line) => got.push(line), limit)
    for (const chunk of chunks) reader.push(chunk)
    reader.end()
    return got
  }

  it("gives the same lines however the bytes are cut", () => {
    const texts = fc.array(
      fc.string({ unit: "binary" }).map((s) => s.replaceAll(/[\r\n]/g, "")),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 7 }), (texts, size) => {
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(""))
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        )
        expect(lines(chunks)).toEqual(texts.map((text) => Buffer.from(text).toString()))
      }),
    )
  })

  it("takes carriage returns off and gives an unfinished last line", () => {
    expect(lines([Buffer.from("a\r\n\nb")])).toEqual(["a", "", "b"])
  })

  it("cuts an endless line", () => expect(lines([Buffer.from("abcdefg")], 3)).toEqual(["abc", "def", "g"]))
})
