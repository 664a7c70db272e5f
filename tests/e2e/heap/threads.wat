;; Each thread has a heap of its own: globals, tables and segments with objects
;; are made anew for it, and what one thread puts there no other one sees.
(module
  (import "env" "memory" (memory 2 2 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (export "memory" (memory 0))
  (data (i32.const 64) "every thread is right\n")

  (type $node (struct (field $next (mut (ref null $node)))
                      (field $value (mut i32))))
  (global $constant (ref $node) (struct.new $node (ref.null $node) (i32.const 5)))
  (global $list (mut (ref null $node)) (ref.null $node))
  (table $unchanged 2 2 (ref $node)
    (struct.new $node (ref.null $node) (i32.const 6)))
  (table $changed 2 2 anyref)
  (elem $segment anyref
    (item (struct.new $node (ref.null $node) (i32.const 7))))
  (elem (table $changed) (i32.const 1) anyref
    (item (struct.new $node (ref.null $node) (i32.const 8))))

  (func $value (param $x anyref) (result i32)
    (struct.get $node $value (ref.cast (ref $node) (local.get $x))))

  ;; What it finds must be fresh; then it fills and empties its heap.
  (func $work (param $own i32) (result i32)
    (local $i i32) (local $sum i32)
    (if (i32.eqz (ref.is_null (global.get $list))) (then (return (i32.const 0))))
    (if (i32.eqz (ref.is_null (table.get $changed (i32.const 0))))
      (then (return (i32.const 0))))
    (struct.set $node $value (global.get $constant)
      (i32.add (struct.get $node $value (global.get $constant)) (local.get $own)))
    (table.init $changed $segment (i32.const 0) (i32.const 0) (i32.const 1))
    (loop $more
      (global.set $list (struct.new $node
        (if (result (ref null $node)) (i32.rem_u (local.get $i) (i32.const 100))
          (then (global.get $list)) (else (ref.null $node)))
        (local.get $i)))
      (br_if $more (i32.lt_u
        (local.tee $i (i32.add (local.get $i) (i32.const 1)))
        (i32.const 200000))))
    (loop $more
      (local.set $sum (i32.add (local.get $sum)
        (struct.get $node $value (global.get $list))))
      (global.set $list (struct.get $node $next (global.get $list)))
      (br_if $more (i32.eqz (ref.is_null (global.get $list)))))
    ;; 199,900 + … + 199,999, then 5 + 6 + 7 + 8 and what it added itself.
    (i32.eq
      (i32.add
        (i32.add (local.get $sum)
                 (i32.add (call $value (global.get $constant))
                          (call $value (table.get $unchanged (i32.const 1)))))
        (i32.add (call $value (table.get $changed (i32.const 0)))
                 (call $value (table.get $changed (i32.const 1)))))
      (i32.add (i32.const 19994976) (local.get $own))))

  (func (export "wasi_thread_start") (param $id i32) (param $own i32)
    (drop (i32.atomic.rmw.add (i32.const 0) (call $work (local.get $own))))
    (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
    (drop (memory.atomic.notify (i32.const 4) (i32.const 1))))

  (func (export "_start")
    (local $started i32) (local $ended i32)
    (loop $more
      (if (i32.le_s (call $spawn (i32.add (local.get $started) (i32.const 1)))
                    (i32.const 0))
        (then (unreachable)))
      (br_if $more (i32.lt_u
        (local.tee $started (i32.add (local.get $started) (i32.const 1)))
        (i32.const 4))))
    (if (i32.eqz (call $work (i32.const 100))) (then (unreachable)))
    (loop $wait
      (local.set $ended (i32.atomic.load (i32.const 4)))
      (if (i32.lt_u (local.get $ended) (i32.const 4)) (then
        (drop (memory.atomic.wait32 (i32.const 4) (local.get $ended)
                                    (i64.const 1000000000)))
        (br $wait))))
    (if (i32.ne (i32.atomic.load (i32.const 0)) (i32.const 4))
      (then (unreachable)))
    (i32.store (i32.const 8) (i32.const 64))
    (i32.store (i32.const 12) (i32.const 22))
    (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1)
                          (i32.const 16)))))
