/**
 * One part of the bench in a process of its own, so that memory and heat of one are not another's.
 *
 * Run: node --expose-gc bench/part.ts NAME [PARAMETER ...]. Prints the figures as JSON; as a child process it sends them.
 */
const [name = "", ...parameters] = process.argv.slice(2)
const { measure } = (await import(new URL(`${name}.ts`, import.meta.url).href)) as {
  readonly measure: (parameters: readonly string[]) => Promise<unknown>
}
const figures = await measure(parameters)
if (process.send === undefined) console.log(JSON.stringify(figures, undefined, 2))
else await new Promise((resolve) => process.send?.(figures, resolve))
process.exit(0)
