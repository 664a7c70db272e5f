// Ready-made WASI by wrought.hpp.
#include "command.h"
#include "guest.h"
#include "wrought.hpp"

#include <cstdio>
#include <unistd.h>

int main() {
  wrought::WasiConfig config;
  config.arguments = {"command", "a", "b"};
  config.environment = {"COLOUR=red"};
  config.streams[1] = {WROUGHT_WASI_INHERIT, 0};
  const wrought::WasiView view(config);
  const command_imports imports = {.wasi_snapshot_preview1 = {},
                                   .wasi_config = view.get()};
  auto command =
      wrought::instantiate(command_instantiate, command_free, &imports);
  if (!command)
    return 1;
  const wrought::Done end = wrought::run(command__start, command->get());
  if (end || !end.error().exitStatus())
    return 1;
  std::fprintf(stderr, "exit status %ld\n",
               static_cast<long>(*end.error().exitStatus()));
  config.directories.push_back({"/no/such/directory", "/", true});
  const wrought::WasiView bad(config);
  const guest_imports others = {.wasi_snapshot_preview1 = {},
                                .wasi_config = bad.get()};
  const auto guest =
      wrought::instantiate(guest_instantiate, guest_free, &others);
  std::printf("%s\n", guest ? "?" : guest.error().message.c_str());
  return *end.error().exitStatus() == 3 ? 0 : 1;
}
