import {
  proxy_dequeue_shared_queue, proxy_enqueue_shared_queue, proxy_register_shared_queue, proxy_resolve_shared_queue,
} from "./abi"
import { watchHeldStreams } from "./held-streams"
import { begin, end, ok, putText, resultBytes, resultText, roomFor, words } from "./memory"

/** A queue between threads; the one that registered last is told by `RootContext.onQueueReady`. */
export class SharedQueue {
  constructor(public token: u32) {}

  /** The queue of this name, made when absent, with this plugin as the one that is told. */
  static register(name: string): SharedQueue | null {
    watchHeldStreams()
    begin(roomFor(changetype<usize>(name)))
    const at = putText(changetype<usize>(name))
    return ok(proxy_register_shared_queue(at, end() - at, words)) ? new SharedQueue(load<u32>(words)) : null
  }

  /** A queue that another plugin registered, or null. An empty VM id means the own one. */
  static resolve(vmId: string, name: string): SharedQueue | null {
    begin(roomFor(changetype<usize>(vmId)) + roomFor(changetype<usize>(name)))
    const vm = putText(changetype<usize>(vmId))
    const at = putText(changetype<usize>(name))
    return ok(proxy_resolve_shared_queue(vm, at - vm, at, end() - at, words)) ? new SharedQueue(load<u32>(words)) : null
  }

  push(item: string): bool {
    begin(roomFor(changetype<usize>(item)))
    const at = putText(changetype<usize>(item))
    return ok(proxy_enqueue_shared_queue(this.token, at, end() - at))
  }

  pushBytes(item: Uint8Array): bool {
    return ok(proxy_enqueue_shared_queue(this.token, item.dataStart, item.length))
  }

  /** The oldest item, or null when the queue is empty. */
  pop(): string | null {
    return ok(proxy_dequeue_shared_queue(this.token, words, words + 4)) ? resultText() : null
  }

  popBytes(): Uint8Array | null {
    return ok(proxy_dequeue_shared_queue(this.token, words, words + 4)) ? resultBytes() : null
  }
}
