//===- guest.cpp - Instances as guests of WASI ----------------------------===//
#include "library/library.h"
#include "wasi/library/library_wasi.h"

namespace wrought {

namespace {

const wasi::LibraryWasi &wasiOf(const abi::Library &library) {
  return *static_cast<const wasi::LibraryWasi *>(library.wasi);
}

/// For proc_exit. A call of another instance may have reached it when no call
/// of this one is active: then there is nothing to end.
void exitCall(abi::Instance &instance, uint32_t status) {
  LibraryInstance &self = LibraryInstance::of(instance);
  if (self.context.activation == nullptr)
    return;
  self.context.failure = WROUGHT_EXITED;
  self.error.trap = 0;
  self.error.host_status = status;
  self.error.message = "the module called proc_exit";
}

const abi::Memory *wasiMemory(const abi::Library &library,
                              const abi::Instance &instance) {
  const char *place = reinterpret_cast<const char *>(&instance);
  if (library.wasiMemory != UINT64_MAX)
    return reinterpret_cast<const abi::Memory *>(place + library.wasiMemory);
  if (library.wasiMemoryImport != UINT64_MAX)
    return static_cast<const abi::Memory *>(
        reinterpret_cast<const abi::Import *>(place + library.wasiMemoryImport)
            ->address);
  return nullptr;
}

wrought_result cannotOpen(LibraryInstance &self, const wasi::MakeError &error) {
  char *out = self.message, *end = self.message + maxErrorMessage - 1;
  auto append = [&](const char *text) {
    while (*text != '\0' && out != end)
      *out++ = *text++;
  };
  append("WASI cannot open '");
  append(error.name);
  append("'");
  *out = '\0';
  self.error = {WROUGHT_CANNOT_OPEN, 0, -error.result,
                self.message,        0, self.frames};
  return {WROUGHT_CANNOT_OPEN, &self.error};
}

} // namespace

wrought_result openWasi(const abi::Library &library, LibraryInstance &self,
                        void *const *pointers) {
  if (library.wasi == nullptr)
    return success;
  const wasi::Guest guest = {&self.instance, wasiMemory(library, self.instance),
                             exitCall};
  wasi::MakeError error;
  if (wasiOf(library).make(pointers == nullptr
                               ? nullptr
                               : static_cast<const wrought_wasi_config *>(
                                     pointers[library.wasiConfig]),
                           guest, self.wasi, error))
    return success;
  return error.code == WROUGHT_CANNOT_OPEN ? cannotOpen(self, error)
                                           : failure(error.code);
}

void resetWasi(LibraryInstance &self) {
  if (self.wasi != nullptr)
    wasiOf(libraryOf(self.instance)).reset(*self.wasi);
}

void closeWasi(const abi::Library &library, LibraryInstance &self) {
  if (self.wasi != nullptr)
    wasiOf(library).close(*self.wasi);
}

} // namespace wrought
