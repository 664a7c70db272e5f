#include "support/diagnostics.h"

#include <gtest/gtest.h>

using namespace wrought;

namespace {

std::string rendered(const Diagnostic &diagnostic, DiagnosticStyle style) {
  std::string text;
  llvm::raw_string_ostream out(text);
  render(diagnostic, style, /*color=*/false, out);
  return text;
}

TEST(Diagnostics, RendersOffsetAndFunction) {
  Diagnostic diagnostic;
  diagnostic.location.file = "app.wasm";
  diagnostic.location.byteOffset = 0x1a2f;
  diagnostic.location.functionIndex = 12;
  diagnostic.location.functionName = "parse";
  diagnostic.message = "type mismatch";
  EXPECT_EQ(rendered(diagnostic, DiagnosticStyle::Text),
            "wrought: error: app.wasm:0x1a2f: func[12] <parse>: type "
            "mismatch\n");
}

TEST(Diagnostics, RendersLineAndColumn) {
  Diagnostic diagnostic;
  diagnostic.severity = Severity::Warning;
  diagnostic.location.file = "app.wat";
  diagnostic.location.line = 3;
  diagnostic.location.column = 7;
  diagnostic.message = "odd";
  EXPECT_EQ(rendered(diagnostic, DiagnosticStyle::Text),
            "wrought: warning: app.wat:3:7: odd\n");
}

TEST(Diagnostics, EscapesWhatWouldDriveATerminal) {
  Diagnostic diagnostic;
  diagnostic.message = "import \x1b[2J\n\xc2\x9b end";
  const std::string text = rendered(diagnostic, DiagnosticStyle::Text);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
  EXPECT_EQ(text.find('\n'), text.size() - 1);
}

TEST(Diagnostics, RendersJsonOnOneLine) {
  Diagnostic diagnostic;
  diagnostic.location.file = "a.wasm";
  diagnostic.location.byteOffset = 16;
  diagnostic.message = "bad";
  EXPECT_EQ(rendered(diagnostic, DiagnosticStyle::Json),
            "{\"severity\":\"error\",\"message\":\"bad\",\"file\":\"a.wasm\","
            "\"offset\":16}\n");
}

TEST(Diagnostics, CountsOnlyErrorsAndMergesInOrder) {
  Diagnostics first, second;
  first.warning({}, "one");
  EXPECT_FALSE(first.hasErrors());
  second.error("two");
  first.merge(std::move(second));
  EXPECT_EQ(first.errorCount(), 1u);
  ASSERT_EQ(first.all().size(), 2u);
  EXPECT_EQ(first.all()[1].message, "two");
}

} // namespace
