;; A swizzle yields 0 for each index of 16 and more. The test for them goes only
;; where the bits of the indices say that there is none.
(module
  (func (export "any") (param v128 v128) (result v128)
    (i8x16.swizzle (local.get 0) (local.get 1)))
  (func (export "five_bits") (param v128 v128) (result v128)
    (i8x16.swizzle (local.get 0)
      (v128.and (local.get 1) (i8x16.splat (i32.const 0x1f)))))
  (func (export "four_bits") (param v128 v128) (result v128)
    (i8x16.swizzle (local.get 0)
      (v128.or (v128.and (local.get 1) (i32x4.splat (i32.const 0x07070707)))
        (i8x16.splat (i32.const 8)))))
  (func (export "up_to_16") (param v128 v128) (result v128)
    (i8x16.swizzle (local.get 0)
      (i8x16.min_u (local.get 1) (i8x16.splat (i32.const 16)))))
  (func (export "up_to_15") (param v128 v128) (result v128)
    (i8x16.swizzle (local.get 0)
      (i8x16.sub_sat_u
        (v128.and (local.get 1) (i8x16.splat (i32.const 0x3f)))
        (i8x16.splat (i32.const 48)))))
  (func (export "one_wide_lane") (param v128 v128) (result v128)
    (i8x16.swizzle (local.get 0)
      (v128.and (local.get 1) (v128.const i32x4 0x0f0f0f0f 0x0f0f0f0f 0x1f0f0f0f 0x0f0f0f0f))))
  (func (export "shifted_words") (param v128 v128) (result v128)
    (i8x16.swizzle (local.get 0) (i16x8.shr_u (local.get 1) (i32.const 4))))
  (func (export "shifted_bytes") (param v128 v128) (result v128)
    (i8x16.swizzle (local.get 0) (i8x16.shr_u (local.get 1) (i32.const 4)))))

(assert_return (invoke "any"
    (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
    (v128.const i8x16 0 15 16 17 0x70 0x7f 0x80 0x8f 0x90 0xff 1 2 3 4 5 6))
  (v128.const i8x16 1 16 0 0 0 0 0 0 0 0 2 3 4 5 6 7))
(assert_return (invoke "five_bits"
    (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
    (v128.const i8x16 0 15 16 31 32 47 48 63 0xe1 0xff 1 2 3 4 5 6))
  (v128.const i8x16 1 16 0 0 1 16 0 0 2 0 2 3 4 5 6 7))
(assert_return (invoke "four_bits"
    (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
    (v128.const i8x16 0 15 16 31 32 47 48 63 0xe1 0xff 1 2 3 4 5 6))
  (v128.const i8x16 9 16 9 16 9 16 9 16 10 16 10 11 12 13 14 15))
(assert_return (invoke "up_to_16"
    (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
    (v128.const i8x16 0 15 16 31 32 47 48 63 0xe1 0xff 1 2 3 4 5 6))
  (v128.const i8x16 1 16 0 0 0 0 0 0 0 0 2 3 4 5 6 7))
(assert_return (invoke "up_to_15"
    (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
    (v128.const i8x16 0 48 49 63 64 112 0xff 0xf0 0xf1 1 50 51 52 53 54 55))
  (v128.const i8x16 1 1 2 16 1 1 16 1 2 1 3 4 5 6 7 8))
(assert_return (invoke "one_wide_lane"
    (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
    (v128.const i8x16 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1))
  (v128.const i8x16 16 16 16 16 16 16 16 16 16 16 16 0 16 16 16 16))
(assert_return (invoke "shifted_words"
    (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
    (v128.const i16x8 0x0010 0x0120 0x00ff 0xffff 0 0 0 0))
  (v128.const i8x16 2 1 0 1 16 1 0 16 1 1 1 1 1 1 1 1))
(assert_return (invoke "shifted_bytes"
    (v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)
    (v128.const i16x8 0x0010 0x0120 0x00ff 0xffff 0 0 0 0))
  (v128.const i8x16 2 1 3 1 16 1 16 16 1 1 1 1 1 1 1 1))
