/** What a client wants of one type on one stream. */
export interface Subscription {
  /** Everything, by `*` or by the legacy empty first request. */
  readonly isWildcard: boolean
  /** Names asked for explicitly, besides the wildcard. May be shared between streams: never changed in place. */
  readonly names: ReadonlySet<string>
  /** Whether any request of this type has been seen on the stream. */
  readonly hasBegun: boolean
  /** Whether a name was ever sent; from then on an empty state-of-the-world list means nothing. */
  readonly hasNamed: boolean
}

/** What a request changed in a subscription. */
export interface SubscriptionChange {
  readonly subscription: Subscription
  /** Names that must be answered even if they were sent before. */
  readonly added: readonly string[]
  /** Names no longer asked for by name. */
  readonly dropped: readonly string[]
  readonly gainedWildcard: boolean
}

/** A type nobody has asked for yet. */
export const noSubscription: Subscription = { isWildcard: false, names: new Set(), hasBegun: false, hasNamed: false }

/** Whether the client wants a resource. */
export function isSubscribed(subscription: Subscription, name: string): boolean {
  return subscription.isWildcard || subscription.names.has(name)
}

/**
 * Subscription after a state-of-the-world request, whose list is always the full set.
 *
 * @param legacyWildcard whether an empty list means everything as long as no name was ever sent
 * Source: xDS protocol, "How the client specifies what resources to return".
 */
export function subscribeSotw(
  before: Subscription,
  resourceNames: readonly string[],
  legacyWildcard: boolean,
): SubscriptionChange {
  const hasNamed = before.hasNamed || resourceNames.length > 0
  const isWildcard = hasNamed ? resourceNames.includes("*") : legacyWildcard
  const gainedWildcard = isWildcard && !before.isWildcard
  const listed = resourceNames.filter((name) => name !== "*")
  if (listed.length === before.names.size && listed.every((name) => before.names.has(name))) {
    const subscription = { isWildcard, names: before.names, hasBegun: true, hasNamed }
    return { subscription, added: [], dropped: [], gainedWildcard }
  }
  const names = new Set(listed)
  return {
    subscription: { isWildcard, names, hasBegun: true, hasNamed },
    added: [...names.difference(before.names)],
    dropped: [...before.names.difference(names)],
    gainedWildcard,
  }
}

/**
 * Subscription after a delta request.
 *
 * A name both subscribed and unsubscribed in one request stays subscribed. Every subscribed name counts as added,
 * known or not, because the protocol wants an answer for it.
 *
 * Source: xDS protocol, "Incremental xDS" and "Wildcard".
 */
export function subscribeDelta(
  before: Subscription,
  subscribe: readonly string[],
  unsubscribe: readonly string[],
  legacyWildcard: boolean,
): SubscriptionChange {
  const isLegacy = !before.hasBegun && legacyWildcard && subscribe.length === 0 && unsubscribe.length === 0
  const leaves = unsubscribe.includes("*") && !subscribe.includes("*")
  const isWildcard = isLegacy || subscribe.includes("*") || (before.isWildcard && !leaves)
  const gainedWildcard = isWildcard && (!before.isWildcard || subscribe.includes("*"))
  const kept = new Set(subscribe)
  kept.delete("*")
  const added = kept.size === subscribe.length ? subscribe : [...kept]
  const dropped = [...new Set(unsubscribe.filter((name) => before.names.has(name) && !kept.has(name)))]
  const hasNamed = before.hasNamed || subscribe.length > 0
  if (added.length === 0 && dropped.length === 0) {
    return {
      subscription: { isWildcard, names: before.names, hasBegun: true, hasNamed },
      added,
      dropped,
      gainedWildcard,
    }
  }
  // Thousands of names come at once with the first request: they are not copied more often than need be.
  const names = before.names.size === 0 ? kept : new Set(before.names)
  for (const name of dropped) names.delete(name)
  for (const name of added) names.add(name)
  return { subscription: { isWildcard, names, hasBegun: true, hasNamed }, added, dropped, gainedWildcard }
}

const sharedNames = new WeakMap<ReadonlyMap<string, unknown>, ReadonlySet<string>>()

/**
 * The same subscription with its names shared between streams, where they are exactly the names of a type.
 *
 * That is the usual case for endpoints, and a thousand proxies then hold one set of five thousand names, not a
 * thousand. Small sets are left alone.
 */
export function shareNames(subscription: Subscription, resources: ReadonlyMap<string, unknown>): Subscription {
  const names = subscription.names
  if (names.size < 32 || names.size !== resources.size) return subscription
  const known = sharedNames.get(resources)
  if (known === names) return subscription
  for (const name of names) if (!resources.has(name)) return subscription
  const shared = known ?? new Set(resources.keys())
  sharedNames.set(resources, shared)
  return { ...subscription, names: shared }
}
