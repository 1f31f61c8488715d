type Document = Readonly<Record<string, unknown>>

/** A defect. All of it is in one file beside the good ones. */
export interface Defect {
  readonly name: string
  readonly documents: (ports: DefectPorts) => readonly Document[]
  /** Who notices: the schema, the translation, or Envoy. */
  readonly by: "schema" | "translation" | "Envoy"
  /** `Kind/name` in namespace default, to which it is attributed. */
  readonly object: string
  /** Field it is attributed to, where one is. */
  readonly field?: string
  /** What is said of it. */
  readonly text: RegExp
  /** What `/bad` answers meanwhile; absent: it is not about a route. */
  readonly answer?: number
}

/** Ports of the world that defects are put into. */
export interface DefectPorts {
  readonly backend: number
  /** Nobody listens there. */
  readonly nobody: number
}
