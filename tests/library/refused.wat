(module
  (import "env" "table" (table 1 anyref))
  (import "env" "vector" (func (param v128)))
  (import "env" "global" (global (mut (ref extern))))
  (import "env" "hosts" (table 1 externref))
  (import "env" "functions" (table 1 funcref))
  (func (export "f")))
