// Places of members in a YAML text, from the parser's events: found only when somebody asks.
import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, type ScalarEvent } from "js-yaml"
import type { PathStep } from "../schema/path.ts"
import { plainScalar } from "./scalars.ts"

/** Where something is in a text, by offset, and what is written there if it is a plain scalar. */
export interface Found {
  readonly offset: number
  readonly plain: string | undefined
}

interface Node {
  readonly offset: number
  readonly scalar?: ScalarEvent
  readonly items?: Node[]
  readonly members?: Map<string, { readonly key: Node; readonly value: Node }>
}

/**
 * Gives places by path in a text of one document: a member's is its key's, an item's its own.
 *
 * What is absent, or behind an alias, has the place of the nearest thing above it. Undefined for a text that is no YAML.
 */
export function createLocator(text: string, maxDepth: number): ((path: readonly PathStep[]) => Found) | undefined {
  let root: Node
  try {
    root = treeOf(text, parseEvents(text, { maxDepth }))
  } catch {
    return undefined
  }
  return (path) => {
    let node = root
    let { offset } = root
    for (const step of path) {
      const item = typeof step === "number" ? node.items?.[step] : undefined
      const member = node.members?.get(String(step))
      if (item === undefined && member === undefined) return { offset, plain: undefined }
      node = item ?? member?.value ?? node
      offset = item?.offset ?? member?.key.offset ?? offset
    }
    return { offset, plain: plainOf(text, node) }
  }
}

function treeOf(text: string, events: readonly Event[]): Node {
  const top: Node = { offset: 0, items: [] }
  const open: { readonly node: Node; key: Node | undefined }[] = []
  let offset = 0
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) {
      open.push({ node: top, key: undefined })
      continue
    }
    if (event.type === EVENT_ID.POP) {
      open.pop()
      continue
    }
    const node = nodeOf(text, event, offset)
    offset = node.offset
    const parent = open.at(-1)
    if (parent !== undefined) attach(text, parent, node)
    if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) open.push({ node, key: undefined })
  }
  return top.items?.[0] ?? top
}

function attach(text: string, parent: { readonly node: Node; key: Node | undefined }, node: Node): void {
  const { items, members } = parent.node
  if (members === undefined) items?.push(node)
  else if (parent.key === undefined) parent.key = node
  else {
    members.set(keyText(text, parent.key), { key: parent.key, value: node })
    parent.key = undefined
  }
}

/** Events of things that have a place. */
type Placed = Exclude<Event, { type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP }>

function nodeOf(text: string, event: Placed, last: number): Node {
  const offset = Math.max(startOf(text, event), last)
  if (event.type === EVENT_ID.MAPPING) return { offset, members: new Map() }
  if (event.type === EVENT_ID.SEQUENCE) return { offset, items: [] }
  return event.type === EVENT_ID.SCALAR ? { offset, scalar: event } : { offset }
}

/** Anchors and tags stand before what they belong to; quotes, `*`, `&` and `!` before what the parser names. */
function startOf(text: string, event: Placed): number {
  const starts: number[] = []
  if (event.anchorStart >= 0) starts.push(event.anchorStart - 1)
  if ("tagStart" in event && event.tagStart >= 0) starts.push(event.tagStart)
  if (event.type === EVENT_ID.SCALAR && event.valueStart >= 0) starts.push(valueStart(text, event))
  if ("start" in event && event.start >= 0) starts.push(event.start)
  return starts.length === 0 ? 0 : Math.min(...starts)
}

function valueStart(text: string, { style, valueStart }: ScalarEvent): number {
  switch (style) {
    case SCALAR_STYLE.SINGLE_QUOTED:
    case SCALAR_STYLE.DOUBLE_QUOTED:
      return valueStart - 1
    case SCALAR_STYLE.LITERAL_BLOCK:
      return text.lastIndexOf("|", valueStart)
    case SCALAR_STYLE.FOLDED_BLOCK:
      return text.lastIndexOf(">", valueStart)
    default:
      return valueStart
  }
}

function keyText(text: string, { scalar }: Node): string {
  if (scalar === undefined) return ""
  const value = getScalarValue(text, scalar)
  return isPlain(scalar) ? String(plainScalar(value)) : value
}

function plainOf(text: string, { scalar }: Node): string | undefined {
  return scalar !== undefined && isPlain(scalar) ? getScalarValue(text, scalar) : undefined
}

function isPlain({ style, tagStart }: ScalarEvent): boolean {
  return style === SCALAR_STYLE.PLAIN && tagStart < 0
}
