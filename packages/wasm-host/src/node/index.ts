export { type DeadlineOptions, runWithDeadline, type WorkerOutcome } from "./deadline.ts"
