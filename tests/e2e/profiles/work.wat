;; Ways to end, chosen by the first byte of standard input: r returns, x calls
;; proc_exit(7), t traps, a makes the other side of each branch the frequent one
;; and then returns. Always 10000 rounds, and the sum on standard output.
(module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (type $step (func (param i32) (result i32)))
  (table 8 funcref)
  (elem (i32.const 1) $double $square $negate $never)
  (func $double (type $step) (i32.shl (local.get 0) (i32.const 1)))
  (func $square (type $step) (i32.mul (local.get 0) (local.get 0)))
  (func $negate (type $step) (i32.sub (i32.const 0) (local.get 0)))
  (func $never (type $step) (i32.xor (local.get 0) (i32.const 0x5a5a)))

  ;; One of 64 rounds goes the rare way: by which bit, the mode says.
  (func $round (param $n i32) (param $mode i32) (result i32) (local $which i32)
    (local.set $which (i32.eqz (i32.and (local.get $n) (i32.const 63))))
    (if (result i32) (i32.xor (local.get $which) (local.get $mode))
      (then (i32.popcnt (call $never (local.get $n))))
      (else
        (call_indirect (type $step)
          (local.get $n)
          (select (i32.const 2) (i32.const 1) (local.get $which))))))

  (func $work (param $mode i32) (result i32) (local $n i32) (local $sum i32)
    (loop $more
      (local.set $sum (i32.add (local.get $sum)
        (call $round (local.get $n) (local.get $mode))))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $n) (i32.const 10000))))
    (local.get $sum))

  (func $trap (unreachable))

  (func $main (export "_start") (local $way i32)
    (i32.store (i32.const 0) (i32.const 64))
    (i32.store (i32.const 4) (i32.const 1))
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1)
      (i32.const 16)))
    (local.set $way (i32.load8_u (i32.const 64)))
    (i32.store (i32.const 96)
      (call $work (i32.eq (local.get $way) (i32.const 97))))
    (i32.store (i32.const 0) (i32.const 96))
    (i32.store (i32.const 4) (i32.const 4))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1)
      (i32.const 16)))
    (if (i32.eq (local.get $way) (i32.const 116)) (then (call $trap)))
    (if (i32.eq (local.get $way) (i32.const 120))
      (then (call $proc_exit (i32.const 7))))))
