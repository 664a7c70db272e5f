;; Stores that a producer unrolled: the proven version of such a loop may be
;; rolled up again (codegen/reroll_loops.cpp), where it may also leave in the
;; middle. What looks alike but is not must stay.

(module
  (memory (export "memory") 1)

  (func (export "get") (param i32) (result i32) (i32.load (local.get 0)))
  ;; 1, 2, 3 … in all words up to 4096, 0 behind.
  (func (export "reset") (local $i i32)
    (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536))
    (loop $next
      (i32.store (local.get $i)
        (i32.add (i32.shr_u (local.get $i) (i32.const 2)) (i32.const 1)))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 4096)))))

  ;; to[i] += from[i] in pairs.
  (func (export "add_pairs") (param $to i32) (param $from i32) (param $n i32)
    (loop $next
      (i32.store (local.get $to)
        (i32.add (i32.load (local.get $to)) (i32.load (local.get $from))))
      (i32.store offset=4 (local.get $to)
        (i32.add (i32.load offset=4 (local.get $to))
          (i32.load offset=4 (local.get $from))))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (local.set $from (i32.add (local.get $from) (i32.const 8)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

  ;; The same with all loads of a pair before its stores, and the stores in the
  ;; other order.
  (func (export "add_pairs_late") (param $to i32) (param $from i32)
    (param $n i32) (local $a i32) (local $b i32)
    (loop $next
      (local.set $a
        (i32.add (i32.load (local.get $to)) (i32.load (local.get $from))))
      (local.set $b
        (i32.add (i32.load offset=4 (local.get $from))
          (i32.load offset=4 (local.get $to))))
      (i32.store offset=4 (local.get $to) (local.get $b))
      (i32.store (local.get $to) (local.get $a))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (local.set $from (i32.add (local.get $from) (i32.const 8)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

  ;; Each pair is exchanged on its way.
  (func (export "cross_pairs") (param $to i32) (param $from i32) (param $n i32)
    (loop $next
      (i32.store (local.get $to) (i32.load offset=4 (local.get $from)))
      (i32.store offset=4 (local.get $to) (i32.load (local.get $from)))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (local.set $from (i32.add (local.get $from) (i32.const 8)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

  ;; at[i + 1] += at[i]: what is loaded was stored just before.
  (func (export "sums_so_far") (param $at i32) (param $n i32)
    (loop $next
      (i32.store offset=4 (local.get $at)
        (i32.add (i32.load (local.get $at)) (i32.load offset=4 (local.get $at))))
      (i32.store offset=8 (local.get $at)
        (i32.add (i32.load offset=4 (local.get $at))
          (i32.load offset=8 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

  ;; at[i] += at[i + 1]: what is loaded is stored to afterwards.
  (func (export "sums_of_next") (param $at i32) (param $n i32)
    (loop $next
      (i32.store (local.get $at)
        (i32.add (i32.load (local.get $at)) (i32.load offset=4 (local.get $at))))
      (i32.store offset=4 (local.get $at)
        (i32.add (i32.load offset=4 (local.get $at))
          (i32.load offset=8 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

  ;; Two arrays, of which each takes what the other has.
  (func (export "exchange_pairs") (param $a i32) (param $b i32) (param $n i32)
    (local $x i32) (local $y i32)
    (loop $next
      (local.set $x (i32.load (local.get $a)))
      (local.set $y (i32.load offset=4 (local.get $a)))
      (i32.store (local.get $a) (i32.load (local.get $b)))
      (i32.store (local.get $b) (local.get $x))
      (i32.store offset=4 (local.get $a) (i32.load offset=4 (local.get $b)))
      (i32.store offset=4 (local.get $b) (local.get $y))
      (local.set $a (i32.add (local.get $a) (i32.const 8)))
      (local.set $b (i32.add (local.get $b) (i32.const 8)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

  ;; Pairs that are not neighbours: every other word stays.
  (func (export "add_pairs_apart") (param $to i32) (param $from i32)
    (param $n i32)
    (loop $next
      (i32.store (local.get $to)
        (i32.add (i32.load (local.get $to)) (i32.load (local.get $from))))
      (i32.store offset=4 (local.get $to)
        (i32.add (i32.load offset=4 (local.get $to))
          (i32.load offset=4 (local.get $from))))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

  ;; to[i] = from[i] × factor, an odd number of them: it leaves in the middle.
  ;; What it returns is where it stopped.
  (func (export "scale_odd") (param $to i32) (param $from i32) (param $n i32)
    (param $factor i32) (result i32)
    (block $done
      (loop $next
        (i32.store (local.get $to)
          (i32.mul (i32.load (local.get $from)) (local.get $factor)))
        (br_if $done (i32.eqz (local.get $n)))
        (i32.store offset=4 (local.get $to)
          (i32.mul (i32.load offset=4 (local.get $from)) (local.get $factor)))
        (local.set $to (i32.add (local.get $to) (i32.const 8)))
        (local.set $from (i32.add (local.get $from) (i32.const 8)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
    (local.get $to))

  ;; The same downwards.
  (func (export "scale_odd_down") (param $to i32) (param $from i32)
    (param $n i32) (param $factor i32) (result i32)
    (block $done
      (loop $next
        (i32.store offset=4 (local.get $to)
          (i32.mul (i32.load offset=4 (local.get $from)) (local.get $factor)))
        (br_if $done (i32.eqz (local.get $n)))
        (i32.store (local.get $to)
          (i32.mul (i32.load (local.get $from)) (local.get $factor)))
        (local.set $to (i32.sub (local.get $to) (i32.const 8)))
        (local.set $from (i32.sub (local.get $from) (i32.const 8)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
    (local.get $to))

  ;; A counter in steps of two that has to meet its bound: where one of them is
  ;; odd it never does.
  (func (export "count_by_two") (param $i i32) (param $bound i32)
    (loop $next
      (i32.store (i32.shl (local.get $i) (i32.const 2)) (i32.const -1))
      (local.set $i (i32.add (local.get $i) (i32.const 2)))
      (br_if $next (i32.ne (local.get $i) (local.get $bound)))))

  ;; The greatest of from[i] + column[i × 64], kept in a cell of memory.
  (func (export "greatest") (param $cell i32) (param $from i32)
    (param $column i32) (param $i i32) (param $bound i32)
    (local $sum i32)
    (loop $next
      (local.set $sum
        (i32.add (i32.load (local.get $from)) (i32.load (local.get $column))))
      (if (i32.gt_s (local.get $sum) (i32.load (local.get $cell)))
        (then (i32.store (local.get $cell) (local.get $sum)))
        (else (i32.store (local.get $cell) (i32.load (local.get $cell)))))
      (local.set $from (i32.add (local.get $from) (i32.const 4)))
      (local.set $column (i32.add (local.get $column) (i32.const 64)))
      (local.set $i (i32.add (local.get $i) (i32.const 2)))
      (br_if $next (i32.ne (local.get $i) (local.get $bound))))))

(invoke "reset")
(invoke "add_pairs" (i32.const 0) (i32.const 2048) (i32.const 20))
(assert_return (invoke "get" (i32.const 0)) (i32.const 514))
(assert_return (invoke "get" (i32.const 4)) (i32.const 516))
(assert_return (invoke "get" (i32.const 156)) (i32.const 592))
(assert_return (invoke "get" (i32.const 160)) (i32.const 41))
;; Onto itself, and onto what was stored one, two and three words before.
(invoke "reset")
(invoke "add_pairs" (i32.const 0) (i32.const 0) (i32.const 20))
(assert_return (invoke "get" (i32.const 152)) (i32.const 78))
(invoke "reset")
(invoke "add_pairs" (i32.const 4) (i32.const 0) (i32.const 20))
(assert_return (invoke "get" (i32.const 4)) (i32.const 3))
(assert_return (invoke "get" (i32.const 8)) (i32.const 6))
(assert_return (invoke "get" (i32.const 160)) (i32.const 861))
(invoke "reset")
(invoke "add_pairs" (i32.const 8) (i32.const 0) (i32.const 20))
(assert_return (invoke "get" (i32.const 8)) (i32.const 4))
(assert_return (invoke "get" (i32.const 164)) (i32.const 462))
(invoke "reset")
(invoke "add_pairs" (i32.const 0) (i32.const 4) (i32.const 20))
(assert_return (invoke "get" (i32.const 0)) (i32.const 3))
(assert_return (invoke "get" (i32.const 156)) (i32.const 81))

(invoke "reset")
(invoke "add_pairs_late" (i32.const 0) (i32.const 2048) (i32.const 20))
(assert_return (invoke "get" (i32.const 0)) (i32.const 514))
(assert_return (invoke "get" (i32.const 156)) (i32.const 592))
;; Here a pair is loaded before either of its words is stored.
(invoke "reset")
(invoke "add_pairs_late" (i32.const 4) (i32.const 0) (i32.const 20))
(assert_return (invoke "get" (i32.const 4)) (i32.const 3))
(assert_return (invoke "get" (i32.const 8)) (i32.const 5))
(assert_return (invoke "get" (i32.const 12)) (i32.const 9))
(assert_return (invoke "get" (i32.const 16)) (i32.const 9))

(invoke "reset")
(invoke "cross_pairs" (i32.const 4096) (i32.const 0) (i32.const 20))
(assert_return (invoke "get" (i32.const 4096)) (i32.const 2))
(assert_return (invoke "get" (i32.const 4100)) (i32.const 1))
(assert_return (invoke "get" (i32.const 4252)) (i32.const 39))
(assert_return (invoke "get" (i32.const 4256)) (i32.const 0))

(invoke "reset")
(invoke "sums_so_far" (i32.const 0) (i32.const 20))
(assert_return (invoke "get" (i32.const 4)) (i32.const 3))
(assert_return (invoke "get" (i32.const 160)) (i32.const 861))
(assert_return (invoke "get" (i32.const 164)) (i32.const 42))

(invoke "reset")
(invoke "sums_of_next" (i32.const 0) (i32.const 20))
(assert_return (invoke "get" (i32.const 0)) (i32.const 3))
(assert_return (invoke "get" (i32.const 156)) (i32.const 81))
(assert_return (invoke "get" (i32.const 160)) (i32.const 41))

(invoke "reset")
(invoke "exchange_pairs" (i32.const 0) (i32.const 2048) (i32.const 20))
(assert_return (invoke "get" (i32.const 0)) (i32.const 513))
(assert_return (invoke "get" (i32.const 156)) (i32.const 552))
(assert_return (invoke "get" (i32.const 160)) (i32.const 41))
(assert_return (invoke "get" (i32.const 2048)) (i32.const 1))
(assert_return (invoke "get" (i32.const 2204)) (i32.const 40))
(invoke "reset")
(invoke "exchange_pairs" (i32.const 0) (i32.const 8) (i32.const 20))
(assert_return (invoke "get" (i32.const 0)) (i32.const 3))
(assert_return (invoke "get" (i32.const 152)) (i32.const 41))
(assert_return (invoke "get" (i32.const 160)) (i32.const 1))
(assert_return (invoke "get" (i32.const 164)) (i32.const 2))

(invoke "reset")
(invoke "add_pairs_apart" (i32.const 0) (i32.const 2048) (i32.const 20))
(assert_return (invoke "get" (i32.const 4)) (i32.const 516))
(assert_return (invoke "get" (i32.const 8)) (i32.const 3))
(assert_return (invoke "get" (i32.const 308)) (i32.const 668))
(assert_return (invoke "get" (i32.const 312)) (i32.const 79))

(invoke "reset")
(assert_return (invoke "scale_odd" (i32.const 4096) (i32.const 0)
  (i32.const 20) (i32.const 10)) (i32.const 4256))
(assert_return (invoke "get" (i32.const 4096)) (i32.const 10))
(assert_return (invoke "get" (i32.const 4252)) (i32.const 400))
(assert_return (invoke "get" (i32.const 4256)) (i32.const 410))
(assert_return (invoke "get" (i32.const 4260)) (i32.const 0))
;; The last word ends where the memory does: the one behind is not stored to.
(assert_return (invoke "scale_odd" (i32.const 65372) (i32.const 0)
  (i32.const 20) (i32.const 10)) (i32.const 65532))
(assert_return (invoke "get" (i32.const 65532)) (i32.const 410))
;; Read to the last word, and one too far.
(assert_return (invoke "scale_odd" (i32.const 0) (i32.const 65372)
  (i32.const 20) (i32.const 3)) (i32.const 160))
(assert_return (invoke "get" (i32.const 160)) (i32.const 1230))
(invoke "reset")
(assert_trap (invoke "scale_odd" (i32.const 65376) (i32.const 0)
  (i32.const 20) (i32.const 10)) "out of bounds memory access")
(assert_return (invoke "get" (i32.const 65532)) (i32.const 400))
(assert_trap (invoke "scale_odd" (i32.const 65380) (i32.const 0)
  (i32.const 20) (i32.const 10)) "out of bounds memory access")
(assert_return (invoke "get" (i32.const 65532)) (i32.const 390))
;; Zero more than the first: one word.
(invoke "reset")
(assert_return (invoke "scale_odd" (i32.const 65532) (i32.const 0)
  (i32.const 0) (i32.const 10)) (i32.const 65532))
(assert_return (invoke "get" (i32.const 65532)) (i32.const 10))
;; Where both meet: the last word read is the first stored, and the reverse.
(invoke "reset")
(assert_return (invoke "scale_odd" (i32.const 160) (i32.const 0)
  (i32.const 20) (i32.const 2)) (i32.const 320))
(assert_return (invoke "get" (i32.const 160)) (i32.const 2))
(assert_return (invoke "get" (i32.const 320)) (i32.const 4))
(invoke "reset")
(assert_return (invoke "scale_odd" (i32.const 164) (i32.const 0)
  (i32.const 20) (i32.const 2)) (i32.const 324))
(assert_return (invoke "get" (i32.const 324)) (i32.const 82))
(invoke "reset")
(assert_return (invoke "scale_odd" (i32.const 4) (i32.const 0)
  (i32.const 20) (i32.const 2)) (i32.const 164))
(assert_return (invoke "get" (i32.const 40)) (i32.const 1024))
(assert_return (invoke "get" (i32.const 164)) (i32.const 0))

(invoke "reset")
(assert_return (invoke "scale_odd_down" (i32.const 4256) (i32.const 160)
  (i32.const 20) (i32.const 10)) (i32.const 4096))
(assert_return (invoke "get" (i32.const 4100)) (i32.const 20))
(assert_return (invoke "get" (i32.const 4096)) (i32.const 0))
(assert_return (invoke "get" (i32.const 4260)) (i32.const 420))
;; The first word of the memory is the last one, or the word before is.
(assert_return (invoke "scale_odd_down" (i32.const 4256) (i32.const 156)
  (i32.const 19) (i32.const 10)) (i32.const 4104))
(assert_return (invoke "get" (i32.const 4108)) (i32.const 30))
(invoke "reset")
(assert_trap (invoke "scale_odd_down" (i32.const 4256) (i32.const 156)
  (i32.const 20) (i32.const 10)) "out of bounds memory access")
(assert_return (invoke "get" (i32.const 4104)) (i32.const 20))
(assert_return (invoke "get" (i32.const 4100)) (i32.const 0))
(assert_trap (invoke "scale_odd_down" (i32.const 4256) (i32.const 152)
  (i32.const 20) (i32.const 10)) "out of bounds memory access")

(invoke "reset")
(invoke "count_by_two" (i32.const 0) (i32.const 40))
(assert_return (invoke "get" (i32.const 152)) (i32.const -1))
(assert_return (invoke "get" (i32.const 156)) (i32.const 40))
(assert_return (invoke "get" (i32.const 160)) (i32.const 41))
(invoke "reset")
(invoke "count_by_two" (i32.const 1) (i32.const 41))
(assert_return (invoke "get" (i32.const 156)) (i32.const -1))
(assert_return (invoke "get" (i32.const 160)) (i32.const 41))
(assert_return (invoke "get" (i32.const 164)) (i32.const 42))
(invoke "reset")
(assert_trap (invoke "count_by_two" (i32.const 0) (i32.const 41))
  "out of bounds memory access")
(assert_return (invoke "get" (i32.const 160)) (i32.const -1))
(assert_return (invoke "get" (i32.const 164)) (i32.const 42))
(assert_return (invoke "get" (i32.const 65528)) (i32.const -1))
(assert_return (invoke "get" (i32.const 65532)) (i32.const 0))
(invoke "reset")
(assert_trap (invoke "count_by_two" (i32.const 1) (i32.const 40))
  "out of bounds memory access")
(assert_return (invoke "get" (i32.const 65532)) (i32.const -1))
;; The bound lies behind: only after 2^32 would it be met.
(invoke "reset")
(assert_trap (invoke "count_by_two" (i32.const 40) (i32.const 38))
  "out of bounds memory access")
(assert_return (invoke "get" (i32.const 152)) (i32.const 39))
(assert_return (invoke "get" (i32.const 65528)) (i32.const -1))

(invoke "reset")
(invoke "greatest" (i32.const 8192) (i32.const 0) (i32.const 256)
  (i32.const 1) (i32.const 101))
(assert_return (invoke "get" (i32.const 8192)) (i32.const 899))
;; The cell is among what is added.
(invoke "reset")
(invoke "greatest" (i32.const 40) (i32.const 0) (i32.const 256)
  (i32.const 0) (i32.const 100))
(assert_return (invoke "get" (i32.const 40)) (i32.const 899))
(invoke "reset")
(invoke "greatest" (i32.const 192) (i32.const 0) (i32.const 256)
  (i32.const 0) (i32.const 100))
(assert_return (invoke "get" (i32.const 192)) (i32.const 1698))
(invoke "reset")
(assert_trap (invoke "greatest" (i32.const 8192) (i32.const 0) (i32.const 256)
  (i32.const 0) (i32.const 101)) "out of bounds memory access")
(assert_return (invoke "get" (i32.const 8192)) (i32.const 1194))
