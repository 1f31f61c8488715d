// Plain scalars as Kubernetes reads them: YAML 1.1 without dates and sexagesimals. Source: sigs.k8s.io/yaml (goyaml.v2).
import {
  boolYaml11Tag,
  defineScalarTag,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
  Schema,
  seqTag,
  strTag,
} from "js-yaml"

const integer = /^[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0o[0-7_]+|0[0-7_]*|[1-9][0-9_]*)$/
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/

function readInteger(source: string): number | typeof NOT_RESOLVED {
  if (!integer.test(source)) return NOT_RESOLVED
  const plain = source.replaceAll("_", "").replace(/^\+/, "")
  const sign = plain.startsWith("-") ? -1 : 1
  const digits = plain.replace(/^-/, "")
  const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits)
  return Number.isNaN(value) ? NOT_RESOLVED : sign * value
}

function readFloat(source: string): number | typeof NOT_RESOLVED {
  if (/^[-+]?\.(inf|Inf|INF)$/.test(source))
    return source.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (/^\.(nan|NaN|NAN)$/.test(source)) return Number.NaN
  return float.test(source) ? Number(source) : NOT_RESOLVED
}

const isNever = (): boolean => false

/** The schema for objects. */
export const kubernetesSchema = new Schema([
  nullYaml11Tag,
  boolYaml11Tag,
  defineScalarTag("tag:yaml.org,2002:int", { implicit: true, resolve: readInteger, identify: isNever }),
  defineScalarTag("tag:yaml.org,2002:float", { implicit: true, resolve: readFloat, identify: isNever }),
  mergeTag,
  strTag,
  seqTag,
  mapTag,
])
