//===- sock.h - Descriptors that are sockets ------------------------------===//
#pragma once

#include "wasi/descriptor_table.h"

namespace wrought::wasi {

/// The socket `fd` if it has the right; else an error and false.
Use findSocket(State &state, uint32_t fd, uint64_t right, Errno &error);

} // namespace wrought::wasi
