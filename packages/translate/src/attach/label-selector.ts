/** A Kubernetes label selector. Absent parts match everything. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly {
    readonly key: string
    readonly operator: string
    readonly values?: readonly string[]
  }[]
}

/** Why a selector cannot be used, in the API machinery's words, or undefined. */
export function labelSelectorError(selector: LabelSelector): string | undefined {
  for (const { operator, values = [] } of selector.matchExpressions ?? []) {
    const shown = `[${values.map((v) => JSON.stringify(v)).join(", ")}]`
    switch (operator) {
      case "In":
      case "NotIn":
        if (values.length === 0)
          return "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty"
        break
      case "Exists":
      case "DoesNotExist":
        if (values.length > 0)
          return `values: Invalid value: ${shown}: values set must be empty for exists and does not exist`
        break
      default:
        return `"${operator}" is not a valid label selector operator`
    }
  }
  return undefined
}

/** Whether labels satisfy a selector; a selector that cannot be used matches nothing. */
export function matchesLabels(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  if (labelSelectorError(selector) !== undefined) return false
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) if (labels[key] !== value) return false
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key]
    if (operator === "In") return value !== undefined && values.includes(value)
    if (operator === "NotIn") return value === undefined || !values.includes(value)
    return operator === "Exists" ? value !== undefined : value === undefined
  })
}
