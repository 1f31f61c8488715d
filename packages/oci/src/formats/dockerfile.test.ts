import { describe, expect, it } from "vitest"
import { dockerfileOf } from "./dockerfile.ts"

describe("dockerfileOf", () => {
  it("copies all files in one last layer, and says how to build", () => {
    const annotations = { "org.opencontainers.image.title": "w", note: 'it\'s "$HOME" \\' }
    expect(dockerfileOf({ kind: "wasm", files: ["plugin.wasm", "manifest.yaml"], annotations })).toBe(
      [
        "# docker buildx build --output type=registry,oci-mediatypes=true --provenance=false --annotation org.opencontainers.image.title=w --annotation 'note=it'\\''s \"$HOME\" \\' --tag REFERENCE .",
        "FROM scratch",
        'LABEL "org.opencontainers.image.title"="w"',
        'LABEL "note"="it\'s \\"\\$HOME\\" \\\\"',
        'COPY ["plugin.wasm","manifest.yaml","/"]',
        "",
      ].join("\n"),
    )
  })

  it("keeps files in their folders, and all in one layer", () => {
    const files = ["libset.so", "manifest.yaml", "metadatas/a/manifest.yaml", "metadatas/b/manifest.yaml", "z/x"]
    const text = dockerfileOf({ kind: "dynamic-module", files, annotations: {} })
    expect(text.trim().split("\n").slice(1)).toEqual([
      "FROM scratch AS files",
      'COPY ["libset.so","manifest.yaml","/"]',
      'COPY ["metadatas","/metadatas"]',
      'COPY ["z","/z"]',
      "",
      "FROM scratch",
      'COPY --from=files ["/","/"]',
    ])
  })

  it("lets an external processor be run", () => {
    const text = dockerfileOf({ kind: "ext-proc", files: ["ext_proc-server"], annotations: { a: "1\nRUN x" } })
    expect(text.trim().split("\n").slice(1)).toEqual([
      "FROM scratch",
      'LABEL "a"="1 RUN x"',
      'COPY ["ext_proc-server","/"]',
      'ENTRYPOINT ["/ext_proc-server"]',
    ])
  })

  it.each([[[]], [["--from=x"]], [["a b"]], [["a\nRUN x"]], [["*"]]])("refuses files %j", (files) => {
    expect(() => dockerfileOf({ kind: "wasm", files, annotations: {} })).toThrow(
      expect.objectContaining({ code: "ATT_OCI_FORMAT" }),
    )
  })
})
