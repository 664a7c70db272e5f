;; Passes on what it imports.
(module
  (import "types_lib" "pair" (func $pair (param i32) (result i32 i64)))
  (import "types_lib" "small" (memory 1))
  (import "types_lib" "base" (global $base i32))
  (export "pair" (func $pair))
  (export "memory" (memory 0))
  (export "base" (global $base)))
