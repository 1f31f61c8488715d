import { CORE_SCHEMA, dump, load } from "js-yaml"

/**
 * A text of one YAML document as plain data, YAML 1.2; undefined when there is nothing in it.
 *
 * Throws on bad syntax: for documents of our own and for configuration.
 */
export function parseYaml(text: string): unknown {
  const isEmpty = text.split("\n").every((line) => /^\s*(#|$)/.test(line))
  return isEmpty ? undefined : load(text, { schema: CORE_SCHEMA })
}

/** Data as YAML that reads the same under 1.1 and 1.2. Members without a value are left out. */
export function toYaml(data: unknown): string {
  return dump(data, { skipInvalid: true, noRefs: true, lineWidth: -1 })
}
