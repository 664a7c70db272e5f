//===- info.h - What an executable says of itself -------------------------===//
#pragma once

namespace wrought {

/// With WROUGHT_INFO=1 in the environment prints the section .wrought.info,
/// JSON about what the executable was built from and may do, and ends the
/// program.
void printInfoIfAsked();

} // namespace wrought
