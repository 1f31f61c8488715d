import type { HTTPRoute } from "@attache/kube-api"
import type { PathMatch, SessionPersistencePlan } from "../../plan/index.ts"
import { parseDuration, protoDuration } from "./timeouts.ts"

type Rule = NonNullable<HTTPRoute["spec"]["rules"]>[number]

/** Sticky sessions of a rule before the path is known, or why they cannot be had. */
export type SessionDraft =
  | { readonly session?: Omit<SessionPersistencePlan, "cookiePath"> }
  | { readonly error: string }

/** Reads `sessionPersistence`. `destination` names sessions that have no name; slashes become dashes. */
export function readSession({ sessionPersistence: spec }: Rule, destination: string): SessionDraft {
  if (spec === undefined) return {}
  if ("idleTimeout" in spec && spec.idleTimeout !== undefined) {
    return { error: "idle timeout is not supported in envoy gateway" }
  }
  const name = spec.sessionName ?? destination.replaceAll("/", "-")
  switch (spec.type ?? "Cookie") {
    case "Header":
      return { session: { name, type: "header" } }
    case "Cookie": {
      if (spec.absoluteTimeout === undefined || spec.cookieConfig?.lifetimeType !== "Permanent") {
        return { session: { name, type: "cookie" } }
      }
      const ttl = parseDuration(spec.absoluteTimeout)
      if (ttl === undefined) return { error: `time: invalid duration ${JSON.stringify(spec.absoluteTimeout)}` }
      return { session: { name, type: "cookie", cookieTtl: protoDuration(ttl) } }
    }
    default:
      return { error: `unknown session persistence type ${String(spec.type)}` }
  }
}

/**
 * The session of one match: a cookie is for the match's path, an expression up to its first element with a star.
 *
 * Nothing may be left of an expression; such a cookie is for all requests, and names no path.
 */
export function planSession(
  session: Omit<SessionPersistencePlan, "cookiePath">,
  path: PathMatch | undefined,
): SessionPersistencePlan {
  return session.type === "header" ? session : { ...session, cookiePath: cookiePath(path) }
}

function cookiePath(path: PathMatch | undefined): string {
  if (path === undefined) return "/"
  if (path.type !== "regex") return path.value
  const elements = path.value.split("/")
  const star = elements.findIndex((element) => element.includes("*"))
  return (star < 0 ? elements : elements.slice(0, star)).join("/")
}
