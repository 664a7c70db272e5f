;; Costs the same on all targets: see run_targets.py.
(module
  (memory (export "memory") 1)
  (global $sum (mut i64) (i64.const 0))
  (func $fib (param i32) (result i32)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                     (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
  ;; 11 for each round, and 1 or 2 for the way taken.
  (func $bytes (param $n i32)
    (loop $next
      (i32.store8 (local.get $n)
        (if (result i32) (i32.and (local.get $n) (i32.const 1))
          (then (i32.const 7))
          (else (i32.clz (i32.const 9)))))
      (local.tee $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $next)))
  (start $before)
  (func $before (global.set $sum (i64.const 1)))
  (func (export "_start")
    (drop (call $fib (i32.const 15)))
    (call $bytes (i32.const 1000))
    (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536))))
