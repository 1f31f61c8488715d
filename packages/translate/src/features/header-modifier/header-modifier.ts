// RequestHeaderModifier and ResponseHeaderModifier.

import type { HeaderValueOptionSchema } from "@attache/envoy-api/gen/envoy/config/core/v3/base_pb"
import { HeaderValueOption_HeaderAppendAction } from "@attache/envoy-api/gen/envoy/config/core/v3/base_pb"
import { defined, type Init } from "../../emit/wire.ts"
import type { HeaderChanges } from "../../plan/index.ts"
import type { Feature } from "../feature.ts"

/** Header changes of a route. */
export const headerModifier: Feature = {
  name: "header-modifier",
  contributeRoute: ({ requestHeaders, responseHeaders }) => {
    if (requestHeaders === undefined && responseHeaders === undefined) return undefined
    const request = headerChanges(requestHeaders)
    const response = headerChanges(responseHeaders)
    return {
      route: defined({
        requestHeadersToAdd: request?.add,
        requestHeadersToRemove: request?.remove,
        responseHeadersToAdd: response?.add,
        responseHeadersToRemove: response?.remove,
      }),
    }
  },
}

/** Header changes as Envoy has them: appended values first, then replaced ones. Empty lists are absent. */
export function headerChanges(changes: HeaderChanges | undefined):
  | {
      readonly add: Init<typeof HeaderValueOptionSchema>[] | undefined
      readonly remove: string[] | undefined
    }
  | undefined {
  if (changes === undefined) return undefined
  const add = [
    ...changes.add.map(({ name, value }) => headerOption(name, value, "append")),
    ...changes.set.map(({ name, value }) => headerOption(name, value, "overwrite")),
  ]
  return {
    add: add.length === 0 ? undefined : add,
    remove: changes.remove.length === 0 ? undefined : [...changes.remove],
  }
}

/** One header; an empty value is kept. */
export function headerOption(
  key: string,
  value: string,
  action: "append" | "overwrite",
): Init<typeof HeaderValueOptionSchema> {
  return {
    header: { key, value },
    appendAction:
      action === "append"
        ? HeaderValueOption_HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD
        : HeaderValueOption_HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD,
    ...(value === "" ? { keepEmptyValue: true } : {}),
  }
}
