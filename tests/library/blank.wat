;; A mebibyte of zeros.
(module
  (memory (export "memory") 16)
  (func (export "touch") (param $value i32)
    (local $at i32)
    (loop $next
      (i32.store (local.get $at) (local.get $value))
      (local.set $at (i32.add (local.get $at) (i32.const 4096)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 1048576)))))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0))))
