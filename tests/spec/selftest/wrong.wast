;; Every assertion here is false, every module but the last two is right: the
;; runner must fail exactly the former.

(module $m
  (memory (export "memory") 1)
  (table (export "table") 3 funcref)
  (global (export "global") i32 (i32.const 7))
  (elem (i32.const 0) $one)
  (func $one (export "one") (result i32) (i32.const 1))
  (func (export "long") (result i64) (i64.const 1))
  (func (export "two") (result i32 f64) (i32.const 1) (f64.const 2))
  (func (export "nan") (result f32) (f32.const nan:0x200000))
  (func (export "negative") (result f64) (f64.const -0x0p+0))
  (func (export "same") (param externref) (result externref) (local.get 0))
  (func (export "function") (result funcref) (table.get (i32.const 0)))
  (func (export "null") (result funcref) (ref.null func))
  (func (export "divide") (param i32) (result i32)
    (i32.div_u (i32.const 1) (local.get 0)))
  (func (export "forever") (call 9))
)
(register "m" $m)

;; results
(assert_return (invoke "one") (i32.const 2))
(assert_return (invoke "one") (i64.const 1))
(assert_return (invoke "one"))
(assert_return (invoke "long") (i64.const 0x100000001))
(assert_return (invoke "two") (i32.const 1) (f64.const 3))
(assert_return (invoke "two") (i32.const 2) (f64.const 2))
(assert_return (invoke "nan") (f32.const nan:canonical))
(assert_return (invoke "nan") (f32.const nan:arithmetic))
(assert_return (invoke "negative") (f64.const 0))
(assert_return (invoke "same" (ref.extern 1)) (ref.extern 2))
(assert_return (invoke "same" (ref.extern 0)) (ref.null extern))
(assert_return (invoke "function") (ref.null))
(assert_return (invoke "null") (ref.func))
(assert_return (get "global") (i32.const 8))
(assert_return (get "no such global") (i32.const 8))

;; traps
(assert_return (invoke "divide" (i32.const 0)) (i32.const 0))
(invoke "divide" (i32.const 0))
(assert_trap (invoke "divide" (i32.const 1)) "integer divide by zero")
(assert_trap (invoke "divide" (i32.const 0)) "integer overflow")
(assert_exhaustion (invoke "one") "call stack exhausted")

;; modules
(assert_invalid (module (func)) "type mismatch")
(assert_malformed (module quote "(func)") "unexpected token")
(assert_malformed (module binary "\00asm\01\00\00\00") "unexpected end")
(assert_unlinkable (module (import "m" "memory" (memory 1))) "too small")
(assert_trap (module (func $f) (start $f)) "unreachable")
(module (func (result i32)))
(module (import "m" "table" (table 4 funcref)))

;; and these are right
(assert_return (invoke $m "one") (i32.const 1))
(assert_return (invoke $m "same" (ref.extern 5)) (ref.extern 5))
(assert_trap (invoke $m "divide" (i32.const 0)) "integer divide by zero")
