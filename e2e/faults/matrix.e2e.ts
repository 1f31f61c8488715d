// Each defect of the matrix on a real Envoy under load, put into a running gateway and there from the start: it is attributed
// to its object, and what it does not concern does not notice.
import { testCells } from "./cells.ts"
import { defects } from "./matrix.ts"

testCells(defects)
