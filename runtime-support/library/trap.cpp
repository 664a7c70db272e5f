//===- trap.cpp - From a trap to the host's call --------------------------===//
//
// No state belongs to a thread. A trap that is called follows the frame
// pointers of compiled code and runtime to the innermost wrought_enter of this
// library, which is in front of any frame of the host. A fault is taken when
// compiled code made it in the reserved memory of an instance that is active;
// the instance knows its innermost call. All other signals go to whoever was
// there before.
//
//===----------------------------------------------------------------------===//
#include "abi/library_functions.h"
#include "abi/runtime.h"
#include "activation.h"
#include "core/fault.h"
#include "core/lock.h"
#include "core/origin.h"
#include "cpu.h"
#include "libcalls/libcalls.h"
#include "library/library.h"
#include "os/linux/system.h"
#include "trap_context.h"

extern "C" {
extern const wrought::abi::FunctionAddress __start_wrought_functions[]
    __attribute__((weak, visibility("hidden")));
extern const wrought::abi::FunctionAddress __stop_wrought_functions[]
    __attribute__((weak, visibility("hidden")));
}

namespace wrought {

namespace {

Lock handlerLock;
bool areHandlersInstalled;
sys::SignalAction previousSegv, previousBus;

//===----------------------------------------------------------------------===//
// What a failure is told by
//===----------------------------------------------------------------------===//

/// Keeps what wrought_error will say of a frame; functions are found later.
class Recorder {
public:
  explicit Recorder(LibraryInstance &self) : self_(self) {
    self.error.frame_count = self.foreignFrameCount;
  }
  void add(uint64_t pc) {
    if (isCompiledCode(pc) && self_.error.frame_count < maxErrorFrames)
      self_.frames[self_.error.frame_count++] = {pc, nullptr, 0};
  }

private:
  LibraryInstance &self_;
};

uint64_t returnAddressOf(const uint64_t *frame) {
  return arch::returnAddress(frame);
}

const uint64_t *callerOf(const uint64_t *frame) {
  return reinterpret_cast<const uint64_t *>(frame[arch::callerFrameSlot]);
}

bool isLastFrame(const uint64_t *frame) {
  const uint64_t address = returnAddressOf(frame);
  return address >= reinterpret_cast<uint64_t>(wrought_enter_begin) &&
         address < reinterpret_cast<uint64_t>(wrought_enter_end);
}

LibraryInstance &instanceOf(const void *activation) {
  const uint64_t context =
      static_cast<const uint64_t *>(activation)[arch::activationContextSlot];
  return LibraryInstance::of(
      *reinterpret_cast<abi::Context *>(context & ~uint64_t{1}));
}

void recordFrames(LibraryInstance &self, uint64_t pc, const uint64_t *frame) {
  Recorder recorder(self);
  recorder.add(pc);
  for (; !isLastFrame(frame); frame = callerOf(frame))
    // Return addresses may lie behind the end of the function that calls.
    recorder.add(returnAddressOf(frame) - 1);
}

void setTrap(LibraryInstance &self, abi::Trap trap) {
  self.context.failure = WROUGHT_TRAP;
  // Where only a signal tells, code had what is left in a register.
  if (trap == abi::Trap::MemoryOutOfBounds || trap == abi::Trap::OutOfMemory ||
      trap == abi::Trap::OutOfFuel)
    self.context.fuel = 0;
  if (trap == abi::Trap::OutOfFuel)
    self.context.failure = WROUGHT_OUT_OF_FUEL;
  self.error.trap = static_cast<int32_t>(trap);
  self.error.message = abi::message(trap);
}

const uint64_t *activationAbove(const uint64_t *frame) {
  while (!isLastFrame(frame))
    frame = callerOf(frame);
  return callerOf(frame);
}

/// For a function called by compiled code, or by the runtime for it.
[[noreturn]] void raise(const void *framePointer, const abi::Trap *trap) {
  auto *frame = static_cast<const uint64_t *>(framePointer);
  const uint64_t *activation = activationAbove(frame);
  LibraryInstance &self = instanceOf(activation);
  if (trap != nullptr)
    setTrap(self, *trap);
  recordFrames(self, 0, frame);
  wrought_enter_resume(const_cast<uint64_t *>(activation));
}

[[noreturn]] void raiseTrap(abi::Trap trap, const void *framePointer) {
  raise(framePointer, &trap);
}

//===----------------------------------------------------------------------===//
// Signals
//===----------------------------------------------------------------------===//

void onSignal(int signal, sys::SignalInfo *info, void *opaqueContext) {
  auto &context = *static_cast<arch::SignalContext *>(opaqueContext);
  const uint64_t pc = arch::programCounter(context);
  const bool isOurs =
      info->code > 0 && (isCompiledCode(pc) || isMemoryCall(pc));
  LibraryInstance *self =
      isOurs ? instanceAt(reinterpret_cast<uint64_t>(info->address)) : nullptr;
  if (self == nullptr || !isLive(&self->instance) ||
      self->context.activation == nullptr)
    return passOn(signal, info, opaqueContext,
                  signal == sys::sigSegv ? previousSegv : previousBus);
  setTrap(*self, abi::Trap::MemoryOutOfBounds);
  recordFrames(*self, pc,
               reinterpret_cast<uint64_t *>(arch::framePointer(context)));
  arch::resumeAt(context, wrought_enter_resume, self->context.activation);
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

uint64_t codeOf(const abi::FunctionAddress &entry) {
  return reinterpret_cast<uint64_t>(&entry.codeDistance) + entry.codeDistance;
}

/// A frame with a program counter becomes one with a function.
void findFunction(const abi::Module &module, wrought_frame &frame) {
  const uint64_t pc = frame.function_index;
  const abi::FunctionAddress *best = nullptr;
  for (const abi::FunctionAddress *entry = __start_wrought_functions;
       entry != __stop_wrought_functions; ++entry)
    if (codeOf(*entry) <= pc &&
        (best == nullptr || codeOf(*entry) > codeOf(*best)))
      best = entry;
  frame = {UINT64_MAX, nullptr, 0};
  if (best == nullptr)
    return;
  frame.function_index = best->functionIndex;
  const uint64_t position = best->functionIndex - module.importedFunctionCount;
  if (position >= module.functionNameCount)
    return;
  if (const abi::ModuleOrigin *origin = originAt(module, position))
    frame.function_index =
        position - origin->firstPosition + origin->importedFunctionCount;
  auto &name = static_cast<abi::FunctionName *>(module.functionNames)[position];
  if (name.nameLength == 0)
    return;
  frame.name =
      static_cast<const char *>(module.functionNameBytes) + name.nameOffset;
  frame.name_length = name.nameLength;
}

void setInterruption(LibraryInstance &self, uint64_t value) {
  __atomic_store_n(&self.context.interruption, value, __ATOMIC_RELAXED);
}

/// Keeps a text, and whether there is any.
bool keepMessage(LibraryInstance &self, const char *message) {
  size_t length = 0;
  for (; message != nullptr && message[length] != 0 &&
         length + 1 < maxErrorMessage;
       ++length)
    self.message[length] = message[length];
  self.message[length] = 0;
  return length != 0;
}

/// Makes a failure of another instance this one's.
void takeOver(LibraryInstance &self, const wrought_result &result) {
  self.context.failure = static_cast<uint64_t>(result.code);
  const wrought_error &from = *result.error;
  self.error.trap = from.trap;
  self.error.host_status = from.host_status;
  (void)keepMessage(self, from.message);
  self.error.message = self.message;
  // The other library may be of another version.
  self.foreignFrameCount =
      from.frame_count < maxErrorFrames ? from.frame_count : maxErrorFrames;
  for (size_t index = 0; index < self.foreignFrameCount; ++index)
    self.frames[index] = from.frames[index];
}

/// What the last call of an instance failed with; clears it. An interruption
/// lasts until the outermost call has failed.
wrought_result takeFailure(LibraryInstance &self) {
  const abi::Library &library = libraryOf(self.instance);
  wrought_error &error = self.error;
  error.code = static_cast<int32_t>(self.context.failure);
  error.frames = self.frames;
  // Code around the module's functions is none of them.
  size_t count = self.foreignFrameCount;
  for (size_t index = count; index < error.frame_count; ++index) {
    findFunction(*static_cast<const abi::Module *>(library.module),
                 self.frames[index]);
    if (self.frames[index].function_index != abi::NoFunction)
      self.frames[count++] = self.frames[index];
  }
  error.frame_count = count;
  self.foreignFrameCount = 0;
  self.context.failure = 0;
  if (error.code == WROUGHT_INTERRUPTED && self.context.activation == nullptr)
    setInterruption(self, 0);
  return {error.code, &error};
}

} // namespace

void installHandlers() {
  if (__atomic_load_n(&areHandlersInstalled, __ATOMIC_ACQUIRE))
    return;
  const LockGuard guard(handlerLock);
  if (areHandlersInstalled)
    return;
  sys::SignalAction action = {};
  action.handler = reinterpret_cast<void *>(onSignal);
  action.flags = sys::saSiginfo | sys::saOnstack;
  arch::setRestorer(action);
  // Without handlers a guard still ends the process: nothing gets out.
  (void)sys::rt_sigaction(sys::sigSegv, &action, &previousSegv);
  (void)sys::rt_sigaction(sys::sigBus, &action, &previousBus);
  __atomic_store_n(&areHandlersInstalled, true, __ATOMIC_RELEASE);
}

} // namespace wrought

using namespace wrought;

#define TRAP(Name, message)                                                    \
  extern "C" void wrought_trap_##Name() {                                      \
    raiseTrap(abi::Trap::Name, __builtin_frame_address(0));                    \
  }
