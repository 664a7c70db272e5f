#include "driver/package_options.h"
#include "bundle/manifest.h"

#include "llvm/Support/Path.h"

namespace wrought::driver {

std::string packageNameProblem(llvm::StringRef name) {
  if (name.contains('/'))
    return "a path instead of a name";
  return bundle::pathProblem(name);
}

std::optional<ExtraFile> parseExtraFile(llvm::StringRef text,
                                        std::string &message) {
  const size_t equals = text.find('=');
  const llvm::StringRef file = text.take_front(equals);
  const llvm::StringRef name = equals == llvm::StringRef::npos
                                   ? llvm::sys::path::filename(file)
                                   : text.substr(equals + 1);
  message = file.empty() ? "no file" : bundle::pathProblem(name);
  if (message.empty())
    return ExtraFile{file.str(), name.str()};
  message = ("'" + text + "': " + message).str();
  return std::nullopt;
}

std::optional<std::string> valueForTarget(llvm::ArrayRef<std::string> texts,
                                          const targets::TargetSpec &target,
                                          bool isOnlyTarget,
                                          std::string &message) {
  std::string value;
  for (llvm::StringRef text : texts) {
    const auto [name, rest] = text.split('=');
    const bool isForOne = text.contains('=');
    if (isForOne && !targets::find(name)) {
      message = ("unknown target '" + name + "'").str();
      return std::nullopt;
    }
    if (!isForOne && !isOnlyTarget) {
      message =
          ("'" + text + "' needs a target in front: TARGET=" + text).str();
      return std::nullopt;
    }
    if (!isForOne || targets::find(name) == &target)
      value = (isForOne ? rest : text).str();
  }
  return value;
}

} // namespace wrought::driver
