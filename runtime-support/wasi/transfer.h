//===- transfer.h - What reading and writing have in common ---------------===//
//
// One system call each, however many buffers there are (beyond 128, writing
// makes one for each 128).
//
//===----------------------------------------------------------------------===//
#pragma once

#include "model/guest.h"
#include "wasi/errno.h"
#include "wasi/memory.h"

namespace wrought::wasi {

/// Whether it could end otherwise once the descriptor's type is known.
inline bool isAboutType(long result) {
  return result == -sys::eAgain || result == -sys::eIsdir;
}

/// Runs call(descriptor, vectors, count, done) over the guest's buffers.
/// `isWholeWritten`, for writing, goes on with the next chunk when all of one
/// was taken.
template <bool isWholeWritten, class Call>
Errno transfer(State &state, uint32_t fd, uint64_t right,
               uint32_t vectorsPointer, uint32_t vectorCount,
               uint32_t resultPointer, Call call) {
  Errno error;
  Use descriptor = state.descriptors.find(fd, right, error);
  if (!descriptor)
    return error;
  GuestMemory memory(state);
  GuestVectors vectors(memory, vectorsPointer, vectorCount);
  Out<uint32_t> out(memory, resultPointer);
  if (!vectors.isValid() || !out.isValid())
    return Errno::Fault;
  GuestVectors::Chunk chunk;
  uint64_t total = 0, chunkByteLength = 0;
  do {
    int count = vectors.fill(chunk, chunkByteLength);
    if (count < 0 && total == 0)
      return Errno::Fault;
    // What went out already is a success.
    if (count < 0 || (count == 0 && total != 0))
      break;
    long result = call(*descriptor, chunk, count, total);
    if (!isWholeWritten && isAboutType(result) && !descriptor->isIdentified) {
      // It was opened for reading, without waiting or being looked at.
      state.descriptors.identify(*descriptor);
      if ((right & ~rights::notEnforced & ~descriptor->rightsBase) != 0)
        return Errno::Notcapable;
      result = call(*descriptor, chunk, count, total);
    }
    if (result < 0 && total == 0)
      return errnoOf(result);
    if (result < 0)
      break;
    total += static_cast<uint64_t>(result);
    if (static_cast<uint64_t>(result) != chunkByteLength)
      break;
  } while (isWholeWritten && chunkByteLength != 0 && total < UINT32_MAX / 2);
  out.set(static_cast<uint32_t>(total));
  return Errno::Success;
}

} // namespace wrought::wasi
