import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { locate } from "./json-path.ts"
import { parseJsonPath } from "./json-path-parser.ts"
import type { Json } from "./json-value.ts"
import { formatPointer } from "./pointer.ts"

function pointers(document: Json, text: string): readonly string[] {
  const parsed = parseJsonPath(text)
  if (parsed.error !== undefined) throw new Error(parsed.error)
  return (locate(document, parsed.path) ?? ["too many"]).map((at) => (typeof at === "string" ? at : formatPointer(at)))
}

const nested: Json = {
  a: "b",
  v: [
    { x: "test1", y: "hello" },
    { x: "test2", y: "world" },
  ],
  f: { w: "hi", q: "welcome", y: "ciao" },
  y: "c",
}

const routes: Json = {
  name: "default/eg/http",
  virtual_hosts: [
    {
      name: "default/eg/http/www_test_com",
      domains: ["www.test.com"],
      routes: [
        {
          name: "httproute/default/backend/rule/0/match/0/www_test_com",
          route: { cluster: "c0", upgrade_configs: [{}] },
        },
      ],
    },
    {
      name: "default/eg/http/www_example_com",
      domains: ["www.example.com"],
      routes: [{ name: "httproute/default/backend/rule/1/match/1/www_example_com", route: { cluster: "c1" } }],
    },
  ],
}

const items: Json = [
  { n: 1, s: "a", tags: ["x", "y"], o: { k: 1 }, b: true },
  { n: 2.5, s: "bb", tags: [], z: null },
  { n: 3, s: "x-y", tags: ["y"], b: false },
]
const all = ["/0", "/1", "/2"]

