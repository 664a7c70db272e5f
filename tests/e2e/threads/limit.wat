;; Starts threads that never end until no more can be had; exits with their
;; number. The error is EAGAIN, 6 in WASI.
(module
  (import "env" "memory" (memory 1 1 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (func (export "wasi_thread_start") (param i32 i32)
    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
  (func (export "_start") (local $count i32) (local $id i32)
    (loop $again
      (local.set $id (call $spawn (i32.const 0)))
      (if (i32.gt_s (local.get $id) (i32.const 0))
        (then
          (local.set $count (i32.add (local.get $count) (i32.const 1)))
          (br $again))))
    (if (i32.ne (local.get $id) (i32.const -6)) (then (unreachable)))
    (call $exit (local.get $count))))
