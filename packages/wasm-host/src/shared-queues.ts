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

/** No queues; numbers begin at 1. Source: proxy-wasm-cpp-host `shared_queue.cc`. @param keep told how many bytes more are kept, or fewer */
export function createSharedQueues(keep: (bytes: number) => void): SharedQueues {
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
      keep(name.length + 64)
      const token = queues.size + 1
      tokens.set(key(vmId, name), token)
      queues.set(token, { items: [], notify })
      return token
    },
    resolve: (vmId, name) => tokens.get(key(vmId, name)),
    enqueue: (token, item) => {
      const queue = queues.get(token)
      if (queue === undefined) return false
      keep(item.length + 64)
      queue.items.push(item)
      queue.notify()
      return true
    },
    dequeue: (token) => {
      const queue = queues.get(token)
      if (queue === undefined) return undefined
      const item = queue.items.shift()
      if (item !== undefined) keep(-item.length - 64)
      return item ?? "empty"
    },
  }
}
