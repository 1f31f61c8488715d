// allOf, anyOf, oneOf and not, with the summary texts that the API server adds without a place.
import { goQuote } from "./go-text.ts"
import { dottedPath } from "./path.ts"
import type { SchemaNode } from "./schema-node.ts"
import { checkValue } from "./validate.ts"
import { addPlaceless, type Walk } from "./walk.ts"

/** Adds what the combined schemas of a node refuse. */
export function checkCombinations(walk: Walk, schema: SchemaNode, value: unknown): void {
  const { allOf, anyOf, oneOf, not } = schema
  if (anyOf !== undefined) checkAnyOf(walk, anyOf, value)
  if (oneOf !== undefined) checkOneOf(walk, oneOf, value)
  if (allOf !== undefined) checkAllOf(walk, allOf, value)
  if (not !== undefined && isFitting(probe(walk, not, value))) summarize(walk, "must not validate the schema (not)")
}

function checkAnyOf(walk: Walk, nodes: readonly SchemaNode[], value: unknown): void {
  const tried: Walk[] = []
  for (const node of nodes) {
    const one = probe(walk, node, value)
    if (isFitting(one)) {
      walk.matches += one.matches
      return
    }
    tried.push(one)
  }
  summarize(walk, "must validate at least one schema (anyOf)")
  merge(walk, nearestFailure(tried))
}

function checkOneOf(walk: Walk, nodes: readonly SchemaNode[], value: unknown): void {
  const tried = nodes.map((node) => probe(walk, node, value))
  const fitting = tried.filter(isFitting)
  if (fitting.length === 1) {
    walk.matches += fitting[0]?.matches ?? 0
    return
  }
  const found = fitting.length === 0 ? "Found none valid" : `Found ${fitting.length} valid alternatives`
  summarize(walk, `must validate one and only one schema (oneOf). ${found}`)
  if (fitting.length === 0) merge(walk, nearestFailure(tried))
}

function checkAllOf(walk: Walk, nodes: readonly SchemaNode[], value: unknown): void {
  const tried = nodes.map((node) => probe(walk, node, value))
  for (const one of tried) merge(walk, one)
  const fitting = tried.filter(isFitting).length
  if (fitting < tried.length)
    summarize(walk, `must validate all the schemas (allOf)${fitting === 0 ? ". None validated" : ""}`)
}

function probe(walk: Walk, schema: SchemaNode, value: unknown): Walk {
  const inner: Walk = { findings: [], path: walk.path, matches: 0 }
  checkValue(inner, schema, value)
  return inner
}

function isFitting(walk: Walk): boolean {
  return walk.findings.length === 0
}

function merge(walk: Walk, inner: Walk | undefined): void {
  if (inner === undefined) return
  walk.findings.push(...inner.findings)
  walk.matches += inner.matches
}

/** The first of those that fit best. */
function nearestFailure(tried: readonly Walk[]): Walk | undefined {
  return tried.reduce((best, one) => (one.matches > best.matches ? one : best))
}

function summarize(walk: Walk, text: string): void {
  addPlaceless(walk, `${goQuote(dottedPath(walk.path))} ${text}`)
}
