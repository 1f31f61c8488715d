import type {
  Forward,
  Origin,
  PathMatch,
  PlanRoute,
  ResourceMetadata,
  RouteAction,
  UrlRewrite,
} from "../../plan/index.ts"
import type { ObjectKey } from "../../world/world.ts"
import { type FilterDraft, headerChanges, type RedirectDraft } from "./filter-draft.ts"
import { isRoot, planRedirect } from "./redirect.ts"

/** What a rule's routes do; a redirect waits for match and listener. */
export type ActionDraft =
  | { readonly type: "forward"; readonly forward: Forward }
  | { readonly type: "redirect"; readonly redirect: RedirectDraft }
  | Extract<RouteAction, { readonly type: "respond" }>

/** A route before it is known on which listener and for which host it stands. */
export interface RouteDraft {
  /** Name without the host. */
  readonly name: string
  readonly action: ActionDraft
  readonly rest: Omit<PlanRoute, "name" | "host" | "action">
}

/** What all routes of a rule share. */
export interface RuleTraits {
  readonly kind: PlanRoute["kind"]
  readonly metadata: ResourceMetadata
  readonly origin: Origin
  readonly filters: FilterDraft
  readonly extensionRefs: readonly ObjectKey[]
}

/** What the filters of a rule give one of its matches. */
export function filterParts(
  traits: RuleTraits,
  path: PathMatch | undefined,
): Partial<PlanRoute> & Pick<PlanRoute, "mirrors"> {
  const { filters, extensionRefs } = traits
  const requestHeaders = headerChanges(filters.requestHeaders)
  const responseHeaders = headerChanges(filters.responseHeaders)
  const urlRewrite = planRewrite(filters, path)
  return {
    ...(requestHeaders === undefined ? {} : { requestHeaders }),
    ...(responseHeaders === undefined ? {} : { responseHeaders }),
    ...(urlRewrite === undefined ? {} : { urlRewrite }),
    mirrors: filters.mirrors,
    ...(filters.cors === undefined ? {} : { cors: filters.cors }),
    ...(filters.credential === undefined ? {} : { credentialInjection: filters.credential }),
    ...(extensionRefs.length === 0 ? {} : { extensionRefs }),
  }
}

function planRewrite(
  { host, path, isForwardedHostAppended }: FilterDraft,
  match: PathMatch | undefined,
): UrlRewrite | undefined {
  if (host === undefined && path === undefined) return undefined
  const replaced = path === undefined ? undefined : rewritePath(path, match)
  return {
    ...(host === undefined ? {} : { host }),
    ...(replaced === undefined ? {} : { path: replaced }),
    ...(isForwardedHostAppended === undefined ? {} : { isForwardedHostAppended }),
  }
}

function rewritePath(path: NonNullable<FilterDraft["path"]>, match: PathMatch | undefined): UrlRewrite["path"] {
  if (path.type !== "prefix") return path
  if (match?.type === "prefix" && isRoot(path.value)) return { type: "strip-prefix", prefix: match.value }
  // The match has lost its trailing slash, so the replacement loses one too.
  return { type: "prefix", value: path.value.endsWith("/") ? path.value.slice(0, -1) : path.value }
}

/** The routes of drafts on one listener: for each host all drafts in order. */
export function placeRoutes(
  drafts: readonly RouteDraft[],
  hosts: readonly string[],
  listenerPort: number,
): readonly PlanRoute[] {
  const placed = drafts.map((draft) => ({ ...draft, action: planAction(draft, listenerPort) }))
  return hosts.flatMap((host) => {
    const suffix = host.replaceAll(".", "_")
    return placed.map(({ name, action, rest }) => ({ ...rest, name: `${name}/${suffix}`, host, action }))
  })
}

function planAction({ action, rest }: RouteDraft, listenerPort: number): RouteAction {
  if (action.type !== "redirect") return action
  return { type: "redirect", redirect: planRedirect(action.redirect, rest.match.path, listenerPort) }
}
