//===- info.cpp - What an executable says of itself -----------------------===//
#include "core/info.h"

#include "core/executable_file.h"
#include "core/message.h"
#include "core/process.h"
#include "os/linux/system.h"

namespace wrought {

void printInfoIfAsked() {
  const char *asked = environmentVariable("WROUGHT_INFO");
  if (asked == nullptr || asked[0] != '1' || asked[1] != '\0')
    return;
  Bytes info = findOwnSection(".wrought.info");
  while (info.byteLength != 0) {
    long result = sys::write(1, info.begin, info.byteLength);
    if (result <= 0)
      break;
    info.begin += result;
    info.byteLength -= static_cast<size_t>(result);
    if (info.byteLength == 0)
      sys::exit_group(0);
  }
  Message message;
  exitWith(message.text("wrought: error: cannot print .wrought.info\n"));
}

} // namespace wrought
