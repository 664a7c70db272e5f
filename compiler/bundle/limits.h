//===- limits.h - What a bundle may ask of those who read it --------------===//
#pragma once

#include <cstddef>
#include <cstdint>

namespace wrought::bundle::limits {

constexpr uint64_t ManifestBytes = uint64_t{16} << 20;
constexpr size_t PartCount = 4096;
/// What the name of a ustar header holds.
constexpr size_t PathBytes = 100;
constexpr uint64_t PartBytes = uint64_t{2} << 30;
/// Of all parts together, unpacked.
constexpr uint64_t TotalBytes = uint64_t{8} << 30;
/// Of values in the manifest: its reader is recursive.
constexpr unsigned NestingDepth = 32;
/// Frames end here at the latest; the seek table counts in 32 bits.
constexpr uint64_t FrameBytes = uint64_t{1} << 30;
constexpr size_t FrameCount = 65536;
/// log2 of what a frame may refer back to, which is what reading one takes of
/// memory. The limit of the tool zstd without options.
constexpr int WindowLog = 27;

} // namespace wrought::bundle::limits
