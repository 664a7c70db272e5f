// Uses the module by declarations taken from its header: rustc host.rs -L . -l plugin.
use std::ffi::{c_char, c_void, CStr};

#[repr(C)]
struct Error {
    code: i32,
    trap: i32,
    host_status: i64,
    message: *const c_char,
    frame_count: usize,
    frames: *const c_void,
}

#[repr(C)]
struct Outcome {
    code: i64,
    error: *const Error,
}

#[repr(C)]
struct Env {
    log: extern "C" fn(*mut c_void, i32, i32),
    ask: extern "C" fn(*mut c_void, i32) -> i32,
    user_data: *mut c_void,
}

enum Instance {}

extern "C" {
    fn plugin_instantiate(
        abi: u32,
        imports: *const Env,
        limits: *const c_void,
        instance: *mut *mut Instance,
    ) -> Outcome;
    fn plugin_free(instance: *mut Instance) -> Outcome;
    fn plugin_add(instance: *mut Instance, a: i32, b: i32, sum: *mut i32) -> Outcome;
    fn plugin_divide(instance: *mut Instance, a: i32, b: i32, quotient: *mut i32) -> Outcome;
    fn plugin_ask_host(instance: *mut Instance, question: i32, answer: *mut i32) -> Outcome;
}

extern "C" fn log(_user_data: *mut c_void, _at: i32, _length: i32) {}

extern "C" fn ask(user_data: *mut c_void, question: i32) -> i32 {
    let asked = unsafe { &mut *(user_data as *mut i32) };
    *asked += 1;
    question * 2
}

fn check(outcome: Outcome) -> Result<(), String> {
    if outcome.code == 0 {
        return Ok(());
    }
    let message = unsafe { CStr::from_ptr((*outcome.error).message) };
    Err(message.to_string_lossy().into_owned())
}

fn main() -> Result<(), String> {
    let mut asked = 0i32;
    let env = Env { log, ask, user_data: &mut asked as *mut i32 as *mut c_void };
    let mut instance = std::ptr::null_mut();
    let mut value = 0;
    unsafe {
        check(plugin_instantiate(1, &env, std::ptr::null(), &mut instance))?;
        check(plugin_add(instance, 40, 2, &mut value))?;
        println!("40 + 2 = {value}");
        check(plugin_ask_host(instance, 20, &mut value))?;
        println!("the host's answer and 1: {value}, asked {asked} times");
        println!("failed: {}", check(plugin_divide(instance, 1, 0, &mut value)).unwrap_err());
        check(plugin_free(instance))
    }
}
