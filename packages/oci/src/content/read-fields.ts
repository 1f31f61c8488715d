// Fields of JSON from outside: each is there in the right form, absent, or a finding.
import type { Diagnostic } from "@attache/base"

/** A JSON object whose fields nobody has looked at. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Reads fields of one document and collects what is wrong with them. */
export interface FieldReader {
  readonly diagnostics: Diagnostic[]
  /** Notes a finding. @param code default ATT_OCI_MANIFEST */
  wrong(field: string, message: string, code?: string): undefined
}

/** A reader without findings. */
export function createFieldReader(): FieldReader {
  const diagnostics: Diagnostic[] = []
  return {
    diagnostics,
    wrong: (field, message, code = "ATT_OCI_MANIFEST") => {
      diagnostics.push({ code, severity: "error", message, field })
      return undefined
    },
  }
}

/** Whether a value is a JSON object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** JSON in UTF-8; undefined and a finding when it is none. */
export function readJsonObject(bytes: Uint8Array, reader: FieldReader): JsonObject | undefined {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  } catch (error) {
    return reader.wrong("", `is no JSON: ${(error as Error).message}`)
  }
  return isJsonObject(value) ? value : reader.wrong("", "is no JSON object")
}

/** A text that may be absent; null and "" count as absent, as writers in Go leave them. */
export function readText(value: unknown, field: string, reader: FieldReader): string | undefined {
  if (value === undefined || value === null || value === "") return undefined
  return typeof value === "string" ? value : reader.wrong(field, "must be a text")
}

/** A list of texts that may be absent. */
export function readTexts(value: unknown, field: string, reader: FieldReader): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value
  return reader.wrong(field, "must be a list of texts")
}

/** A map of texts that may be absent. */
export function readTextMap(
  value: unknown,
  field: string,
  reader: FieldReader,
): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === null) return undefined
  if (!isJsonObject(value)) return reader.wrong(field, "must be an object of texts")
  const odd = Object.keys(value).find((key) => typeof value[key] !== "string")
  return odd === undefined ? (value as Record<string, string>) : reader.wrong(`${field}.${odd}`, "must be a text")
}