#include "abi/traps.def"

extern "C" {

void wrought_host_failed() { raise(__builtin_frame_address(0), nullptr); }

void wrought_call_shared(void *contextPointer, void *recordPointer,
                         void *slots) {
  auto &context = *static_cast<abi::Context *>(contextPointer);
  auto *record = static_cast<abi::SharedFunctionRecord *>(recordPointer);
  auto &owner = *static_cast<abi::FunctionOwner *>(record->owner);
  using Enter =
      wrought_result (*)(abi::SharedFunctionRecord *, void *, uint64_t);
  const wrought_result result =
      reinterpret_cast<Enter>(owner.enter)(record, slots, context.stackLimit);
  if (result.code != WROUGHT_OK)
    takeOver(LibraryInstance::of(context), result);
  // Or a host said so meanwhile.
  if (context.failure != 0)
    raise(__builtin_frame_address(0), nullptr);
}

void wrought_interrupted() {
  auto *frame = static_cast<const uint64_t *>(__builtin_frame_address(0));
  LibraryInstance &self = instanceOf(activationAbove(frame));
  self.context.failure = WROUGHT_INTERRUPTED;
  self.error.trap = 0;
  self.error.message = "interrupted";
  raise(frame, nullptr);
}

wrought_result wrought_library_interrupt(abi::Instance *instance,
                                         uint64_t isWanted) {
  if (!isLive(instance))
    return failure(WROUGHT_INVALID_INSTANCE);
  setInterruption(LibraryInstance::of(*instance), isWanted != 0);
  return success;
}

uint64_t wrought_library_fuel(abi::Instance *instance) {
  if (!isLive(instance))
    return 0;
  const auto left =
      static_cast<int64_t>(LibraryInstance::of(*instance).context.fuel);
  return left < 0 ? 0 : static_cast<uint64_t>(left);
}

wrought_result wrought_library_set_fuel(abi::Instance *instance,
                                        uint64_t fuel) {
  if (!isLive(instance))
    return failure(WROUGHT_INVALID_INSTANCE);
  LibraryInstance::of(*instance).context.fuel =
      fuel > INT64_MAX ? INT64_MAX : fuel;
  return success;
}

wrought_result wrought_library_failed(abi::Context *context) {
  return takeFailure(LibraryInstance::of(*context));
}

wrought_result wrought_library_fail(abi::Instance *instance, uint64_t status,
                                    void *text) {
  auto *message = static_cast<const char *>(text);
  if (!isLive(instance))
    return failure(WROUGHT_INVALID_INSTANCE);
  LibraryInstance &self = LibraryInstance::of(*instance);
  if (self.context.activation == nullptr)
    return failure(WROUGHT_INVALID_ARGUMENT);
  const bool isTold = keepMessage(self, message);
  self.context.failure = WROUGHT_HOST_FAILED;
  self.error.trap = 0;
  self.error.host_status = static_cast<int64_t>(status);
  self.error.message = isTold ? self.message : "a function of the host failed";
  return success;
}

wrought_result wrought_library_refused(abi::Instance *instance) {
  return failure(isLive(instance) ? WROUGHT_BUSY : WROUGHT_INVALID_INSTANCE);
}
}
