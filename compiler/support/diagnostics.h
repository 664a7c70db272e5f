//===- diagnostics.h - Errors and warnings for the user --------------------===//
//
// Bad input and a bad environment are reported here; a bug in Wrought is an
// assert, and a trap is the compiled program's own affair. Stages report and
// return false (or nullopt); nothing below main() exits or throws.
//
// Rendered form, as clang and lld write it:
//   wrought: error: app.wasm:0x1a2f: func[12] <parse>: type mismatch: …
// For text modules the location is file:line:column instead of an offset.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wrought {

enum class Severity : uint8_t { Error, Warning, Note };

/// Where in the input something was found; every part is optional.
struct Location {
  std::string file;
  /// Bytes from the start of the binary module.
  std::optional<uint64_t> byteOffset;
  /// 1-based, for the text format.
  std::optional<uint32_t> line, column;
  std::optional<uint32_t> functionIndex;
  std::string functionName;
};

struct Diagnostic {
  Severity severity = Severity::Error;
  Location location;
  /// Lower case, no full stop: names the thing, then the fact.
  std::string message;
};

/// Collects diagnostics. Not thread-safe: parallel work uses one sink a task
/// and merges in task order, so that output does not depend on timing.
class Diagnostics {
public:
  void error(Location location, std::string message);
  void error(std::string message) { error(Location(), std::move(message)); }
  void warning(Location location, std::string message);
  void note(Location location, std::string message);
  void merge(Diagnostics &&other);

  bool hasErrors() const { return errorCount_ != 0; }
  size_t errorCount() const { return errorCount_; }
  const std::vector<Diagnostic> &all() const { return all_; }
  std::vector<Diagnostic> &all() { return all_; }
  void clear();

private:
  std::vector<Diagnostic> all_;
  size_t errorCount_ = 0;
};

enum class DiagnosticStyle : uint8_t { Text, Json };

/// Writes one diagnostic as a line of text or of JSON. Control characters from
/// the input (names) are escaped: a module cannot write to the terminal.
void render(const Diagnostic &diagnostic, DiagnosticStyle style, bool color,
            llvm::raw_ostream &out);

/// `text` with control characters, quotes and invalid UTF-8 as \xx escapes.
std::string escapeForDisplay(llvm::StringRef text);

} // namespace wrought
