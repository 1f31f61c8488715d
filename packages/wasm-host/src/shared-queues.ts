/** A queue and whom to tell of a new item. */
interface Queue {
  readonly items: Uint8Array[]
  notify: () => void
}

/** Queues of a process by VM id and name. */
export interface SharedQueues {
  /** Number of the queue, made when absent; whoever registers last is told of new items. */
  register(vmId: string, name: string, notify: () => void): number
  /** Number of an existing queue. */
  resolve(vmId: string, name: string): number | undefined
  /** Appends and tells; false for an unknown number. */
  enqueue(token: number, item: Uint8Array): boolean
  /** The oldest item; `empty` when there is none, undefined for an unknown number. */
  dequeue(token: number): Uint8Array | "empty" | undefined
}

/** No queues; numbers begin at 1. Source: proxy-wasm-cpp-host `shared_queue.cc`. */
export function createSharedQueues(): SharedQueues {
  const tokens = new Map<string, number>()
  const queues = new Map<number, Queue>()
  const key = (vmId: string, name: string): string => `${vmId.length}:${vmId}${name}`
  return {
    register: (vmId, name, notify) => {
      const old = tokens.get(key(vmId, name))
      const queue = old === undefined ? undefined : queues.get(old)
      if (old !== undefined && queue !== undefined) {
        queue.notify = notify
        return old
      }
      const token = queues.size + 1
      tokens.set(key(vmId, name), token)
      queues.set(token, { items: [], notify })
      return token
    },
    resolve: (vmId, name) => tokens.get(key(vmId, name)),
    enqueue: (token, item) => {
      const queue = queues.get(token)
      queue?.items.push(item)
      queue?.notify()
      return queue !== undefined
    },
    dequeue: (token) => {
      const queue = queues.get(token)
      return queue === undefined ? undefined : (queue.items.shift() ?? "empty")
    },
  }
}
