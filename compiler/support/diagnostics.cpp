#include "support/diagnostics.h"

#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

namespace wrought {

void Diagnostics::error(Location location, std::string message) {
  all_.push_back({Severity::Error, std::move(location), std::move(message)});
  ++errorCount_;
}

void Diagnostics::warning(Location location, std::string message) {
  all_.push_back({Severity::Warning, std::move(location), std::move(message)});
}

void Diagnostics::note(Location location, std::string message) {
  all_.push_back({Severity::Note, std::move(location), std::move(message)});
}

void Diagnostics::merge(Diagnostics &&other) {
  for (Diagnostic &diagnostic : other.all_)
    all_.push_back(std::move(diagnostic));
  errorCount_ += other.errorCount_;
  other.clear();
}

void Diagnostics::clear() {
  all_.clear();
  errorCount_ = 0;
}

std::string escapeForDisplay(llvm::StringRef text) {
  std::string out;
  const auto *cursor = reinterpret_cast<const llvm::UTF8 *>(text.bytes_begin());
  const auto *end = reinterpret_cast<const llvm::UTF8 *>(text.bytes_end());
  while (cursor != end) {
    const unsigned length = llvm::getNumBytesForUTF8(*cursor);
    const bool legal = llvm::isLegalUTF8Sequence(cursor, end);
    // C1 controls (U+0080..U+009F) also drive terminals.
    const bool control =
        *cursor < 0x20 || *cursor == 0x7f ||
        (legal && length == 2 && cursor[0] == 0xc2 && cursor[1] < 0xa0);
    if (legal && !control) {
      out.append(reinterpret_cast<const char *>(cursor), length);
      cursor += length;
      continue;
    }
    out += llvm::formatv("\\{0:x-2}", static_cast<unsigned>(*cursor)).str();
    ++cursor;
  }
  return out;
}

static llvm::StringRef severityName(Severity severity) {
  switch (severity) {
  case Severity::Error:
    return "error";
  case Severity::Warning:
    return "warning";
  case Severity::Note:
    return "note";
  }
  return "";
}

static void renderJson(const Diagnostic &diagnostic, llvm::raw_ostream &out) {
  const Location &location = diagnostic.location;
  llvm::json::OStream json(out);
  json.object([&] {
    json.attribute("severity", severityName(diagnostic.severity));
    json.attribute("message", escapeForDisplay(diagnostic.message));
    if (!location.file.empty())
      json.attribute("file", escapeForDisplay(location.file));
    if (location.byteOffset)
      json.attribute("offset", static_cast<int64_t>(*location.byteOffset));
    if (location.line)
      json.attribute("line", *location.line);
    if (location.column)
      json.attribute("column", *location.column);
    if (location.functionIndex)
      json.attribute("function", *location.functionIndex);
    if (!location.functionName.empty())
      json.attribute("functionName", escapeForDisplay(location.functionName));
  });
  out << '\n';
}

static void renderText(const Diagnostic &diagnostic, bool color,
                       llvm::raw_ostream &out) {
  const Location &location = diagnostic.location;
  const char *highlight = diagnostic.severity == Severity::Error ? "\x1b[1;31m"
                          : diagnostic.severity == Severity::Warning
                              ? "\x1b[1;35m"
                              : "\x1b[1;36m";
  out << "wrought: " << (color ? highlight : "")
      << severityName(diagnostic.severity) << (color ? ":\x1b[0m " : ": ");
  if (!location.file.empty()) {
    out << escapeForDisplay(location.file) << ':';
    if (location.line) {
      out << *location.line << ':';
      if (location.column)
        out << *location.column << ':';
    } else if (location.byteOffset) {
      out << llvm::formatv("{0:x}:", *location.byteOffset);
    }
    out << ' ';
  }
  if (location.functionIndex) {
    out << "func[" << *location.functionIndex << ']';
    if (!location.functionName.empty())
      out << " <" << escapeForDisplay(location.functionName) << '>';
    out << ": ";
  }
  out << escapeForDisplay(diagnostic.message) << '\n';
}

void render(const Diagnostic &diagnostic, DiagnosticStyle style, bool color,
            llvm::raw_ostream &out) {
  if (style == DiagnosticStyle::Json)
    renderJson(diagnostic, out);
  else
    renderText(diagnostic, color, out);
}

} // namespace wrought
