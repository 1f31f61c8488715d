/** Appends to a list that keeps about its latest items: never fewer than `limit` of them, never more than twice as many. */
export function pushKept<T>(list: T[], item: T, limit: number): void {
  list.push(item)
  if (list.length >= 2 * limit) list.splice(0, list.length - limit)
}
