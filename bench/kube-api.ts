/**
 * Reading and judging Kubernetes objects: many in one text, and one small file in a process of its own.
 *
 * Part of `npm run bench`; alone: node --expose-gc bench/part.ts kube-api [OBJECTS]
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { loadObjects, validateObject } from "@attache/kube-api"

/** Times of reading and judging, in milliseconds. */
export interface KubeApiFigures {
  readonly objects: number
  readonly loadMs: number
  readonly validateMs: number
  /** One object in a fresh process. */
  readonly one: { readonly importMs: number; readonly judgeMs: number }
}

/** Measures in this process. */
export async function measure([objects = "10000"]: readonly string[]): Promise<KubeApiFigures> {
  return { ...many(Number(objects)), one: one() }
}

function route(index: number): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: route-${index}
  namespace: shop
spec:
  parentRefs:
    - name: gateway
      sectionName: https
  hostnames:
    - route-${index}.example.com
  rules:
    - matches:
        - path:
            type: PathPrefix
            value: /api/v${index}
          headers:
            - name: x-tenant
              value: tenant-${index}
      filters:
        - type: RequestHeaderModifier
          requestHeaderModifier:
            add:
              - name: x-route
                value: "${index}"
      backendRefs:
        - name: backend-${index}
          port: 8080
        - name: canary-${index}
          port: 8080
          weight: 1
      timeouts:
        request: 10s
        backendRequest: 2s
`
}

function many(objects: number): Omit<KubeApiFigures, "one"> {
  const text = Array.from({ length: objects }, (_, index) => route(index)).join("---\n")
  const started = performance.now()
  const loading = loadObjects(text, { file: "routes.yaml" })
  const loaded = performance.now()
  const findings = loading.objects.flatMap((object) => validateObject(object))
  const ended = performance.now()
  if (findings.length > 0) throw new Error(`the objects are not good: ${findings[0]?.message}`)
  return { objects, loadMs: loaded - started, validateMs: ended - loaded }
}

/** Best of five: what is measured is our part, not the machine's other work. */
function one(): KubeApiFigures["one"] {
  const folder = mkdtempSync(join(tmpdir(), "bench-kube-api-"))
  try {
    writeFileSync(join(folder, "route.yaml"), route(1))
    const program = `
      const started = performance.now()
      const { loadObjects, validateObject } = await import("@attache/kube-api")
      const imported = performance.now()
      const text = (await import("node:fs")).readFileSync(${JSON.stringify(join(folder, "route.yaml"))}, "utf8")
      for (const object of loadObjects(text, { file: "route.yaml" }).objects) validateObject(object)
      console.log(JSON.stringify([imported - started, performance.now() - imported]))`
    const runs = Array.from({ length: 5 }, () => {
      const args = ["--input-type=module", "--eval", program]
      return JSON.parse(execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: "utf8" })) as [
        number,
        number,
      ]
    }).sort(([a, b], [c, d]) => a + b - c - d)
    const [importMs, judgeMs] = runs[0] ?? [0, 0]
    return { importMs, judgeMs }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
