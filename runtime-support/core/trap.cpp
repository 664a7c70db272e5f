//===- trap.cpp - Traps by call and by signal -----------------------------===//
//
// A trap either resumes the innermost wrought_catch or reports and ends the
// program. Signals are taken for traps in two cases only (README): a fault in
// the guard of the guest's stack, whoever made it, and a fault behind a guarded
// memory made by compiled code or by a memory function that LLVM put in its
// place. All others go where they would have gone.
//
//===----------------------------------------------------------------------===//
#include "core/trap.h"

#include "core/fault.h"
#include "core/message.h"
#include "core/process.h"
#include "core/registry.h"
#include "core/stack.h"
#include "cpu.h"
#include "os/linux/system.h"
#include "trap_context.h"

namespace wrought {

struct ActiveCatch {
  CatchFrame frame;
  abi::TrapRecord *record;
  ActiveCatch *outer;
};

namespace {

constexpr int trapExitStatus = 134;

sys::SignalAction previousSegv, previousBus;

int report(void *record) {
  process.claimEnd();
  reportTrap(*static_cast<abi::TrapRecord *>(record));
  sys::exit_group(trapExitStatus);
}

[[noreturn]] void raiseTrap(abi::TrapRecord &record) {
  ThreadState &thread = process.thread();
  if (ActiveCatch *active = thread.activeCatch) {
    *active->record = record;
    wrought_catch_resume(&active->frame);
  }
  // What is left of the guest's stack may not be enough.
  wrought_call_on_stack(report, &record,
                        reinterpret_cast<void *>(thread.signalStackEnd));
  __builtin_unreachable();
}

/// For a function called at `frame` by the code that traps.
[[noreturn]] void raiseFrom(abi::Trap trap, const void *frame,
                            const char *importModule = nullptr,
                            const char *importName = nullptr) {
  auto *slots = static_cast<const uint64_t *>(frame);
  // Return addresses may lie behind the end of the function that calls.
  abi::TrapRecord record = {trap, arch::returnAddress(slots) - 1,
                            slots[arch::callerFrameSlot], importModule,
                            importName};
  raiseTrap(record);
}

/// Within the handler: leaves through the handler's return, which restores the
/// signal mask.
void raiseFromSignal(abi::Trap trap, arch::SignalContext &context) {
  abi::TrapRecord record = {trap, arch::programCounter(context),
                            arch::framePointer(context), nullptr, nullptr};
  ActiveCatch *active = process.thread().activeCatch;
  if (active == nullptr)
    report(&record);
  *active->record = record;
  arch::resumeAt(context, wrought_catch_resume, &active->frame);
}

void onSignal(int signal, sys::SignalInfo *info, void *opaqueContext) {
  auto &context = *static_cast<arch::SignalContext *>(opaqueContext);
  auto address = reinterpret_cast<uint64_t>(info->address);
  uint64_t pc = arch::programCounter(context);
  bool isFault = info->code > 0;
  if (isFault && process.thread().stackGuard.contains(address))
    raiseFromSignal(abi::Trap::StackExhausted, context);
  else if (isFault && (isCompiledCode(pc) || isMemoryCall(pc)) &&
           isInMemoryGuard(address))
    raiseFromSignal(abi::Trap::MemoryOutOfBounds, context);
  else
    passOn(signal, info, opaqueContext,
           signal == sys::sigSegv ? previousSegv : previousBus);
}

} // namespace

void installTrapHandlers() {
  sys::SignalStack stack = {
      reinterpret_cast<void *>(process.mainThread.signalStackEnd -
                               signalStackByteLength),
      0, signalStackByteLength};
  sys::SignalAction action = {};
  action.handler = reinterpret_cast<void *>(onSignal);
  action.flags = sys::saSiginfo | sys::saOnstack;
  arch::setRestorer(action);
  if (sys::isError(sys::sigaltstack(&stack, nullptr)) ||
      sys::isError(sys::rt_sigaction(sys::sigSegv, &action, &previousSegv)) ||
      sys::isError(sys::rt_sigaction(sys::sigBus, &action, &previousBus))) {
    Message message;
    exitWith(message.text("wrought: error: cannot install signal handlers\n"));
  }
}

} // namespace wrought

using namespace wrought;

extern "C" int wrought_catch(void (*function)(void *), void *argument,
                             abi::TrapRecord *record) {
  ThreadState &thread = process.thread();
  ActiveCatch frame = {{}, record, thread.activeCatch};
  thread.activeCatch = &frame;
  int result = wrought_catch_enter(function, argument, &frame.frame);
  thread.activeCatch = frame.outer;
  return result;
}

#define TRAP(Name, message)                                                    \
  extern "C" void wrought_trap_##Name() {                                      \
    raiseFrom(abi::Trap::Name, __builtin_frame_address(0));                    \
  }
#include "abi/traps.def"

extern "C" void wrought_missing_import(void *module, void *name) {
  raiseFrom(abi::Trap::MissingImport, __builtin_frame_address(0),
            static_cast<const char *>(module), static_cast<const char *>(name));
}
