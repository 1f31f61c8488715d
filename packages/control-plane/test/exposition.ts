/**
 * Reads Prometheus' text format strictly: sample name with labels → value. Throws at what the format does not allow.
 *
 * Source: Prometheus, "Exposition formats", version 0.0.4.
 */
export function readExposition(text: string): ReadonlyMap<string, number> {
  if (!text.endsWith("\n")) throw new Error("the last line has no end")
  const types = new Map<string, string>()
  const samples = new Map<string, number>()
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line)
    if (comment !== null) {
      const [, keyword, name = "", rest = ""] = comment
      if (keyword === "HELP") continue
      if (types.has(name)) throw new Error(`two TYPE lines for ${name}`)
      if (!["counter", "gauge", "histogram", "summary", "untyped"].includes(rest)) throw new Error(`type ${rest}`)
      types.set(name, rest)
      continue
    }
    const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[^{}]*\})? (\S+)$/.exec(line)
    if (sample === null) throw new Error(`not a sample: ${line}`)
    const [, name = "", labels = "", value = ""] = sample
    if (labels !== "" && !/^\{([a-zA-Z_]\w*="(\\[\\"n]|[^"\\])*",?)+\}$/.test(labels))
      throw new Error(`labels ${labels}`)
    const number = value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value)
    if (value !== "NaN" && Number.isNaN(number)) throw new Error(`value ${value}`)
    const family = [name, name.replace(/_(bucket|sum|count)$/, "")].find((each) => types.has(each))
    if (family === undefined) throw new Error(`${name} has no TYPE`)
    if (samples.has(name + labels)) throw new Error(`${name}${labels} twice`)
    samples.set(name + labels, number)
  }
  return samples
}
