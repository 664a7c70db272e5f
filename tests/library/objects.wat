;; Objects between calls of a host: in globals, in a table, and on the stack
;; below the host's frames.
(module
  (import "host" "between" (func $between))
  (type $node (struct (field $next (ref null $node)) (field $value i64)))
  (global $list (mut (ref null $node)) (ref.null $node))
  (global $first (ref $node) (struct.new $node (ref.null $node) (i64.const 3)))
  (table $any 4 anyref)

  (func $make (param $n i32) (result (ref null $node))
    (local $list (ref null $node))
    (loop $more
      (if (local.get $n) (then
        (local.set $list (struct.new $node (local.get $list)
          (i64.extend_i32_u (local.get $n))))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $more))))
    (local.get $list))

  (func $sum (param $list (ref null $node)) (result i64)
    (local $sum i64)
    (block $done
      (loop $more
        (br_if $done (ref.is_null (local.get $list)))
        (local.set $sum (i64.add (local.get $sum)
          (struct.get $node $value (local.get $list))))
        (local.set $list (struct.get $node $next (local.get $list)))
        (br $more)))
    (local.get $sum))

  (func (export "keep") (param $n i32)
    (global.set $list (call $make (local.get $n))))
  (func (export "kept") (result i64)
    (i64.add (call $sum (global.get $list)) (call $sum (global.get $first))))
  (func (export "waste") (param $n i32) (result i64)
    (call $sum (call $make (local.get $n))))
  ;; Holds a list while the host does what it wants.
  (func (export "hold") (param $n i32) (result i64)
    (local $list (ref null $node))
    (local.set $list (call $make (local.get $n)))
    (call $between)
    (call $sum (local.get $list)))

  (func (export "put") (param $at i32) (param $x externref)
    (table.set $any (local.get $at) (any.convert_extern (local.get $x))))
  (func (export "get") (param $at i32) (result externref)
    (extern.convert_any (table.get $any (local.get $at))))
  (func (export "put_own") (param $at i32) (param $n i32)
    (table.set $any (local.get $at) (call $make (local.get $n))))
  ;; Of a list that was put there; traps for anything else.
  (func (export "sum_at") (param $at i32) (result i64)
    (call $sum (ref.cast (ref null $node)
      (table.get $any (local.get $at)))))
  (func (export "kind_of") (param $x externref) (result i32)
    (local $any anyref)
    (local.set $any (any.convert_extern (local.get $x)))
    (i32.or
      (i32.or (ref.is_null (local.get $any))
              (i32.shl (ref.test (ref $node) (local.get $any)) (i32.const 1)))
      (i32.or (i32.shl (ref.test (ref i31) (local.get $any)) (i32.const 2))
              (i32.shl (ref.test (ref eq) (local.get $any)) (i32.const 3)))))
  (func (export "small") (param $n i32) (result externref)
    (extern.convert_any (ref.i31 (local.get $n)))))
