;; Lists, trees and arrays that are made, changed and given up many times over.
;; The answers are computed a second time without objects; a wrong one traps.
;; Without arguments many rounds, with one argument few.
(module
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "every answer is right\n")

  (type $node (struct (field $next (mut (ref null $node)))
                      (field $value (mut i64))
                      (field $tag (mut i8))))
  (type $tree (sub (struct (field $left (mut (ref null $tree)))
                           (field $right (mut (ref null $tree)))
                           (field $key (mut i32)))))
  (type $counted (sub final $tree
    (struct (field (mut (ref null $tree))) (field (mut (ref null $tree)))
            (field (mut i32)) (field $count (mut f64)))))
  (type $bytes (array (mut i8)))
  (type $objects (array (mut anyref)))

  (global $kept (mut (ref null $node)) (ref.null $node))
  (global $first (ref $node)
    (struct.new $node (ref.null $node) (i64.const 41) (i32.const 7)))
  (table $table 16 anyref)
  (table $fixed 2 2 (ref $bytes) (array.new $bytes (i32.const 0x2a) (i32.const 9)))
  (elem $segment anyref
    (item (struct.new $node (ref.null $node) (i64.const 99) (i32.const 1)))
    (item (ref.i31 (i32.const -5))))

  (func $check (param $is i64) (param $wanted i64)
    (if (i64.ne (local.get $is) (local.get $wanted)) (then (unreachable))))

  ;; n, n - 1, … 1
  (func $list (param $n i32) (result (ref null $node))
    (local $head (ref null $node)) (local $i i32)
    (loop $more
      (if (i32.lt_u (local.get $i) (local.get $n)) (then
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (local.set $head (struct.new $node (local.get $head)
          (i64.extend_i32_u (local.get $i)) (local.get $i)))
        (br $more))))
    (local.get $head))

  (func $sum (param $list (ref null $node)) (result i64)
    (local $sum i64)
    (block $done
      (loop $more
        (br_if $done (ref.is_null (local.get $list)))
        (if (i32.ne (struct.get_u $node $tag (local.get $list))
                    (i32.and (i32.wrap_i64 (struct.get $node $value (local.get $list)))
                             (i32.const 0xff)))
          (then (unreachable)))
        (local.set $sum (i64.add (local.get $sum)
                                 (struct.get $node $value (local.get $list))))
        (local.set $list (struct.get $node $next (local.get $list)))
        (br $more)))
    (local.get $sum))

  (func $reverse (param $list (ref null $node)) (result (ref null $node))
    (local $result (ref null $node)) (local $next (ref null $node))
    (block $done
      (loop $more
        (br_if $done (ref.is_null (local.get $list)))
        (local.set $next (struct.get $node $next (local.get $list)))
        (struct.set $node $next (local.get $list) (local.get $result))
        (local.set $result (local.get $list))
        (local.set $list (local.get $next))
        (br $more)))
    (local.get $result))

  ;; Every third node is counted, too.
  (func $grow (param $depth i32) (param $key i32) (result (ref null $tree))
    (local $left (ref null $tree)) (local $right (ref null $tree))
    (if (i32.eqz (local.get $depth)) (then (return (ref.null $tree))))
    (local.set $left (call $grow (i32.sub (local.get $depth) (i32.const 1))
                                 (i32.shl (local.get $key) (i32.const 1))))
    (local.set $right (call $grow (i32.sub (local.get $depth) (i32.const 1))
      (i32.or (i32.shl (local.get $key) (i32.const 1)) (i32.const 1))))
    (if (result (ref $tree)) (i32.rem_u (local.get $key) (i32.const 3))
      (then (struct.new $tree (local.get $left) (local.get $right)
                              (local.get $key)))
      (else (struct.new $counted (local.get $left) (local.get $right)
                                 (local.get $key) (f64.const 0.5)))))

  ;; Keys, and a thousand for each that is counted.
  (func $weigh (param $tree (ref null $tree)) (result i64)
    (local $extra i64)
    (if (ref.is_null (local.get $tree)) (then (return (i64.const 0))))
    (block $plain (result (ref null $tree))
      (br_on_cast_fail $plain (ref null $tree) (ref $counted) (local.get $tree))
      (local.set $extra (i64.trunc_f64_s
        (f64.mul (struct.get $counted $count) (f64.const 2000))))
      (local.get $tree))
    (drop)
    (i64.add
      (i64.add (local.get $extra)
               (i64.extend_i32_u (struct.get $tree $key (local.get $tree))))
      (i64.add (call $weigh (struct.get $tree $left (local.get $tree)))
               (call $weigh (struct.get $tree $right (local.get $tree))))))

  ;; The same without a tree.
  (func $weight (param $depth i32) (param $key i32) (result i64)
    (if (i32.eqz (local.get $depth)) (then (return (i64.const 0))))
    (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
    (i64.add
      (i64.add (select (i64.const 0) (i64.const 1000)
                       (i32.rem_u (local.get $key) (i32.const 3)))
               (i64.extend_i32_u (local.get $key)))
      (i64.add
        (call $weight (local.get $depth) (i32.shl (local.get $key) (i32.const 1)))
        (call $weight (local.get $depth)
          (i32.or (i32.shl (local.get $key) (i32.const 1)) (i32.const 1))))))

  ;; An array that is replaced by a longer one as it fills up.
  (func $pile (param $n i32) (result (ref $objects))
    (local $pile (ref $objects)) (local $longer (ref $objects)) (local $i i32)
    (local.set $pile (array.new_default $objects (i32.const 1)))
    (loop $more
      (if (i32.eq (local.get $i) (array.len (local.get $pile))) (then
        (local.set $longer (array.new_default $objects
          (i32.mul (local.get $i) (i32.const 2))))
        (array.copy $objects $objects (local.get $longer) (i32.const 0)
          (local.get $pile) (i32.const 0) (local.get $i))
        (local.set $pile (local.get $longer))))
      (array.set $objects (local.get $pile) (local.get $i)
        (if (result anyref) (i32.and (local.get $i) (i32.const 1))
          (then (ref.i31 (local.get $i)))
          (else (array.new $bytes (local.get $i) (local.get $i)))))
      (br_if $more (i32.lt_u
        (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (local.get $pile))

  (func $checkPile (param $pile (ref $objects)) (param $n i32)
    (local $i i32) (local $bytes (ref $bytes))
    (loop $more
      (if (i32.and (local.get $i) (i32.const 1))
        (then
          (if (i32.ne (local.get $i) (i31.get_u (ref.cast (ref i31)
                (array.get $objects (local.get $pile) (local.get $i)))))
            (then (unreachable))))
        (else
          (local.set $bytes (ref.cast (ref $bytes)
            (array.get $objects (local.get $pile) (local.get $i))))
          (if (i32.ne (array.len (local.get $bytes)) (local.get $i))
            (then (unreachable)))
          (if (local.get $i) (then
            (if (i32.ne
                  (array.get_u $bytes (local.get $bytes)
                    (i32.sub (local.get $i) (i32.const 1)))
                  (i32.and (local.get $i) (i32.const 0xff)))
              (then (unreachable)))))))
      (br_if $more (i32.lt_u
        (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n)))))

  ;; What only a global, a table, a segment or an external reference holds.
  (func $roots (param $round i32)
    (local $external externref)
    (global.set $kept (call $list (i32.const 50)))
    (table.set $table (i32.and (local.get $round) (i32.const 15))
      (struct.new $node (ref.null $node)
        (i64.extend_i32_u (local.get $round)) (local.get $round)))
    (table.init $table $segment (i32.and (i32.add (local.get $round) (i32.const 8))
                                         (i32.const 7))
      (i32.const 0) (i32.const 2))
    (local.set $external (extern.convert_any (call $list (i32.const 30))))
    (drop (table.grow $table (ref.null any) (i32.const 1)))
    (drop (call $list (i32.const 100)))
    (call $check (call $sum (global.get $kept)) (i64.const 1275))
    (call $check (struct.get $node $value (global.get $first)) (i64.const 41))
    (call $check (struct.get $node $value (ref.cast (ref $node)
        (table.get $table (i32.and (local.get $round) (i32.const 7)))))
      (i64.const 99))
    (call $check (i64.extend_i32_s (i31.get_s (ref.cast (ref i31)
        (table.get $table (i32.add (i32.and (local.get $round) (i32.const 7))
                                   (i32.const 1))))))
      (i64.const -5))
    (call $check (i64.extend_i32_u (array.get_u $bytes
        (table.get $fixed (i32.const 1)) (i32.const 8))) (i64.const 0x2a))
    (call $check (call $sum (ref.cast (ref $node)
        (any.convert_extern (local.get $external)))) (i64.const 465))
    (call $check (i64.extend_i32_s (i31.get_s (ref.cast (ref i31)
        (any.convert_extern (extern.convert_any (ref.i31 (i32.const -7)))))))
      (i64.const -7)))

  (func (export "_start")
    (local $rounds i32) (local $round i32)
    (local $list (ref null $node)) (local $tree (ref null $tree))
    (local $pile (ref null $objects))
    (drop (call $args_sizes_get (i32.const 0) (i32.const 4)))
    (local.set $rounds
      (select (i32.const 300) (i32.const 1)
              (i32.eq (i32.load (i32.const 0)) (i32.const 1))))
    (loop $more
      (local.set $list (call $list (i32.const 200)))
      (local.set $tree (call $grow (i32.const 8) (i32.const 1)))
      (local.set $pile (call $pile (i32.const 90)))
      (local.set $list (call $reverse (local.get $list)))
      (call $roots (local.get $round))
      (call $check (call $sum (local.get $list)) (i64.const 20100))
      (call $check (struct.get $node $value (local.get $list)) (i64.const 1))
      (call $check (call $weigh (local.get $tree))
                   (call $weight (i32.const 8) (i32.const 1)))
      (call $checkPile (ref.as_non_null (local.get $pile)) (i32.const 90))
      (br_if $more (i32.lt_u
        (local.tee $round (i32.add (local.get $round) (i32.const 1)))
        (local.get $rounds))))
    (i32.store (i32.const 0) (i32.const 16))
    (i32.store (i32.const 4) (i32.const 22))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1)
                          (i32.const 8)))))
