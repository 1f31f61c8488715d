/** A text to compare with: whole value, prefix, suffix, or RE2 expression over the whole value. */
export type TextMatch =
  | { readonly type: "exact"; readonly value: string }
  | { readonly type: "prefix"; readonly value: string }
  | { readonly type: "suffix"; readonly value: string }
  | { readonly type: "regex"; readonly value: string }

/** A {@link TextMatch} of a named thing: header, query parameter, cookie. */
export interface NamedMatch {
  /** As the user wrote it. */
  readonly name: string
  readonly match: TextMatch
  /** True when the match must fail. */
  readonly isInverted?: boolean
}

/** Path of a request. `prefix` is a whole path element prefix and stands here as written, with its trailing slash. */
export type PathMatch =
  | { readonly type: "exact"; readonly value: string }
  | { readonly type: "prefix"; readonly value: string }
  | { readonly type: "regex"; readonly value: string }

/** When a route applies. All parts must hold. */
export interface RouteMatch {
  /** Absent: any path. */
  readonly path?: PathMatch
  /** Methods stand here too, as `:method`, behind the user's headers. */
  readonly headers: readonly NamedMatch[]
  readonly queryParams: readonly NamedMatch[]
  readonly cookies: readonly NamedMatch[]
}
