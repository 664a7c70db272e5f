;; A vector load whose value nobody uses still traps, and so does one of which
;; only lanes are used that come from elsewhere.
(module
  (memory 1)
  (func (export "drop") (param i32) (drop (v128.load (local.get 0))))
  (func (export "drop_extended") (param i32)
    (drop (v128.load8x8_u (local.get 0))))
  (func (export "drop_splat") (param i32)
    (drop (v128.load32_splat (local.get 0))))
  (func (export "overwritten_lane") (param i32) (result i32)
    (i8x16.extract_lane_u 3
      (i8x16.replace_lane 3
        (v128.load8_lane 3 (local.get 0) (v128.const i64x2 0 0))
        (i32.const 7))))
  (func (export "shuffled_away") (param i32) (result v128)
    (i8x16.shuffle 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
      (v128.load (local.get 0))
      (v128.const i64x2 1 2)))
  (func (export "masked") (param i32) (result v128)
    (v128.and (v128.load (local.get 0)) (v128.const i64x2 0 0))))

(assert_return (invoke "drop" (i32.const 65520)))
(assert_trap (invoke "drop" (i32.const 65521)) "out of bounds memory access")
(assert_trap (invoke "drop_extended" (i32.const 65529)) "out of bounds memory access")
(assert_trap (invoke "drop_splat" (i32.const 65533)) "out of bounds memory access")
(assert_return (invoke "overwritten_lane" (i32.const 65535)) (i32.const 7))
(assert_trap (invoke "overwritten_lane" (i32.const 65536)) "out of bounds memory access")
(assert_return (invoke "shuffled_away" (i32.const 65520)) (v128.const i64x2 1 2))
(assert_trap (invoke "shuffled_away" (i32.const 65521)) "out of bounds memory access")
(assert_trap (invoke "masked" (i32.const 65521)) "out of bounds memory access")
