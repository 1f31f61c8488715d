import type { codes } from "./codes.ts"

/** One thing in a message or its JSON form that could not be understood. */
export interface Finding {
  readonly code: keyof typeof codes
  /** Place from the message inwards, such as `virtualHosts[0].routes[2].typedPerFilterConfig["x.y"].foo`; empty: all of it. */
  readonly path: string
  /** Cause without place. */
  readonly message: string
  /** Name (or, from bytes, number) of an unknown field. */
  readonly field?: string
  /** Type URL of an `Any` whose type is unknown. */
  readonly typeUrl?: string
}

/** The path of a member: dots between names, brackets around positions and other keys. */
export function memberPath(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`
  if (!/^[A-Za-z_]\w*$/.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === "" ? key : `${path}.${key}`
}

/** The finding about a field that the message type does not have. */
export function unknownField(path: string, typeName: string, field: string): Finding {
  return {
    code: "ATT_PROTO_UNKNOWN_FIELD",
    path,
    message: `unknown field ${JSON.stringify(field)} in ${typeName}`,
    field,
  }
}

/** The finding about an `Any` of a type that Envoy's API does not have. */
export function unknownType(path: string, typeUrl: string): Finding {
  return { code: "ATT_PROTO_UNKNOWN_TYPE", path, message: `unknown type ${JSON.stringify(typeUrl)}`, typeUrl }
}

/** The finding about something nested too deep. */
export function tooDeep(path: string): Finding {
  return { code: "ATT_PROTO_DEPTH", path, message: `nested more than ${depthLimit} messages deep` }
}

/** How many messages may be nested in each other. */
export const depthLimit = 100
