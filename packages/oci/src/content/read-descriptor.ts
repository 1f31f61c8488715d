import type { Descriptor, Platform } from "./descriptor.ts"
import { isDigest } from "./digest.ts"
import { type FieldReader, isJsonObject, type JsonObject, readText, readTextMap, readTexts } from "./read-fields.ts"

/** Source: RFC 6838 section 4.2, with the parameters that some writers add. */
const mediaTypePattern = /^[A-Za-z0-9][\w!#$&^.+-]{0,126}\/[A-Za-z0-9][\w!#$&^.+-]{0,126}(;.{0,128})?$/

/** A descriptor in a manifest; undefined with at least one finding when it is none. */
export function readDescriptor(value: unknown, field: string, reader: FieldReader): Descriptor | undefined {
  if (!isJsonObject(value)) return reader.wrong(field, "must be a descriptor")
  const before = reader.diagnostics.length
  const { mediaType, digest, size } = value
  if (typeof mediaType !== "string" || !mediaTypePattern.test(mediaType)) {
    reader.wrong(`${field}.mediaType`, "must be a media type")
  }
  if (typeof digest !== "string" || !isDigest(digest)) {
    reader.wrong(`${field}.digest`, "must be a sha256 or sha512 digest", "ATT_OCI_DIGEST")
  }
  if (!Number.isSafeInteger(size) || (size as number) < 0) {
    reader.wrong(`${field}.size`, "must be a number of bytes")
  }
  const optional = readOptional(value, field, reader)
  if (reader.diagnostics.length > before) return undefined
  return { mediaType: mediaType as string, digest: digest as string, size: size as number, ...optional }
}

function readOptional(value: JsonObject, field: string, reader: FieldReader): Partial<Descriptor> {
  const annotations = readTextMap(value.annotations, `${field}.annotations`, reader)
  const artifactType = readText(value.artifactType, `${field}.artifactType`, reader)
  const platform =
    value.platform === undefined || value.platform === null ? undefined : readPlatform(value, field, reader)
  const urls = readTexts(value.urls, `${field}.urls`, reader)
  const data = readText(value.data, `${field}.data`, reader)
  return {
    ...(annotations === undefined ? {} : { annotations }),
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(platform === undefined ? {} : { platform }),
    ...(urls === undefined ? {} : { urls }),
    ...(data === undefined ? {} : { data }),
  }
}

function readPlatform({ platform }: JsonObject, field: string, reader: FieldReader): Platform | undefined {
  if (!isJsonObject(platform)) return reader.wrong(`${field}.platform`, "must be an object")
  const text = (name: string): string | undefined => readText(platform[name], `${field}.platform.${name}`, reader)
  const variant = text("variant")
  const version = text("os.version")
  const features = readTexts(platform["os.features"], `${field}.platform.os.features`, reader)
  return {
    // Some writers leave them empty for content that runs anywhere.
    architecture: text("architecture") ?? "",
    os: text("os") ?? "",
    ...(variant === undefined ? {} : { variant }),
    ...(version === undefined ? {} : { "os.version": version }),
    ...(features === undefined ? {} : { "os.features": features }),
  }
}
