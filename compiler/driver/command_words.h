//===- command_words.h - A parsed command line back as words --------------===//
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace wrought::driver {

/// The flags that were given to a command, each as one word that the parser
/// takes ("--name=value", "-g"), without those in `left`, by their longest name
/// without dashes.
std::vector<std::string> wordsOf(const CLI::App &command,
                                 llvm::ArrayRef<llvm::StringLiteral> left);

} // namespace wrought::driver
