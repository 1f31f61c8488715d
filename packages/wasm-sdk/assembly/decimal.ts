// The compiler's own parseFloat (0.28.20) reads 9.007199254741082e38 as 9.0…e37; hence this one. It is also smaller.

/** Largest power of ten that a double holds exactly. */
const exactPower: i32 = 22

/**
 * The number that a JSON number's text stands for.
 *
 * Correctly rounded for numbers of up to 15 digits with exponents to 22 either way; others may be off in the 16th digit.
 */
export function decimal(text: string): f64 {
  let digits: u64 = 0
  let exponent: i32 = 0
  let at = text.length > 0 && text.charCodeAt(0) == 0x2d ? 1 : 0
  const isNegative = at == 1
  let isFraction = false
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code == 0x2e) {
      isFraction = true
      continue
    }
    if (code < 0x30 || code > 0x39) break
    // 18 digits are more than a double tells apart; the rest only shifts.
    if (digits < 100000000000000000) {
      digits = digits * 10 + (code - 0x30)
      if (isFraction) exponent -= 1
    } else if (!isFraction) exponent += 1
  }
  if (at < text.length) exponent += written(text, at + 1)
  const value = scaled(digits as f64, exponent)
  return isNegative ? -value : value
}

/** The exponent behind `e`. */
function written(text: string, start: i32): i32 {
  let at = start
  const sign = text.charCodeAt(at)
  if (sign == 0x2b || sign == 0x2d) at += 1
  let value = 0
  for (; at < text.length; at++) if (value < 10000) value = value * 10 + (text.charCodeAt(at) - 0x30)
  return sign == 0x2d ? -value : value
}

function scaled(digits: f64, exponent: i32): f64 {
  let value = digits
  let rest = exponent
  while (rest > 0 && value != 0 && value != Infinity) {
    const step = min(rest, exactPower)
    value *= power(step)
    rest -= step
  }
  while (rest < 0 && value != 0) {
    const step = min(-rest, exactPower)
    value /= power(step)
    rest += step
  }
  return value
}

function power(exponent: i32): f64 {
  let value: f64 = 1
  for (let i = 0; i < exponent; i++) value *= 10
  return value
}
