;; Sums that a producer unrolled: the proven version of such a loop may be rolled
;; up again (codegen/reroll_loops.cpp). What looks alike but is not must stay.
;; The bytes are random, the results those of a plain loop over them.
(module
  (memory (export "memory") 1)
  (data (i32.const 256)
    "\a5\4d\ca\18\25\30\bb\1d\6d\13\2c\de\d6\23\7b\2e"
    "\d9\1e\3f\72\1f\cb\19\71\17\44\94\d6\49\3c\9d\5c"
    "\34\60\be\31\20\1e\69\fe\da\a0\ee\e8\b9\99\7f\5c"
    "\7c\29\99\fd\af\e5\93\25\3c\d6\54\af\4d\fa\d7\14"
    "\27\a0\ae\b3\fe\e9\23\2f\8a\f2\21\1f\9e\e4\91\c5"
    "\b1\0b\ec\b5\56\3b\fc\1e\6f\93\42\7e\cb\c8\fe\29"
    "\55\e5\cd\8e\46\dc\8e\d4\b7\c2\76\4d\2a\5a\4d\76"
    "\77\06\f8\5d\86\90\02\4a\d6\bd\a3\40\1b\e9\c8\cb"
  )

  ;; Four neighbours, the last one first.
  (func (export "four") (param $at i32) (param $n i32) (param $sum i32) (result i32)
    (loop $next
      (local.set $sum 
        (i32.add 
        (i32.add 
        (i32.add 
        (i32.add (local.get $sum) (i32.load8_u offset=3 (local.get $at))) (i32.load8_u (local.get $at))) (i32.load8_u offset=1 (local.get $at))) (i32.load8_u offset=2 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; Whole words.
  (func (export "words") (param $at i32) (param $n i32) (param $sum i32) (result i32)
    (loop $next
      (local.set $sum 
        (i32.add 
        (i32.add (local.get $sum) (i32.load (local.get $at))) (i32.load offset=4 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; A product of two arrays.
  (func (export "dot") (param $at i32) (param $n i32) (param $sum i32) (result i32)
    (loop $next
      (local.set $sum 
        (i32.add 
        (i32.add (local.get $sum) (i32.mul (i32.load16_s (local.get $at)) (i32.load16_s offset=64 (local.get $at)))) (i32.mul (i32.load16_s offset=2 (local.get $at)) (i32.load16_s offset=66 (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; Not a product of two arrays: the second runs the other way.
  (func (export "dot_crossed") (param $at i32) (param $n i32) (param $sum i32) (result i32)
    (loop $next
      (local.set $sum 
        (i32.add 
        (i32.add (local.get $sum) (i32.mul (i32.load16_s (local.get $at)) (i32.load16_s offset=66 (local.get $at)))) (i32.mul (i32.load16_s offset=2 (local.get $at)) (i32.load16_s offset=64 (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; The same product, its factors exchanged in one term.
  (func (export "dot_exchanged") (param $at i32) (param $n i32) (param $sum i32) (result i32)
    (loop $next
      (local.set $sum 
        (i32.add 
        (i32.add (local.get $sum) (i32.mul (i32.load16_s (local.get $at)) (i32.load16_s offset=64 (local.get $at)))) (i32.mul (i32.load16_s offset=66 (local.get $at)) (i32.load16_s offset=2 (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; A gap: not neighbours.
  (func (export "gap") (param $at i32) (param $n i32) (param $sum i32) (result i32)
    (loop $next
      (local.set $sum 
        (i32.add 
        (i32.add 
        (i32.add 
        (i32.add (local.get $sum) (i32.load8_u (local.get $at))) (i32.load8_u offset=1 (local.get $at))) (i32.load8_u offset=2 (local.get $at))) (i32.load8_u offset=4 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; One of them twice.
  (func (export "twice") (param $at i32) (param $n i32) (param $sum i32) (result i32)
    (loop $next
      (local.set $sum 
        (i32.add 
        (i32.add 
        (i32.add 
        (i32.add (local.get $sum) (i32.load8_u (local.get $at))) (i32.load8_u offset=1 (local.get $at))) (i32.load8_u offset=1 (local.get $at))) (i32.load8_u offset=3 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; An iteration advances by less than it reads.
  (func (export "overlapping") (param $at i32) (param $n i32) (param $sum i32) (result i32)
    (loop $next
      (local.set $sum 
        (i32.add 
        (i32.add 
        (i32.add 
        (i32.add (local.get $sum) (i32.load8_u (local.get $at))) (i32.load8_u offset=1 (local.get $at))) (i32.load8_u offset=2 (local.get $at))) (i32.load8_u offset=3 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 2)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; Extended in different ways.
  (func (export "signs") (param $at i32) (param $n i32) (param $sum i32) (result i32)
    (loop $next
      (local.set $sum 
        (i32.add 
        (i32.add (local.get $sum) (i32.load8_u (local.get $at))) (i32.load8_s offset=1 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 2)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; One term is subtracted.
  (func (export "subtracted") (param $at i32) (param $n i32) (param $sum i32) (result i32)
    (loop $next
      (local.set $sum (i32.sub (i32.add (local.get $sum) (i32.load8_u (local.get $at))) (i32.load8_u offset=1 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 2)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; The sum is scaled in between.
  (func (export "scaled") (param $at i32) (param $n i32) (param $sum i32) (result i32)
    (loop $next
      (local.set $sum (i32.add (i32.mul (i32.add (local.get $sum) (i32.load8_u (local.get $at))) (i32.const 3)) (i32.load8_u offset=1 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 2)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; Terms that differ in a constant.
  (func (export "constants") (param $at i32) (param $n i32) (param $sum i32) (result i32)
    (loop $next
      (local.set $sum 
        (i32.add 
        (i32.add (local.get $sum) (i32.mul (i32.load8_u (local.get $at)) (i32.const 3))) (i32.mul (i32.load8_u offset=1 (local.get $at)) (i32.const 5))))
      (local.set $at (i32.add (local.get $at) (i32.const 2)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; Comparisons counted.
  (func (export "count") (param $at i32) (param $n i32) (param $sum i32) (result i32)
    (loop $next
      (local.set $sum 
        (i32.add 
        (i32.add 
        (i32.add 
        (i32.add (local.get $sum) (i32.gt_u (i32.load8_u (local.get $at)) (i32.const 100))) (i32.gt_u (i32.load8_u offset=1 (local.get $at)) (i32.const 100))) (i32.gt_u (i32.load8_u offset=2 (local.get $at)) (i32.const 100))) (i32.gt_u (i32.load8_u offset=3 (local.get $at)) (i32.const 100))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; Bits, from a narrow and from a wide start.
  (func (export "xor") (param $at i32) (param $n i32) (param $sum i32) (result i32)
    (loop $next
      (local.set $sum 
        (i32.xor 
        (i32.xor (local.get $sum) (i32.load8_u (local.get $at))) (i32.load8_u offset=1 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 2)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; The largest byte, from a start that may be larger than any.
  (func (export "max_u") (param $at i32) (param $n i32) (param $sum i32) (result i32) (local $x i32)
    (loop $next
      (local.set $x (i32.load8_u (local.get $at)))
      (local.set $sum (select (local.get $x) (local.get $sum) (i32.gt_u (local.get $x) (local.get $sum))))
      (local.set $x (i32.load8_u offset=1 (local.get $at)))
      (local.set $sum (select (local.get $x) (local.get $sum) (i32.gt_u (local.get $x) (local.get $sum))))
      (local.set $x (i32.load8_u offset=2 (local.get $at)))
      (local.set $sum (select (local.get $x) (local.get $sum) (i32.gt_u (local.get $x) (local.get $sum))))
      (local.set $x (i32.load8_u offset=3 (local.get $at)))
      (local.set $sum (select (local.get $x) (local.get $sum) (i32.gt_u (local.get $x) (local.get $sum))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func (export "max_s") (param $at i32) (param $n i32) (param $sum i32) (result i32) (local $x i32)
    (loop $next
      (local.set $x (i32.load8_s (local.get $at)))
      (local.set $sum (select (local.get $x) (local.get $sum) (i32.gt_s (local.get $x) (local.get $sum))))
      (local.set $x (i32.load8_s offset=1 (local.get $at)))
      (local.set $sum (select (local.get $x) (local.get $sum) (i32.gt_s (local.get $x) (local.get $sum))))
      (local.set $x (i32.load8_s offset=2 (local.get $at)))
      (local.set $sum (select (local.get $x) (local.get $sum) (i32.gt_s (local.get $x) (local.get $sum))))
      (local.set $x (i32.load8_s offset=3 (local.get $at)))
      (local.set $sum (select (local.get $x) (local.get $sum) (i32.gt_s (local.get $x) (local.get $sum))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func (export "max_mixed") (param $at i32) (param $n i32) (param $sum i32) (result i32) (local $x i32)
    (loop $next
      (local.set $x (i32.load8_u (local.get $at)))
      (local.set $sum (select (local.get $x) (local.get $sum) (i32.gt_s (local.get $x) (local.get $sum))))
      (local.set $x (i32.load8_u offset=1 (local.get $at)))
      (local.set $sum (select (local.get $x) (local.get $sum) (i32.gt_s (local.get $x) (local.get $sum))))
      (local.set $x (i32.load8_u offset=2 (local.get $at)))
      (local.set $sum (select (local.get $x) (local.get $sum) (i32.gt_s (local.get $x) (local.get $sum))))
      (local.set $x (i32.load8_u offset=3 (local.get $at)))
      (local.set $sum (select (local.get $x) (local.get $sum) (i32.gt_s (local.get $x) (local.get $sum))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func (export "min_u") (param $at i32) (param $n i32) (param $sum i32) (result i32) (local $x i32)
    (loop $next
      (local.set $x (i32.load8_u (local.get $at)))
      (local.set $sum (select (local.get $x) (local.get $sum) (i32.lt_u (local.get $x) (local.get $sum))))
      (local.set $x (i32.load8_u offset=1 (local.get $at)))
      (local.set $sum (select (local.get $x) (local.get $sum) (i32.lt_u (local.get $x) (local.get $sum))))
      (local.set $x (i32.load8_u offset=2 (local.get $at)))
      (local.set $sum (select (local.get $x) (local.get $sum) (i32.lt_u (local.get $x) (local.get $sum))))
      (local.set $x (i32.load8_u offset=3 (local.get $at)))
      (local.set $sum (select (local.get $x) (local.get $sum) (i32.lt_u (local.get $x) (local.get $sum))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; As a C function does it, from 0.
  (func (export "max_0") (param $at i32) (param $n i32) (result i32) (local $sum i32) (local $x i32)
    (loop $next
      (local.set $x (i32.load8_u (local.get $at)))
      (local.set $sum (select (local.get $x) (local.get $sum) (i32.gt_u (local.get $x) (local.get $sum))))
      (local.set $x (i32.load8_u offset=1 (local.get $at)))
      (local.set $sum (select (local.get $x) (local.get $sum) (i32.gt_u (local.get $x) (local.get $sum))))
      (local.set $at (i32.add (local.get $at) (i32.const 2)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; Two sums at once, one of which is needed in the middle, and where it ended.
  (func (export "two") (param $at i32) (param $n i32) (result i32 i32 i32) (local $sum i32) (local $bits i32)
    (loop $next
      (local.set $sum (i32.add (i32.add (local.get $sum) (i32.load8_u (local.get $at))) (i32.load8_u offset=1 (local.get $at))))
      (local.set $bits (i32.or (i32.or (local.get $bits) (i32.load8_u (local.get $at))) (i32.load8_u offset=1 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 2)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum) (local.get $bits) (local.get $at))

  ;; The last term itself, and a sum of sums.
  (func (export "last") (param $at i32) (param $n i32) (result i32 i32 i32) (local $sum i32) (local $sums i32) (local $x i32)
    (loop $next
      (local.set $sum (i32.add (i32.add (local.get $sum) (i32.load8_u (local.get $at)))
        (local.tee $x (i32.load8_u offset=1 (local.get $at)))))
      (local.set $sums (i32.add (local.get $sums) (local.get $sum)))
      (local.set $at (i32.add (local.get $at) (i32.const 2)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum) (local.get $sums) (local.get $x))
)
(assert_return (invoke "four" (i32.const 256) (i32.const 1) (i32.const 0x0)) (i32.const 0x000001d4))
(assert_return (invoke "four" (i32.const 256) (i32.const 8) (i32.const 0x5)) (i32.const 0x00000c91))
(assert_return (invoke "four" (i32.const 258) (i32.const 13) (i32.const 0x0)) (i32.const 0x0000180e))
(assert_return (invoke "four" (i32.const 256) (i32.const 25) (i32.const 0xfffffff0)) (i32.const 0x000031fd))
(assert_return (invoke "words" (i32.const 256) (i32.const 1) (i32.const 0x0)) (i32.const 0x36857dca))
(assert_return (invoke "words" (i32.const 256) (i32.const 16) (i32.const 0x7)) (i32.const 0xd6ded8ff))
(assert_return (invoke "words" (i32.const 260) (i32.const 12) (i32.const 0x0)) (i32.const 0x715a543e))
(assert_return (invoke "dot" (i32.const 256) (i32.const 1) (i32.const 0x0)) (i32.const 0xdb8a0b6f))
(assert_return (invoke "dot" (i32.const 256) (i32.const 16) (i32.const 0x9)) (i32.const 0x77b462af))
(assert_return (invoke "dot" (i32.const 258) (i32.const 15) (i32.const 0x0)) (i32.const 0x9906a98b))
(assert_return (invoke "dot_crossed" (i32.const 256) (i32.const 1) (i32.const 0x0)) (i32.const 0xdf922bec))
(assert_return (invoke "dot_crossed" (i32.const 256) (i32.const 16) (i32.const 0x9)) (i32.const 0xbc461c18))
(assert_return (invoke "dot_exchanged" (i32.const 256) (i32.const 1) (i32.const 0x0)) (i32.const 0xdb8a0b6f))
(assert_return (invoke "dot_exchanged" (i32.const 256) (i32.const 16) (i32.const 0x9)) (i32.const 0x77b462af))
(assert_return (invoke "gap" (i32.const 256) (i32.const 1) (i32.const 0x0)) (i32.const 0x000001e1))
(assert_return (invoke "gap" (i32.const 256) (i32.const 8) (i32.const 0x5)) (i32.const 0x00000c2f))
(assert_return (invoke "gap" (i32.const 258) (i32.const 13) (i32.const 0x0)) (i32.const 0x00001a25))
(assert_return (invoke "gap" (i32.const 256) (i32.const 25) (i32.const 0xfffffff0)) (i32.const 0x00003205))
(assert_return (invoke "twice" (i32.const 256) (i32.const 1) (i32.const 0x0)) (i32.const 0x00000157))
(assert_return (invoke "twice" (i32.const 256) (i32.const 8) (i32.const 0x5)) (i32.const 0x00000af8))
(assert_return (invoke "twice" (i32.const 258) (i32.const 13) (i32.const 0x0)) (i32.const 0x00001902))
(assert_return (invoke "twice" (i32.const 256) (i32.const 25) (i32.const 0xfffffff0)) (i32.const 0x0000307b))
(assert_return (invoke "overlapping" (i32.const 256) (i32.const 1) (i32.const 0x0)) (i32.const 0x000001d4))
(assert_return (invoke "overlapping" (i32.const 256) (i32.const 8) (i32.const 0x5)) (i32.const 0x00000c64))
(assert_return (invoke "overlapping" (i32.const 258) (i32.const 13) (i32.const 0x0)) (i32.const 0x000013db))
(assert_return (invoke "overlapping" (i32.const 256) (i32.const 25) (i32.const 0xfffffff0)) (i32.const 0x00002c40))
(assert_return (invoke "signs" (i32.const 256) (i32.const 1) (i32.const 0x0)) (i32.const 0x000000f2))
(assert_return (invoke "signs" (i32.const 256) (i32.const 8) (i32.const 0x5)) (i32.const 0x00000532))
(assert_return (invoke "signs" (i32.const 258) (i32.const 13) (i32.const 0x0)) (i32.const 0x0000071c))
(assert_return (invoke "signs" (i32.const 256) (i32.const 25) (i32.const 0xfffffff0)) (i32.const 0x00000ec6))
(assert_return (invoke "subtracted" (i32.const 256) (i32.const 1) (i32.const 0x0)) (i32.const 0x00000058))
(assert_return (invoke "subtracted" (i32.const 256) (i32.const 8) (i32.const 0x5)) (i32.const 0x0000024a))
(assert_return (invoke "subtracted" (i32.const 258) (i32.const 13) (i32.const 0x0)) (i32.const 0x00000102))
(assert_return (invoke "subtracted" (i32.const 256) (i32.const 25) (i32.const 0xfffffff0)) (i32.const 0x0000023c))
(assert_return (invoke "scaled" (i32.const 256) (i32.const 1) (i32.const 0x0)) (i32.const 0x0000023c))
(assert_return (invoke "scaled" (i32.const 256) (i32.const 8) (i32.const 0x5)) (i32.const 0x001c24d8))
(assert_return (invoke "scaled" (i32.const 258) (i32.const 13) (i32.const 0x0)) (i32.const 0x185fc692))
(assert_return (invoke "scaled" (i32.const 256) (i32.const 25) (i32.const 0xfffffff0)) (i32.const 0xbf8597f8))
(assert_return (invoke "constants" (i32.const 256) (i32.const 1) (i32.const 0x0)) (i32.const 0x00000370))
(assert_return (invoke "constants" (i32.const 256) (i32.const 8) (i32.const 0x5)) (i32.const 0x00001674))
(assert_return (invoke "constants" (i32.const 258) (i32.const 13) (i32.const 0x0)) (i32.const 0x0000276e))
(assert_return (invoke "constants" (i32.const 256) (i32.const 25) (i32.const 0xfffffff0)) (i32.const 0x000054fc))
(assert_return (invoke "count" (i32.const 256) (i32.const 1) (i32.const 0x0)) (i32.const 0x00000002))
(assert_return (invoke "count" (i32.const 256) (i32.const 8) (i32.const 0x5)) (i32.const 0x00000013))
(assert_return (invoke "count" (i32.const 258) (i32.const 13) (i32.const 0x0)) (i32.const 0x0000001c))
(assert_return (invoke "count" (i32.const 256) (i32.const 25) (i32.const 0xfffffff0)) (i32.const 0x0000002a))
(assert_return (invoke "xor" (i32.const 256) (i32.const 1) (i32.const 0x0)) (i32.const 0x000000e8))
(assert_return (invoke "xor" (i32.const 256) (i32.const 8) (i32.const 0x5)) (i32.const 0x000000a0))
(assert_return (invoke "xor" (i32.const 258) (i32.const 13) (i32.const 0x0)) (i32.const 0x0000006a))
(assert_return (invoke "xor" (i32.const 256) (i32.const 25) (i32.const 0xfffffff0)) (i32.const 0xffffff9e))
(assert_return (invoke "max_u" (i32.const 256) (i32.const 1) (i32.const 0x0)) (i32.const 0x000000ca))
(assert_return (invoke "max_u" (i32.const 256) (i32.const 8) (i32.const 0x5)) (i32.const 0x000000de))
(assert_return (invoke "max_u" (i32.const 258) (i32.const 13) (i32.const 0x0)) (i32.const 0x000000fe))
(assert_return (invoke "max_u" (i32.const 256) (i32.const 25) (i32.const 0xfffffff0)) (i32.const 0xfffffff0))
(assert_return (invoke "max_u" (i32.const 256) (i32.const 9) (i32.const 0x12c)) (i32.const 0x0000012c))
(assert_return (invoke "max_s" (i32.const 256) (i32.const 1) (i32.const 0x0)) (i32.const 0x0000004d))
(assert_return (invoke "max_s" (i32.const 256) (i32.const 8) (i32.const 0x5)) (i32.const 0x0000007b))
(assert_return (invoke "max_s" (i32.const 258) (i32.const 13) (i32.const 0x0)) (i32.const 0x0000007f))
(assert_return (invoke "max_s" (i32.const 256) (i32.const 25) (i32.const 0xfffffff0)) (i32.const 0x0000007f))
(assert_return (invoke "max_s" (i32.const 256) (i32.const 9) (i32.const 0x12c)) (i32.const 0x0000012c))
(assert_return (invoke "max_mixed" (i32.const 256) (i32.const 1) (i32.const 0x0)) (i32.const 0x000000ca))
(assert_return (invoke "max_mixed" (i32.const 256) (i32.const 8) (i32.const 0x5)) (i32.const 0x000000de))
(assert_return (invoke "max_mixed" (i32.const 258) (i32.const 13) (i32.const 0x0)) (i32.const 0x000000fe))
(assert_return (invoke "max_mixed" (i32.const 256) (i32.const 25) (i32.const 0xfffffff0)) (i32.const 0x000000fe))
(assert_return (invoke "max_mixed" (i32.const 256) (i32.const 9) (i32.const 0x12c)) (i32.const 0x0000012c))
(assert_return (invoke "min_u" (i32.const 256) (i32.const 1) (i32.const 0x0)) (i32.const 0x00000000))
(assert_return (invoke "min_u" (i32.const 256) (i32.const 8) (i32.const 0x5)) (i32.const 0x00000005))
(assert_return (invoke "min_u" (i32.const 258) (i32.const 13) (i32.const 0x0)) (i32.const 0x00000000))
(assert_return (invoke "min_u" (i32.const 256) (i32.const 25) (i32.const 0xfffffff0)) (i32.const 0x0000000b))
(assert_return (invoke "min_u" (i32.const 256) (i32.const 9) (i32.const 0x12c)) (i32.const 0x00000013))
(assert_return (invoke "max_0" (i32.const 256) (i32.const 1)) (i32.const 165))
(assert_return (invoke "two" (i32.const 256) (i32.const 1)) (i32.const 242) (i32.const 237) (i32.const 258))
(assert_return (invoke "last" (i32.const 256) (i32.const 1)) (i32.const 242) (i32.const 242) (i32.const 77))
(assert_return (invoke "max_0" (i32.const 256) (i32.const 9)) (i32.const 222))
(assert_return (invoke "two" (i32.const 256) (i32.const 9)) (i32.const 1828) (i32.const 255) (i32.const 274))
(assert_return (invoke "last" (i32.const 256) (i32.const 9)) (i32.const 1828) (i32.const 8913) (i32.const 30))
(assert_return (invoke "max_0" (i32.const 257) (i32.const 31)) (i32.const 254))
(assert_return (invoke "two" (i32.const 257) (i32.const 31)) (i32.const 7494) (i32.const 255) (i32.const 319))
(assert_return (invoke "last" (i32.const 257) (i32.const 31)) (i32.const 7494) (i32.const 106253) (i32.const 215))
;; Reaches the end of the memory, and one byte more.
(assert_return (invoke "four" (i32.const 65496) (i32.const 10) (i32.const 1)) (i32.const 1))
(assert_trap (invoke "four" (i32.const 65497) (i32.const 10) (i32.const 1)) "out of bounds memory access")
;; The address wraps on the way.
(assert_trap (invoke "four" (i32.const -20) (i32.const 10) (i32.const 1)) "out of bounds memory access")
