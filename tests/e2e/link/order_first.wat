;; Its start function comes before the segments of the module that imports it.
(module
  (memory (export "memory") 1)
  (table (export "table") 3 funcref)
  (global $seen (mut i32) (i32.const 0))
  (data (i32.const 0) "\01\02")
  (func $here (result i32) (i32.const 5))
  (elem (i32.const 0) func $here $here)
  (start $run)
  (func $run
    ;; Of the other module's, nothing is here yet: 0x0201, a null.
    (global.set $seen
      (i32.or (i32.load (i32.const 0))
              (i32.shl (ref.is_null (table.get (i32.const 2)))
                       (i32.const 24))))
    (i32.store8 (i32.const 1) (i32.const 0x77))
    (i32.store8 (i32.const 2) (i32.const 0x66)))
  (func (export "seen") (result i32) (global.get $seen)))
