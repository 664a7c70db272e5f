(module
  (import "env" "table" (table 1 funcref))
  (import "env" "vector" (func (param v128)))
  (import "env" "global" (global (mut funcref)))
  (import "env" "hosts" (table 1 externref))
  (func (export "f")))
