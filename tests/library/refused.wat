(module
  (import "env" "table" (table 1 funcref))
  (import "env" "vector" (func (param v128)))
  (import "env" "global" (global externref))
  (func (export "f")))
