;; What costs something known, and ways to spend without an end.
(module
  (import "env" "call" (func $host))
  (type $plain (func))
  (table $table 1 64 funcref)
  (elem (i32.const 0) $indirect)
  (elem $passive funcref (ref.func $indirect) (ref.func $indirect))
  (memory 1 4)
  (data $bytes "0123456789abcdef0123456789abcdef")
  (func (export "nothing"))
  (func (export "seven") (result i32) (i32.const 7))
  ;; 12 for each round, and 1.
  (func $counting (export "counting") (param $n i64) (result i64)
    (local $sum i64)
    (loop $l
      (local.set $sum (i64.xor (local.get $sum) (local.get $n)))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br_if $l (i64.ne (local.get $n) (i64.const 0))))
    (local.get $sum))
  ;; 5 for a leaf, else 13.
  (func $fib (export "fib") (param i32) (result i32)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                     (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
  ;; In front of all of it 2; then 1 and a branch; 4, 3 or 2 by the way taken.
  (func (export "ways") (param i32) (result i32)
    (block $two
      (block $one
        (block $zero
          (br_table $zero $one $two (local.get 0)))
        (return (i32.add (i32.const 1) (i32.const 2))))
      (drop (i32.const 1))
      (br $two)
      ;; Never executed, so it costs nothing.
      (drop (i32.const 1)))
    (i32.add (i32.const 3) (i32.const 1)) (drop) (i32.const 9))
  ;; 4, and what the length costs.
  (func (export "fill") (param i32)
    (memory.fill (i32.const 0) (i32.const 1) (local.get 0)))
  (func (export "copy") (param i32)
    (memory.copy (i32.const 0) (i32.const 256) (local.get 0)))
  (func (export "init") (param i32)
    (memory.init $bytes (i32.const 0) (i32.const 0) (local.get 0)))
  (func (export "grow") (param i32) (result i32)
    (memory.grow (local.get 0)))
  (func (export "table_init") (param i32)
    (table.init $passive (i32.const 0) (i32.const 0) (local.get 0)))
  (func (export "table_fill") (param i32)
    (table.fill (i32.const 0) (ref.func $indirect) (local.get 0)))
  (func (export "table_copy") (param i32)
    (table.copy (i32.const 0) (i32.const 0) (local.get 0)))
  (func (export "table_grow") (param i32) (result i32)
    (table.grow (ref.null func) (local.get 0)))
  ;; Without an end.
  (func (export "empty_loop") (loop $l (br $l)))
  (func (export "filling") (loop $l
    (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)) (br $l)))
  (func $recursion (export "recursion") (call $recursion) (call $recursion))
  (func $tail (export "tail") (return_call $tail))
  (func $indirect (export "tail_indirect")
    (return_call_indirect (type $plain) (i32.const 0)))
  (func (export "calling") (loop $l (call $host) (br $l)))
  ;; How calls end otherwise: 12 for each round, then 4 and 1.
  (func (export "trap_after") (param i64)
    (drop (call $counting (local.get 0))) (unreachable))
  (func (export "beyond_after") (param i64) (result i32)
    (drop (call $counting (local.get 0))) (i32.load (i32.const -4)))
  ;; 2 and 1; what it calls may look and give.
  (func (export "host") (call $host) (drop (i32.const 1))))