describe("JSONPath", () => {
  it.each([
    ["$.a", ["/a"]],
    [".a", ["/a"]],
    ["a", ["/a"]],
    ["f.w", ["/f/w"]],
    ["$['f']['w']", ["/f/w"]],
    ['$["f"].w', ["/f/w"]],
    ["$.nothing", []],
    ["", []],
    ["f.*", ["/f/w", "/f/q", "/f/y"]],
    ["v.*", ["/v/0", "/v/1"]],
    ["v[*]", ["/v/0", "/v/1"]],
    ["v.**", ["/v/0/x", "/v/0/y", "/v/1/x", "/v/1/y"]],
    ["**.y", ["/v/0/y", "/v/1/y"]],
    ["$.v[*].y", ["/v/0/y", "/v/1/y"]],
    ["$..y", ["/y", "/v/0/y", "/v/1/y", "/f/y"]],
    ["..y", ["/y", "/v/0/y", "/v/1/y", "/f/y"]],
    ["..[1]", ["/v/1"]],
    ["..v..x", ["/v/0/x", "/v/1/x"]],
    ["v[0]", ["/v/0"]],
    ["v[-1]", ["/v/1"]],
    ["v[ -1 ]", ["/v/1"]],
    ["v[2]", []],
    ["v[-3]", []],
    ["f['y','w']", ["/f/y", "/f/w"]],
    ["v[1, 0]", ["/v/1", "/v/0"]],
    ["v[0,'x']", ["/v/0"]],
    ["v[:]", ["/v/0", "/v/1"]],
    ["v[1:]", ["/v/1"]],
    ["v[:1]", ["/v/0"]],
    ["v[::2]", ["/v/0"]],
    ["v[::-1]", ["/v/1", "/v/0"]],
    ["v[-1:]", ["/v/1"]],
    ["v[5:1:-1]", []],
    ["$.v[?(@.x=='test2')]", ["/v/1"]],
    ["$.v[?@.x=='test2']", ["/v/1"]],
    ["..v[?(@.x=='test1')].y", ["/v/0/y"]],
    ["$.v[?(@.x=='UNKNOWN')].y", []],
    ["$.v[?(@.x)]", ["/v/1", "/v/0"]],
    ["$.f[?(@ == 'hi')]", ["/f/w"]],
    ["$[?(@.w == 'hi')]", ["/f"]],
  ])("%s selects %j", (path, want) => expect(pointers(nested, path)).toEqual(want))

  it.each([
    ["..routes[?(@.name =~ 'www_example_com')]", ["/virtual_hosts/1/routes/0"]],
    ["..routes[?(@.name ~= /www_test/)]", ["/virtual_hosts/0/routes/0"]],
    [
      "..routes[?(@.name =~ 'www')].route.cluster",
      ["/virtual_hosts/0/routes/0/route/cluster", "/virtual_hosts/1/routes/0/route/cluster"],
    ],
    [
      "..routes[?(@.name =~ 'www')]['route']['cluster']",
      ["/virtual_hosts/0/routes/0/route/cluster", "/virtual_hosts/1/routes/0/route/cluster"],
    ],
    ["..virtual_hosts[?match(@.name, '.*www_example_com')]", ["/virtual_hosts/1"]],
    ["..virtual_hosts[?match(@.name, 'www_example_com')]", []],
    ["..virtual_hosts[?search(@.name, 'example')].domains[0]", ["/virtual_hosts/1/domains/0"]],
    ["virtual_hosts[?(@.routes[*].route.cluster == 'c1')].name", ["/virtual_hosts/1/name"]],
    ["virtual_hosts[?(@.domains[0] in ['www.test.com', 'x'])].name", ["/virtual_hosts/0/name"]],
    ["virtual_hosts[*].routes[?(@.route.upgrade_configs exists true)].name", ["/virtual_hosts/0/routes/0/name"]],
    ["virtual_hosts[?(@.routes[?(@.route.cluster=='c0')])].name", ["/virtual_hosts/0/name"]],
  ])("%s selects %j among routes", (path, want) => expect(pointers(routes, path)).toEqual(want))

  it.each([
    ["@.n == 1", ["/0"]],
    ["@.n == 1.0", ["/0"]],
    ["@.n != 1", ["/1", "/2"]],
    ["@.n > 1 && @.n < 3", ["/1"]],
    ["@.n >= 3 || @.n <= 1", ["/0", "/2"]],
    // Both operators bind alike, from left to right.
    ["@.n == 1 || @.n == 3 && @.s == 'zz'", []],
    ["@.n == 1 || (@.n == 3 && @.s == 'zz')", ["/0"]],
    ["!(@.n == 1)", ["/1", "/2"]],
    ["! @.n == 1 && @.n == 3", all],
    ["@.n + 1 == 2", ["/0"]],
    ["@.n * 2 + 1 == 7", ["/2"]],
    ["7 / @.n == 2", ["/2"]],
    ["@.n / 0 == Nothing", all],
    ["@.s + 'b' == 'ab'", ["/0"]],
    ["@.s < 'b'", ["/0"]],
    ["@.n < 'b'", []],
    ["@.z", ["/1"]],
    ["@.z == null", ["/1"]],
    ["@.z == Nothing", ["/0", "/2"]],
    ["@.b", ["/0", "/2"]],
    ["@.b == false", ["/2"]],
    ["@.z has false", ["/0", "/2"]],
    ["@.tags empty true", ["/1"]],
    ["@.tags empty false", ["/0", "/2"]],
    ["@.tags[*] == 'x'", ["/0"]],
    ["count(@.tags[*]) == 2", ["/0"]],
    ["length(@.s) == 2", ["/1"]],
    ["length(@.tags) > 0", ["/0", "/2"]],
    ["length(@.o) == 1", ["/0"]],
    ["@.o == @.o", ["/1", "/2"]],
    ["@.s in ['a', 'bb']", ["/0", "/1"]],
    ["@.n in [1, 3]", ["/0", "/2"]],
    ["@.s =~ '^.$'", ["/0"]],
    ["@.s =~ '('", []],
    ["@.s =~ '(?=a)'", []],
    ["@['s'] == \"x\\u002dy\"", ["/2"]],
    ["@.n == $[0].n", []],
    ["true", all],
    ["'x'", []],
  ])("[?(%s)] selects %j", (condition, want) => {
    expect([...pointers(items, `$[?(${condition})]`)].reverse()).toEqual(want)
    expect([...pointers(items, `$[?${condition}]`)].reverse()).toEqual(want)
  })

  it.each([
    [".$", "an expression fragment can not start with a '$' at 2 in .$"],
    ["i'm not a json path string", "parse error at 2 in i'm not a json path string"],
    ["a-b", "parse error at 2 in a-b"],
    ["a.", "not terminated at 3 in a."],
    ["a[", "not terminated at 3 in a["],
    ["a[0", "not terminated at 4 in a[0"],
    ["a['x", "not terminated at 6 in a['x"],
    ["a[x]", "parse error at 3 in a[x]"],
    ["a[?(@.x)", "not terminated at 9 in a[?(@.x)"],
    ["a[?(@.x === 1)]", "expected a value at 11 in a[?(@.x === 1)]"],
    ["a[?(foo)]", "expected a value at 5 in a[?(foo)]"],
    ["a[?(@.x =~ /(/)]", "error parsing regexp at 15 in a[?(@.x =~ /(/)]"],
    ["a[(@.length-1)]", "scripts are not supported at 3 in a[(@.length-1)]"],
    ["a['\\q']", "\"q\" is not a valid escaped character at 6 in a['\\q']"],
    ["a[99999999999999999999]", "number out of range at 23 in a[99999999999999999999]"],
  ])("%s is no path", (text, error) => expect(parseJsonPath(text)).toEqual({ error }))

  it("has limits", () => {
    expect(parseJsonPath(`a[?${"(".repeat(60)}`)).toMatchObject({ error: expect.stringContaining("too deeply nested") })
    expect(parseJsonPath("[?@".repeat(60))).toMatchObject({ error: expect.stringContaining("too deeply nested") })
    let deep: Json = 1
    for (let i = 0; i < 40; i++) deep = [deep]
    expect(pointers(deep, "..".repeat(8))).toEqual(["too many"])
  })

  it("is never thrown off by a text", () => {
    const piece = fc.constantFrom(
      "$",
      "@",
      ".",
      "..",
      "*",
      "[",
      "]",
      "(",
      ")",
      "?",
      "'",
      '"',
      "a",
      "n",
      "-1",
      "0",
      ":",
      ",",
      "==",
      "&&",
      "!",
      " ",
      "in",
      "=~",
      "/",
      "\\",
      "count(",
      "match(",
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const parsed = parseJsonPath(pieces.join(""))
        if (parsed.error === undefined) locate(items, parsed.path)
        else expect(parsed.error).toContain(" at ")
      }),
      { numRuns: 2000 },
    )
  })

  it("finds what a naive walk finds", () => {
    const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>
    const name = fc.constantFrom("a", "b", "")
    const walk = (value: Json, at: string): readonly (readonly [string, Json])[] =>
      typeof value !== "object" || value === null
        ? [[at, value]]
        : [[at, value], ...Object.entries(value).flatMap(([k, v]) => walk(v as Json, `${at}${formatPointer([k])}`))]
    fc.assert(
      fc.property(json, name, (document, key) => {
        const everything = walk(document, "")
        expect(new Set(pointers(document, "$.."))).toEqual(new Set(everything.map(([at]) => at)))
        const wanted = everything.flatMap(([at, v]) =>
          typeof v === "object" && v !== null && !Array.isArray(v) && Object.hasOwn(v, key) ? [`${at}/${key}`] : [],
        )
        expect([...pointers(document, `$..['${key}']`)].sort()).toEqual([...wanted].sort())
        const items = everything.flatMap(([at, v]) => (Array.isArray(v) ? v.map((_, i) => `${at}/${i}`) : []))
        expect([...pointers(document, "$..[:]")].sort()).toEqual([...items].sort())
      }),
    )
  })
})
