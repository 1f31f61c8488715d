/** A step into a value: member name or list index. */
export type PathStep = string | number

/** A path for people: `spec.rules[0].matches`; names that are no identifiers stand in brackets. */
export function fieldPath(path: readonly PathStep[]): string {
  let text = ""
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`
    else if (/^[A-Za-z_$][\w$-]*$/.test(step)) text += text === "" ? step : `.${step}`
    else text += `[${step}]`
  }
  return text
}

/** A path as the API server's schema validator writes it: every name behind a dot, whatever it is made of. */
export function dottedPath(path: readonly PathStep[]): string {
  let text = ""
  for (const step of path) text += typeof step === "number" ? `[${step}]` : text === "" ? step : `.${step}`
  return text
}
