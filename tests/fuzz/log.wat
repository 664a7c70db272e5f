;; What modules of `wasm-opt --translate-to-fuzz` report to, as one number.
(module
  (global $hash (mut i64) (i64.const 0))
  (func $add (param i64)
    (global.set $hash
      (i64.add (i64.mul (i64.rotl (global.get $hash) (i64.const 7))
                        (i64.const 0x9e3779b97f4a7c15))
               (local.get 0))))
  (func (export "log-i32") (param i32)
    (call $add (i64.extend_i32_u (local.get 0))))
  (func (export "log-i64") (param i64) (call $add (local.get 0)))
  (func (export "log-f32") (param f32)
    (call $add (i64.extend_i32_u (i32.reinterpret_f32 (local.get 0)))))
  (func (export "log-f64") (param f64)
    (call $add (i64.reinterpret_f64 (local.get 0))))
  (func (export "log-v128") (param v128)
    (call $add (i64x2.extract_lane 0 (local.get 0)))
    (call $add (i64x2.extract_lane 1 (local.get 0))))
  (func (export "hash") (result i64) (global.get $hash)))
