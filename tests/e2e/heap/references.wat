;; References that are hard to find: what only a loop's induction variable or a
;; vector register might hold, what tables and segments got in bulk, what goes
;; round a loop as its parameter. For runs that collect before each allocation.
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "every reference is right\n")

  (type $cell (struct (field $value (mut i64))
                      (field $left (mut (ref null $cell)))
                      (field $right (mut (ref null $cell)))))
  (type $row (array (mut (ref null $cell))))

  (table $table 4 100 (ref null $cell))
  (elem $segment (ref null $cell)
    (item (struct.new $cell (i64.const 11) (ref.null $cell) (ref.null $cell)))
    (item (struct.new $cell (i64.const 22)
      (struct.new $cell (i64.const 33) (ref.null $cell) (ref.null $cell))
      (ref.null $cell))))

  (func $new (param $value i64) (result (ref $cell))
    (struct.new $cell (local.get $value) (ref.null $cell) (ref.null $cell)))

  (func $check (param $cell (ref null $cell)) (param $value i64)
    (if (i64.ne (struct.get $cell $value (local.get $cell)) (local.get $value))
      (then (unreachable))))

  ;; Takes the place of whatever was freed too early.
  (func $allocate_over_it
    (local $i i32)
    (loop $more
      (drop (call $new (i64.const -1)))
      (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                             (i32.const 8)))))

  ;; Both arrays are only used in loops that allocate: upwards and downwards at
  ;; once, then downwards, then two elements at a time. n is even.
  (func $loops (param $n i32)
    (local $i i32) (local $rows (ref null $row)) (local $back (ref null $row))
    (local.set $rows (array.new_default $row (local.get $n)))
    (local.set $back (array.new_default $row (local.get $n)))
    (loop $more
      (array.set $row (local.get $rows) (local.get $i)
        (call $new (i64.extend_i32_u (local.get $i))))
      (array.set $row (local.get $back)
        (i32.sub (i32.sub (local.get $n) (local.get $i)) (i32.const 1))
        (struct.new $cell (i64.const 5)
          (array.get $row (local.get $rows) (local.get $i)) (ref.null $cell)))
      (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                             (local.get $n))))
    (call $allocate_over_it)
    (loop $more
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (call $check
        (struct.get $cell $left (array.get $row (local.get $back) (local.get $i)))
        (i64.extend_i32_u
          (i32.sub (i32.sub (local.get $n) (local.get $i)) (i32.const 1))))
      (struct.set $cell $right (array.get $row (local.get $rows) (local.get $i))
        (call $new (i64.const 3)))
      (br_if $more (local.get $i)))
    (loop $more
      (call $check
        (struct.get $cell $right (array.get $row (local.get $rows) (local.get $i)))
        (i64.const 3))
      (array.set $row (local.get $rows)
        (i32.add (local.get $i) (i32.const 1))
        (array.get $row (local.get $back) (local.get $i)))
      (array.set $row (local.get $back) (local.get $i) (call $new (i64.const 77)))
      (array.set $row (local.get $rows) (local.get $i) (call $new (i64.const 78)))
      (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 2)))
                             (local.get $n))))
    (call $allocate_over_it)
    (loop $more
      (local.set $i (i32.sub (local.get $i) (i32.const 2)))
      (call $check (array.get $row (local.get $back) (local.get $i)) (i64.const 77))
      (call $check (array.get $row (local.get $rows) (local.get $i)) (i64.const 78))
      (call $check
        (array.get $row (local.get $rows) (i32.add (local.get $i) (i32.const 1)))
        (i64.const 5))
      (br_if $more (local.get $i))))

  ;; Neighbours are loaded, taken out, and stored as neighbours elsewhere after
  ;; an allocation: together they fit a vector.
  (func $move_pair (param $from (ref null $cell)) (result (ref null $cell))
    (local $left (ref null $cell)) (local $right (ref null $cell))
    (local $to (ref null $cell))
    (local.set $left (struct.get $cell $left (local.get $from)))
    (local.set $right (struct.get $cell $right (local.get $from)))
    (struct.set $cell $left (local.get $from) (ref.null $cell))
    (struct.set $cell $right (local.get $from) (ref.null $cell))
    (local.set $to (struct.new_default $cell))
    (struct.set $cell $left (local.get $to) (local.get $left))
    (struct.set $cell $right (local.get $to) (local.get $right))
    (local.get $to))

  (func $move_four (param $from (ref null $row)) (result (ref null $row))
    (local $0 (ref null $cell)) (local $1 (ref null $cell))
    (local $2 (ref null $cell)) (local $3 (ref null $cell))
    (local $to (ref null $row))
    (local.set $0 (array.get $row (local.get $from) (i32.const 0)))
    (local.set $1 (array.get $row (local.get $from) (i32.const 1)))
    (local.set $2 (array.get $row (local.get $from) (i32.const 2)))
    (local.set $3 (array.get $row (local.get $from) (i32.const 3)))
    (array.fill $row (local.get $from) (i32.const 0) (ref.null $cell) (i32.const 4))
    (local.set $to (array.new_default $row (i32.const 4)))
    (array.set $row (local.get $to) (i32.const 0) (local.get $0))
    (array.set $row (local.get $to) (i32.const 1) (local.get $1))
    (array.set $row (local.get $to) (i32.const 2) (local.get $2))
    (array.set $row (local.get $to) (i32.const 3) (local.get $3))
    (local.get $to))

  (func $neighbours (param $n i32)
    (local $pair (ref null $cell)) (local $four (ref null $row))
    (local.set $pair (struct.new $cell (i64.const 0)
      (call $new (i64.const 1)) (call $new (i64.const 2))))
    (local.set $four (array.new_fixed $row 4
      (call $new (i64.const 1)) (call $new (i64.const 2))
      (call $new (i64.const 3)) (call $new (i64.const 4))))
    (loop $more
      (local.set $pair (call $move_pair (local.get $pair)))
      (local.set $four (call $move_four (local.get $four)))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (call $check (struct.get $cell $left (local.get $pair)) (i64.const 1))
    (call $check (struct.get $cell $right (local.get $pair)) (i64.const 2))
    (call $check (array.get $row (local.get $four) (i32.const 0)) (i64.const 1))
    (call $check (array.get $row (local.get $four) (i32.const 1)) (i64.const 2))
    (call $check (array.get $row (local.get $four) (i32.const 2)) (i64.const 3))
    (call $check (array.get $row (local.get $four) (i32.const 3)) (i64.const 4)))

  (func $bulk
    (table.set $table (i32.const 1) (call $new (i64.const 1)))
    (drop (table.grow $table (call $new (i64.const 2)) (i32.const 10)))
    (call $allocate_over_it)
    (table.fill $table (i32.const 2) (call $new (i64.const 3)) (i32.const 2))
    (table.copy $table $table (i32.const 5) (i32.const 1) (i32.const 3))
    (table.init $table $segment (i32.const 8) (i32.const 1) (i32.const 1))
    (table.set $table (i32.const 1) (ref.null $cell))
    (call $allocate_over_it)
    (call $check (table.get $table (i32.const 5)) (i64.const 1))
    (call $check (table.get $table (i32.const 6)) (i64.const 3))
    (call $check (table.get $table (i32.const 13)) (i64.const 2))
    (call $check (struct.get $cell $left (table.get $table (i32.const 8)))
                 (i64.const 33))
    (call $check
      (array.get $row (array.new_elem $row $segment (i32.const 0) (i32.const 2))
                      (i32.const 0))
      (i64.const 11)))

  ;; Three references go round; the last becomes an object that holds it.
  (func $around (param $n i32)
    (local $last (ref null $cell)) (local $length i32)
    (local.set $length (local.get $n))
    (call $new (i64.const 7)) (call $new (i64.const 8)) (call $new (i64.const 9))
    (loop $more (param (ref null $cell) (ref null $cell) (ref null $cell))
                (result (ref null $cell) (ref null $cell) (ref null $cell))
      (local.set $last)
      (struct.new $cell (i64.extend_i32_u (local.get $n)) (ref.null $cell)
                        (local.get $last))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.set $last)
    (call $check (i64.const 8))
    (call $check (i64.const 7))
    (loop $more
      (call $check (local.get $last)
        (i64.extend_i32_u (local.tee $n (i32.add (local.get $n) (i32.const 1)))))
      (local.set $last (struct.get $cell $right (local.get $last)))
      (br_if $more (i32.lt_u (local.get $n) (local.get $length))))
    (call $check (local.get $last) (i64.const 9)))

  (func (export "_start")
    (call $loops (i32.const 24))
    (call $neighbours (i32.const 20))
    (call $bulk)
    (call $around (i32.const 20))
    (i32.store (i32.const 0) (i32.const 16))
    (i32.store (i32.const 4) (i32.const 25))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
