import { proxy_define_metric, proxy_get_metric, proxy_increment_metric, proxy_record_metric } from "./abi"
import { begin, end, ok, putText, roomFor, words } from "./memory"

/** What the three kinds share. Defined in Envoy at first use, so that metrics may be top-level constants. */
class Metric {
  private id: u32 = 0

  constructor(private kind: u32, private name: string) {}

  /** The host's id, 0 when it refused. */
  protected handle(): u32 {
    if (this.id == 0) {
      begin(roomFor(changetype<usize>(this.name)))
      const at = putText(changetype<usize>(this.name))
      if (ok(proxy_define_metric(this.kind, at, end() - at, words))) this.id = load<u32>(words)
    }
    return this.id
  }

  protected read(): u64 {
    return ok(proxy_get_metric(this.handle(), words + 8)) ? load<u64>(words, 8) : 0
  }
}

/** A number that only grows. Shown as `wasmcustom.<name>`; values are shared by name across threads. */
export class Counter extends Metric {
  constructor(name: string) {
    super(0, name)
  }
  increment(by: u32 = 1): bool {
    return ok(proxy_increment_metric(this.handle(), by as i64))
  }
  get value(): u64 {
    return this.read()
  }
}

/** A number that goes up and down. */
export class Gauge extends Metric {
  constructor(name: string) {
    super(1, name)
  }
  add(by: i64): bool {
    return by == 0 || ok(proxy_increment_metric(this.handle(), by))
  }
  set(value: u64): bool {
    return ok(proxy_record_metric(this.handle(), value))
  }
  get value(): u64 {
    return this.read()
  }
}

/** A distribution of values. */
export class Histogram extends Metric {
  constructor(name: string) {
    super(2, name)
  }
  record(value: u64): bool {
    return ok(proxy_record_metric(this.handle(), value))
  }
}
