import type {
  HeaderMatcherSchema,
  QueryParameterMatcherSchema,
  RouteMatchSchema,
} from "@attache/envoy-api/gen/envoy/config/route/v3/route_components_pb"
import type { StringMatcherSchema } from "@attache/envoy-api/gen/envoy/type/matcher/v3/string_pb"
import type { NamedMatch, PathMatch, RouteMatch, TextMatch } from "../plan/index.ts"
import type { Init } from "./wire.ts"

/** When a route applies. Regular expressions go out as written: Envoy anchors them itself. */
export function routeMatch(match: RouteMatch): Init<typeof RouteMatchSchema> {
  return {
    pathSpecifier: pathSpecifier(match.path),
    ...(match.headers.length === 0 ? {} : { headers: match.headers.map(headerMatcher) }),
    ...(match.queryParams.length === 0 ? {} : { queryParameters: match.queryParams.map(queryMatcher) }),
    ...(match.cookies.length === 0
      ? {}
      : {
          cookies: match.cookies.map(({ name, match: text, isInverted }) => ({
            name,
            stringMatch: stringMatcher(text),
            invertMatch: isInverted === true,
          })),
        }),
  }
}

/** A prefix is one of whole path elements, so exactly one trailing slash is dropped; the root matches everything. */
function pathSpecifier(path: PathMatch | undefined): NonNullable<Init<typeof RouteMatchSchema>["pathSpecifier"]> {
  switch (path?.type) {
    case "exact":
      return { case: "path", value: path.value }
    case "regex":
      return { case: "safeRegex", value: { regex: path.value } }
    case "prefix": {
      if (path.value === "/") return { case: "prefix", value: "/" }
      return {
        case: "pathSeparatedPrefix",
        value: path.value.endsWith("/") ? path.value.slice(0, -1) : path.value,
      }
    }
    default:
      return { case: "prefix", value: "/" }
  }
}

function headerMatcher({ name, match, isInverted }: NamedMatch): Init<typeof HeaderMatcherSchema> {
  return {
    name,
    headerMatchSpecifier: { case: "stringMatch", value: stringMatcher(match) },
    ...(isInverted === true ? { invertMatch: true } : {}),
  }
}

function queryMatcher({ name, match }: NamedMatch): Init<typeof QueryParameterMatcherSchema> {
  return { name, queryParameterMatchSpecifier: { case: "stringMatch", value: stringMatcher(match) } }
}

/** A text to compare with. */
export function stringMatcher(match: TextMatch): Init<typeof StringMatcherSchema> {
  return match.type === "regex"
    ? { matchPattern: { case: "safeRegex", value: { regex: match.value } } }
    : { matchPattern: { case: match.type, value: match.value } }
}
