import { describe, expect, it } from "vitest"
import { evaluate } from "./engine.ts"
import { ruleValue } from "./rule-value.ts"

const self = ruleValue(undefined, {
  name: "web",
  port: 80,
  tags: ["b", "a", "b"],
  numbers: [3, 1, 2],
  labels: { "a/b": "x", k: "y" },
  rules: [{ path: "/a", weight: 1 }, { path: "/b" }],
})

describe("evaluate", () => {
  it.each([
    "self.port == 80 && type(self.port) == int",
    "has(self.name) && !has(self.rules[1].weight)",
    "self.labels['a/b'] == 'x' && 'k' in self.labels",
    "self.tags.exists_one(t, t == 'a') && self.labels.all(k, k.size() > 0)",
    "self.nothing == 1 || true",
    "!(self.nothing == 1 && false)",
    "'a.b'.split('.') == ['a', 'b'] && ['a', 'b'].join('-') == 'a-b'",
    "'tacocat'.substring(4) == 'cat' && 'aBÉ'.lowerAscii() == 'abÉ' && ' a '.trim() == 'a'",
    "'abc'.matches('^a.c$') && 'ABC'.matches('(?i)abc') && !'abc'.matches('^b')",
    "'a1b22'.find('[0-9]+') == '1' && 'a'.find('[0-9]') == ''",
    "[1, 2, 2].isSorted() && ![2, 1].isSorted() && ['a', 'b'].isSorted() && [].isSorted()",
    "self.numbers.sum() == 6 && [1.5, 2.5].sum() == 4.0 && [].sum() == 0",
    "self.numbers.min() == 1 && self.numbers.max() == 3 && [2.5, 1.5].min() == 1.5",
    "self.tags.indexOf('b') == 0 && self.tags.lastIndexOf('b') == 2 && self.tags.indexOf('z') == -1",
    "isIP('::1') && isIP('1.2.3.4') && !isIP('1.2.3') && !isIP('fe80::1%eth0')",
    "isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0') && isURL('https://a/b') && !isURL('a b')",
    "isQuantity('1.5Gi') && isQuantity('-1e3') && !isQuantity('x')",
    "duration('1h30m') == duration('90m') && duration('-1.5s') < duration('0')",
    "!format.dns1123Label().validate('a-1').hasValue()",
    "format.dns1123Label().validate('A').value()[0] == 'must be a dns1123Label'",
    "format.dns1123Subdomain().validate('a.b').orValue(['none']) == ['none']",
    "format.dns1123Label().validate('a') != null",
  ])("%s", (expression) => {
    expect(evaluate(expression, { self })).toEqual({ value: true })
  })

  it.each([
    ["self.nothing", "no such key: nothing"],
    ["self.labels['z']", "no such key: z"],
    ["self.tags[3]", "index out of bounds: 3"],
    ["self.port && true", "no such overload"],
    ["size(1)", "no such overload"],
    ["1 / 0", "division by zero"],
    ["1 % 0", "modulus by zero"],
    ["[].min()", "min called on empty list"],
    ["format.dns1123Label().validate('a').value()", "optional.none() dereference"],
    ["duration('')", "type conversion error from 'string' to 'google.protobuf.Duration'"],
    ["duration('1')", "type conversion error from 'string' to 'google.protobuf.Duration'"],
    ["'a'.matches('(')", "error parsing regexp"],
    ["1 +", "found"],
  ])("%s fails: %s", (expression, want) => {
    expect(evaluate(expression, { self })).toEqual({ error: expect.stringContaining(want) })
  })
})
