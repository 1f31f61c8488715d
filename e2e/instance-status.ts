// What a running gateway says about itself, as `attache status` asks it.
import { readdirSync, readFileSync } from "node:fs"
import { request } from "node:http"
import { join } from "node:path"
import type { StatusReport } from "@attache/control-plane"
import type { GatewayUnderTest } from "./gateway-under-test.ts"

/** The status of a gateway that runs. */
export async function statusOf({ folder }: Pick<GatewayUnderTest, "folder">): Promise<StatusReport> {
  const instances = join(folder, ".state", "instances")
  const [name = ""] = readdirSync(instances)
  const { statusSocket } = JSON.parse(readFileSync(join(instances, name, "instance.json"), "utf8")) as {
    readonly statusSocket: string
  }
  const text = await new Promise<string>((resolve, reject) => {
    const call = request({ socketPath: statusSocket, path: "/status" }, (response) => {
      const chunks: Buffer[] = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("error", reject)
      response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")))
    })
    call.on("error", reject)
    call.end()
  })
  return JSON.parse(text) as StatusReport
}

/** Something that a gateway says is wrong. */
export interface SaidOf {
  readonly kind: string
  readonly name: string
  readonly field: string
  readonly text: string
  /** Whether the object's own status says it. */
  readonly isStatus: boolean
}

/** All that a gateway says is wrong: findings, conditions that tell of trouble, and parts that are withdrawn. */
export async function instanceFindings(gw: GatewayUnderTest): Promise<readonly SaidOf[]> {
  const { findings, objects, quarantine } = await statusOf(gw)
  return [
    ...findings.map(({ object, field = "", message, file = "" }) => ({
      kind: object?.kind ?? "",
      name: object?.name ?? "",
      field,
      text: `${file} ${message}`,
      isStatus: false,
    })),
    ...objects.flatMap(({ kind, name, status }) =>
      troubles(status).map((text) => ({ kind, name, field: "", text, isStatus: true })),
    ),
    ...quarantine.map(({ object, field, message }) => {
      const [kind = "", , name = ""] = object.split("/")
      return { kind, name, field, text: message, isStatus: false }
    }),
  ]
}

/** Messages of conditions that are not as they should be. */
function troubles(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(troubles)
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([key, member]) =>
    key === "conditions"
      ? (member as readonly { type: string; status: string; message: string }[]).flatMap(({ type, status, message }) =>
          status === (type === "PartiallyInvalid" ? "True" : "False") ? [message] : [],
        )
      : troubles(member),
  )
}
