;; Indices that are computed in vectors and taken out lane by lane.

(module
  (memory 1)
  (func (export "fill") (param $i i32)
    (loop $next
      (i32.store (i32.shl (local.get $i) (i32.const 2))
        (i32.mul (local.get $i) (i32.const 0x9e3779b1)))
      (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1))))))
  ;; The sum of words 20 i + 5 and 20 (i + 1) + 5 for each second i.
  (func (export "gather") (param $n i32) (result i32)
    (local $at v128) (local $place v128) (local $sum i32)
    (local.set $at (v128.const i32x4 0 1 2 3))
    (loop $next
      (local.set $place (i32x4.add (v128.const i32x4 5 5 9 9)
        (i32x4.mul (local.get $at) (v128.const i32x4 20 20 20 20))))
      (local.set $sum (i32.add (local.get $sum)
        (i32.add
          (i32.load (i32.shl (i32x4.extract_lane 0 (local.get $place))
            (i32.const 2)))
          (i32.load (i32.shl (i32x4.extract_lane 1 (local.get $place))
            (i32.const 2))))))
      (local.set $at (i32x4.add (local.get $at) (v128.const i32x4 2 2 4 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  ;; The counter itself is used after the loop: all its lanes.
  (func (export "counter") (param $n i32) (param $from i32) (result i32)
    (local $at v128) (local $sum i32)
    (local.set $at (i32x4.splat (local.get $from)))
    (loop $next
      (local.set $sum (i32.add (local.get $sum)
        (i32x4.extract_lane 3 (i32x4.shl (local.get $at) (i32.const 3)))))
      (local.set $at (i32x4.add (local.get $at)
        (v128.const i32x4 1 -2 3 0x7fffffff)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.add (local.get $sum)
      (i32.add (i32x4.extract_lane 0 (local.get $at))
        (i32.add (i32x4.extract_lane 1 (local.get $at))
          (i32x4.extract_lane 2 (local.get $at))))))
  ;; Lanes that wrap around.
  (func (export "narrow") (param $n i32) (result i32)
    (local $at v128) (local $sum i32)
    (local.set $at (v128.const i16x8 65530 1 2 3 4 5 6 7))
    (loop $next
      (local.set $sum (i32.add (local.get $sum)
        (i16x8.extract_lane_s 0
          (i16x8.mul (local.get $at) (v128.const i16x8 300 1 1 1 1 1 1 1)))))
      (local.set $at (i16x8.add (local.get $at)
        (v128.const i16x8 1 1 1 1 1 1 1 1)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))

(invoke "fill" (i32.const 5000))
(assert_return (invoke "gather" (i32.const 1)) (i32.const 0x8a8042be))
(assert_return (invoke "gather" (i32.const 2)) (i32.const 0x86568ccc))
(assert_return (invoke "gather" (i32.const 3)) (i32.const 0xf382de2a))
(assert_return (invoke "gather" (i32.const 50)) (i32.const 0x61b606ec))
(assert_return (invoke "counter" (i32.const 1) (i32.const 0x5))
  (i32.const 0x39))
(assert_return (invoke "counter" (i32.const 2) (i32.const 0xffffffff))
  (i32.const 0xffffffe9))
(assert_return (invoke "counter" (i32.const 7) (i32.const 0x1e240))
  (i32.const 0x6f2426))
(assert_return (invoke "counter" (i32.const 40) (i32.const 0x80000000))
  (i32.const 0x7fffe7f0))
(assert_return (invoke "narrow" (i32.const 1)) (i32.const 0xfffff8f8))
(assert_return (invoke "narrow" (i32.const 6)) (i32.const 0xffffe764))
(assert_return (invoke "narrow" (i32.const 7)) (i32.const 0xffffe764))
(assert_return (invoke "narrow" (i32.const 300)) (i32.const 0xd1138))
