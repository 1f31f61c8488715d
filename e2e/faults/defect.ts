import type { Document } from "./documents.ts"

/** What is said of an object. */
export interface Said {
  /** `Kind/name` in namespace default; empty: whatever it is said of. */
  readonly object: string
  /** Field it is attributed to, where one is. */
  readonly field?: string
  readonly text: RegExp
}

/** A defect. All of it is in one file beside the good ones, but for what stands in the EnvoyProxy. */
export interface Defect extends Said {
  readonly name: string
  readonly documents: (ports: DefectPorts) => readonly Document[]
  /** Laid over the settings of the proxy, which then keeps the listener it had; from a cold start it has none. */
  readonly envoyProxy?: Document
  /** Who notices: the schema, the translation, or Envoy. */
  readonly by: "schema" | "translation" | "Envoy"
  /** What is said besides. */
  readonly also?: readonly Said[]
  /** What `/bad` answers meanwhile; absent: it is not about a route. */
  readonly answer?: number
}

/** Ports of the world that defects are put into. */
export interface DefectPorts {
  readonly backend: number
  /** Nobody listens there. */
  readonly nobody: number
}
