import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createLogger, type LoggerOptions, logLevels, silentLogger } from "./logger.ts"

function collect(options: LoggerOptions = {}) {
  const lines: string[] = []
  return { lines, logger: createLogger({ now: () => 0, write: (line) => void lines.push(line), ...options }) }
}

describe("logger", () => {
  it.each(logLevels)("at level %s drops what is below", (level) => {
    const { lines, logger } = collect({ level })
    for (const each of logLevels) logger[each]("message")
    expect(lines).toHaveLength(logLevels.length - logLevels.indexOf(level))
  })

  it("writes text with facts, quoted where needed and without absent ones", () => {
    const { lines, logger } = collect()
    logger.warn("listener drained", { port: 8080, name: "a b", why: undefined, quote: 'say "hi"', empty: "" })
    expect(lines).toEqual([
      '1970-01-01T00:00:00.000Z warn  listener drained port=8080 name="a b" quote="say \\"hi\\"" empty=""',
    ])
  })

  it("writes one JSON object a line, whose own names win", () => {
    const { lines, logger } = collect({ format: "json" })
    logger.info("ready", { level: "fatal", port: 1 })
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { time: "1970-01-01T00:00:00.000Z", level: "info", message: "ready", port: 1 },
    ])
  })

  it("keeps one call on one printable line, whatever it is given", () => {
    const text = fc.string({ unit: "binary" })
    fc.assert(
      fc.property(text, text, fc.constantFrom("text" as const, "json" as const), (message, fact, format) => {
        const { lines, logger } = collect({ format })
        logger.error(message, { fact })
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not come out
        expect(lines.join("")).not.toMatch(/[\u0000-\u001f]/)
        expect(lines).toHaveLength(1)
      }),
    )
  })

  it("can be silent", () => {
    expect(logLevels.map((level) => silentLogger[level]("x"))).toEqual([undefined, undefined, undefined, undefined])
  })
})
