;; Stack exhaustion is a trap in every form of recursion, again and again in one
;; program, and leaves nothing behind that later calls stumble over.

(module
  (type $f (func (param i32) (result i64)))
  (table 2 funcref)
  (elem (i32.const 0) $direct $indirect)
  (memory 1)
  (func $direct (export "direct") (param i32) (result i64)
    (i64.add (i64.const 1)
      (call $direct (i32.add (local.get 0) (i32.const 1)))))
  (func $indirect (export "indirect") (param i32) (result i64)
    (i64.add (i64.const 1)
      (call_indirect (type $f) (local.get 0) (i32.const 1))))
  ;; The frame holds what is loaded before the call and used after it.
  (func $wide (export "wide") (param i32) (result i64)
    (local $a i64) (local $b i64) (local $c i64) (local $d i64)
    (local $e f64) (local $g f64) (local $h f64) (local $k f64)
    (local.set $a (i64.load offset=0 (local.get 0)))
    (local.set $b (i64.load offset=8 (local.get 0)))
    (local.set $c (i64.load offset=16 (local.get 0)))
    (local.set $d (i64.load offset=24 (local.get 0)))
    (local.set $e (f64.load offset=32 (local.get 0)))
    (local.set $g (f64.load offset=40 (local.get 0)))
    (local.set $h (f64.load offset=48 (local.get 0)))
    (local.set $k (f64.load offset=56 (local.get 0)))
    (i64.add
      (call $wide (i32.and (i32.add (local.get 0) (i32.const 1))
                           (i32.const 0xfff)))
      (i64.add
        (i64.add (i64.add (local.get $a) (local.get $b))
                 (i64.add (local.get $c) (local.get $d)))
        (i64.reinterpret_f64
          (f64.add (f64.add (local.get $e) (local.get $g))
                   (f64.add (local.get $h) (local.get $k)))))))
  (func (export "depth") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0))
      (then (i32.const 0))
      (else (i32.add (i32.const 1)
        (call 3 (i32.sub (local.get 0) (i32.const 1))))))))

(assert_exhaustion (invoke "direct" (i32.const 0)) "call stack exhausted")
(assert_exhaustion (invoke "indirect" (i32.const 0)) "call stack exhausted")
(assert_exhaustion (invoke "wide" (i32.const 0)) "call stack exhausted")
(assert_return (invoke "depth" (i32.const 10000)) (i32.const 10000))
(assert_exhaustion (invoke "direct" (i32.const 0)) "call stack exhausted")
(assert_exhaustion (invoke "wide" (i32.const 8)) "call stack exhausted")
(assert_return (invoke "depth" (i32.const 10000)) (i32.const 10000))
