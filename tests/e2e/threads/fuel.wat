;; Four threads count, which costs 5 a round; the first one waits for them.
(module
  (import "env" "memory" (memory 1 1 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (func $count (param $n i32)
    (loop $l
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "wasi_thread_start") (param $id i32) (param $argument i32)
    (call $count (i32.const 100000))
    (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
    (drop (memory.atomic.notify (i32.const 0) (i32.const -1))))
  (func (export "_start") (local $started i32) (local $done i32)
    (loop $next
      (if (i32.le_s (call $spawn (i32.const 0)) (i32.const 0))
        (then (unreachable)))
      (br_if $next (i32.lt_u
        (local.tee $started (i32.add (local.get $started) (i32.const 1)))
        (i32.const 4))))
    (loop $wait
      (local.set $done (i32.atomic.load (i32.const 0)))
      (if (i32.lt_u (local.get $done) (i32.const 4))
        (then
          (drop (memory.atomic.wait32 (i32.const 0) (local.get $done)
                                      (i64.const -1)))
          (br $wait))))))
