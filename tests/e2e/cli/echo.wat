;; Accepts one connection on descriptor 3 and sends back what comes first.
(module
  (import "wasi_snapshot_preview1" "sock_accept"
    (func $accept (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_recv"
    (func $recv (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_send"
    (func $send (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\40\00\00\00\40\00\00\00")
  (func $must (param $error i32)
    (if (local.get $error) (then (call $exit (local.get $error)))))
  (func (export "_start")
    (call $must (call $accept (i32.const 3) (i32.const 0) (i32.const 16)))
    (call $must (call $recv (i32.load (i32.const 16)) (i32.const 0)
      (i32.const 1) (i32.const 0) (i32.const 4) (i32.const 20)))
    (call $must (call $send (i32.load (i32.const 16)) (i32.const 0)
      (i32.const 1) (i32.const 0) (i32.const 24)))))
