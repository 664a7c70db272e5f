;; Three imports that nobody provides, and one that WASI types otherwise.
(module
  (import "env" "first" (func (param i32) (result i64)))
  (import "env" "second" (func (param f64)))
  (import "other" "memory" (memory 1))
  (import "wasi_snapshot_preview1" "fd_write" (func (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (func (export "_start") (call $exit (i32.const 0))))
