import type { TransferOptions } from "../content/target.ts"
import type { RegistryRequest, Session } from "./session.ts"

/** A repository and the session that reaches it. */
export interface Place {
  readonly session: Session
  readonly repository: string
}

/** What a request to a repository adds. */
export type PlaceRequest = Pick<RegistryRequest, "what" | "path" | "accepted"> & Partial<RegistryRequest>

/** `registry/repository`. */
export function placeName({ session, repository }: Place): string {
  return `${session.registry}/${repository}`
}

/** Scopes of tokens: what is done with a repository. Source: distribution 3.0, "Token Scope Documentation". */
export function scopeOf(repository: string, actions: "pull" | "pull,push" | "delete"): string {
  return `repository:${repository}:${actions}`
}

/** A request for reading, unless it says otherwise, with its repository, scope and signal. */
export function requestAt({ repository }: Place, request: PlaceRequest, { signal }: TransferOptions): RegistryRequest {
  return {
    repository,
    scopes: [scopeOf(repository, "pull")],
    ...request,
    ...(signal === undefined ? {} : { signal }),
  }
}

/** Path of something of a repository. @param rest such as `manifests/v1` */
export function pathOf({ repository }: Place, rest: string): string {
  return `/v2/${repository}/${rest}`
}
