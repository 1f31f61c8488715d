import { parse, stringify } from "yaml"

/** A text of one YAML document as plain data, YAML 1.2. Throws on bad syntax: for documents of our own and configuration. */
export function parseYaml(text: string): unknown {
  return parse(text)
}

/** Data as YAML that reads the same under 1.1 and 1.2. */
export function toYaml(data: unknown): string {
  return stringify(data, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false })
}
