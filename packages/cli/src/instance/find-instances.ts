import { AttacheError } from "@attache/base"
import { type InstanceRecord, listInstances } from "./instance.ts"

/** Living instances: the one of a name, or all. Errors: ATT_CLI_NOT_RUNNING when there is none. */
export function findInstances(name: string | undefined): readonly InstanceRecord[] {
  const running = livingInstances(name)
  if (running.length > 0) return running
  const which = name === undefined ? "no instance is running" : `instance ${name} is not running`
  throw new AttacheError("ATT_CLI_NOT_RUNNING", which, { hint: "start one with attache run -f FILE" })
}

/** Living instances: the one of a name, or all; there may be none. */
export function livingInstances(name: string | undefined): readonly InstanceRecord[] {
  return listInstances().filter((one) => one.isAlive && (name === undefined || one.name === name))
}
