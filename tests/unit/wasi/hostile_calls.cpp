//===- hostile_calls.cpp - Every call with arguments that lie -------------===//
#include "hostile_calls.h"

#include <functional>

namespace wrought::wasi {

namespace {

// Places in the guest's memory. The first 64 bytes may be written to.
constexpr uint32_t vectorAt = 64, badVectorAt = 80, selfVectorAt = 96,
                   subscriptionAt = 256, nameAt = 512, resultAt = 1024,
                   bufferAt = 2048, dataAt = 4096;
constexpr uint32_t minusOne = 0xffffffff, half = 0x80000000;

/// One value that some parameters of a call take together.
struct Choice {
  std::vector<uint64_t> values;
  /// Errors that it deserves; none when it is in order.
  std::vector<Errno> errors;
  /// An error that it may get beside those of others.
  Errno possible = Errno::Success;
};

struct Parameter {
  std::vector<Choice> choices; ///< the first one is in order
  bool isWide = false;
};

class Table {
public:
  explicit Table(const HostileSetting &setting)
      : setting_(setting), end_(setting.memoryByteLength) {}

  std::vector<HostileCall> calls() {
    addDescriptorCalls();
    addTransferCalls();
    addPathCalls();
    addOtherCalls();
    return std::move(calls_);
  }

private:
  //===-- Parameters ------------------------------------------------------===//

  Parameter descriptor(uint32_t fd) const {
    Parameter parameter;
    parameter.choices.push_back({{fd}, {}});
    for (uint32_t bad : {minusOne, half, 65535u, 65536u, 60000u})
      parameter.choices.push_back({{bad}, {Errno::Badf}});
    return parameter;
  }

  /// A place for `length` bytes, also the last one, at 0 and over what the call
  /// reads.
  Parameter out(uint32_t length) const {
    Parameter parameter;
    for (uint32_t good :
         {resultAt, 0u, 1u, end_ - length, vectorAt, nameAt, subscriptionAt})
      parameter.choices.push_back({{good}, {}});
    for (uint32_t bad : {minusOne, half, end_, end_ - length + 1,
                         minusOne - length + 1, half - 1})
      parameter.choices.push_back({{bad}, {Errno::Fault}});
    return parameter;
  }

  /// Pointer and length; the good ones are given.
  Parameter range(std::vector<Choice> choices) const {
    const uint32_t bad[][2] = {{end_, 1},     {minusOne, minusOne},
                               {half, 1},     {end_ - 1, 2},
                               {1, minusOne}, {0, half},
                               {0, end_ + 1}, {minusOne, 1},
                               {half, half},  {end_ + 1, 0}};
    for (const auto &[pointer, length] : bad)
      choices.push_back({{pointer, length}, {Errno::Fault}});
    return {std::move(choices), false};
  }
  Parameter path() const {
    return range({{{nameAt, 4}, {}},
                  {{nameAt, 0}, {Errno::Noent}},
                  {{end_, 0}, {Errno::Noent}},
                  {{resultAt, 8}, {Errno::Inval}}, // NULs
                  {{0, end_}, {Errno::Nametoolong}}});
  }
  Parameter buffer() const {
    return range({{{bufferAt, 64}, {}},
                  {{bufferAt, 0}, {}},
                  {{end_ - 64, 64}, {}},
                  {{nameAt, 64}, {}},
                  {{end_, 0}, {}}});
  }
  Parameter vectors() const {
    std::vector<Choice> choices = {{{vectorAt, 1}, {}},
                                   {{vectorAt, 0}, {}},
                                   {{end_, 0}, {}},
                                   {{selfVectorAt, 1}, {}},
                                   {{badVectorAt, 1}, {Errno::Fault}},
                                   {{vectorAt, 2}, {Errno::Fault}}};
    const uint32_t bad[][2] = {
        {end_ - 4, 1},        {minusOne, 1},   {half, 1},
        {vectorAt, minusOne}, {0, 0x20000000}, {8, 0x20000000},
        {end_ - 8, 2},        {end_ + 1, 0},   {minusOne, 0x20000001},
        {vectorAt, half}};
    for (const auto &[pointer, count] : bad)
      choices.push_back({{pointer, count}, {Errno::Fault}});
    return {std::move(choices), false};
  }
  /// `good` and what has bits that nobody defined.
  Parameter flags(uint32_t good = 0) const {
    return {{{{good}, {}},
             {{minusOne}, {Errno::Inval}},
             {{half}, {Errno::Inval}},
             {{0x10000}, {Errno::Inval}}},
            false};
  }
  /// Any value may be right or not.
  Parameter wide(std::initializer_list<uint64_t> values) const {
    Parameter parameter;
    parameter.isWide = true;
    for (uint64_t value : values)
      parameter.choices.push_back(
          {{value}, {}, value >> 63 ? Errno::Inval : Errno::Success});
    return parameter;
  }
  Parameter anyWide() const {
    return wide(
        {0, 1, half, uint64_t{1} << 63, ~uint64_t{0}, (uint64_t{1} << 63) - 1});
  }
  /// Numbers from 0 to `count` - 1 are in order.
  Parameter number(uint32_t good, std::initializer_list<uint32_t> bad) const {
    Parameter parameter;
    parameter.choices.push_back({{good}, {}});
    for (uint32_t value : bad)
      parameter.choices.push_back({{value}, {Errno::Inval}});
    return parameter;
  }

  //===-- Calls -----------------------------------------------------------===//

  /// All pairs. Without `good`, calls with nothing wrong are left out: they
  /// would change what later calls rely on.
  void add(const char *name, const std::vector<Parameter> &parameters,
           std::initializer_list<Errno> good) {
    ErrnoSet allowed;
    for (Errno error : good)
      allowed.add(error);
    std::vector<size_t> chosen(parameters.size());
    auto emit = [&] {
      HostileCall call;
      call.function = name;
      for (size_t index = 0; index != parameters.size(); ++index) {
        const Choice &choice = parameters[index].choices[chosen[index]];
        for (uint64_t value : choice.values) {
          call.arguments.push_back(value);
          call.isWide.push_back(parameters[index].isWide);
        }
        for (Errno error : choice.errors)
          call.allowed.add(error);
      }
      bool isGood = call.allowed.low == 0 && call.allowed.high == 0;
      if (isGood && good.size() == 0)
        return;
      if (isGood)
        call.allowed = allowed;
      for (size_t index = 0; !isGood && index != parameters.size(); ++index)
        if (const Choice &choice = parameters[index].choices[chosen[index]];
            choice.possible != Errno::Success)
          call.allowed.add(choice.possible);
      calls_.push_back(std::move(call));
    };
    emit();
    for (size_t first = 0; first != parameters.size(); ++first)
      for (size_t one = 1; one < parameters[first].choices.size(); ++one) {
        chosen[first] = one;
        emit();
        for (size_t second = first + 1; second < parameters.size(); ++second) {
          for (size_t two = 1; two < parameters[second].choices.size(); ++two) {
            chosen[second] = two;
            emit();
          }
          chosen[second] = 0;
        }
        chosen[first] = 0;
      }
  }

  void addDescriptorCalls() {
    const Parameter file = descriptor(setting_.file);
    const Errno ok = Errno::Success;
    add("fd_advise",
        {file, anyWide(), anyWide(), number(0, {6, half, minusOne})},
        {ok, Errno::Inval});
    add("fd_allocate",
        {file, wide({0, 1, uint64_t{1} << 63, ~uint64_t{0}}),
         wide({1, 0, uint64_t{1} << 63, ~uint64_t{0}})},
        {ok, Errno::Inval, Errno::Notsup});
    add("fd_close", {file}, {});
    add("fd_datasync", {file}, {ok});
    add("fd_fdstat_get", {file, out(fdstat::byteLength)}, {ok});
    add("fd_fdstat_set_flags", {file, flags()}, {ok});
    add("fd_fdstat_set_rights", {file, anyWide(), anyWide()}, {});
    add("fd_filestat_get", {file, out(filestat::byteLength)}, {ok});
    add("fd_filestat_set_size",
        {file, wide({0, uint64_t{1} << 63, ~uint64_t{0}})}, {ok, Errno::Inval});
    add("fd_filestat_set_times", {file, anyWide(), anyWide(), flags()},
        {ok, Errno::Inval});
    add("fd_prestat_get",
        {descriptor(setting_.directory), out(prestat::byteLength)}, {ok});
    add("fd_prestat_dir_name", {descriptor(setting_.directory), buffer()},
        {ok, Errno::Nametoolong});
    add("fd_readdir",
        {descriptor(setting_.directory), buffer(),
         wide({0, 1, ~uint64_t{0}, uint64_t{1} << 63}), out(4)},
        {ok, Errno::Inval, Errno::Noent});
    add("fd_renumber", {file, file}, {});
    add("fd_seek", {file, anyWide(), number(0, {3, half, minusOne}), out(8)},
        {ok, Errno::Inval, Errno::Overflow});
    add("fd_sync", {file}, {ok});
    add("fd_tell", {file, out(8)}, {ok});
  }

  void addTransferCalls() {
    const Parameter file = descriptor(setting_.file);
    const Parameter socket = descriptor(setting_.socket);
    const Errno ok = Errno::Success;
    const Parameter offset = wide({0, 1, uint64_t{1} << 63, ~uint64_t{0}});
    add("fd_read", {file, vectors(), out(4)}, {ok});
    add("fd_write", {file, vectors(), out(4)}, {ok, Errno::Fbig});
    add("fd_pread", {file, vectors(), offset, out(4)}, {ok, Errno::Inval});
    add("fd_pwrite", {file, vectors(), offset, out(4)},
        {ok, Errno::Inval, Errno::Fbig});
    add("sock_accept", {socket, flags(fdflagNonblock), out(4)},
        {Errno::Again, Errno::Inval, Errno::Notsup});
    add("sock_recv", {socket, vectors(), flags(), out(4), out(2)},
        {ok, Errno::Again, Errno::Notconn});
    add("sock_send", {socket, vectors(), flags(), out(4)},
        {ok, Errno::Again, Errno::Notconn, Errno::Pipe});
    add("sock_shutdown", {socket, number(1, {0, 4, half, minusOne})}, {});
  }

  void addPathCalls() {
    const Parameter directory = descriptor(setting_.directory);
    const Errno ok = Errno::Success;
    const Parameter lookup = flags(lookupSymlinkFollow);
    add("path_create_directory", {directory, path()}, {Errno::Exist});
    add("path_filestat_get",
        {directory, lookup, path(), out(filestat::byteLength)}, {ok});
    add("path_filestat_set_times",
        {directory, lookup, path(), anyWide(), anyWide(), flags()},
        {ok, Errno::Inval});
    add("path_link", {directory, lookup, path(), directory, path()},
        {Errno::Exist});
    add("path_open",
        {directory, lookup, path(), flags(), wide({0, rights::fdRead}),
         wide({0, ~uint64_t{0}}), flags(), out(4)},
        {ok, Errno::Mfile, Errno::Nfile});
    add("path_readlink", {directory, path(), buffer(), out(4)}, {Errno::Inval});
    add("path_remove_directory", {directory, path()}, {Errno::Notdir});
    add("path_rename", {directory, path(), directory, path()}, {ok});
    add("path_symlink", {path(), directory, path()}, {Errno::Exist});
    add("path_unlink_file", {directory, path()}, {});
  }

  void addOtherCalls() {
    const Errno ok = Errno::Success;
    for (const char *name : {"args_sizes_get", "environ_sizes_get"})
      add(name, {out(4), out(4)}, {ok});
    // "program" and "NAME=value", each with its NUL.
    add("args_get", {out(4), out(8)}, {ok});
    add("environ_get", {out(4), out(11)}, {ok});
    const Parameter clock = number(1, {4, half, minusOne});
    add("clock_res_get", {clock, out(8)}, {ok});
    add("clock_time_get", {clock, anyWide(), out(8)}, {ok});
    Parameter in = out(subscription::byteLength);
    // What stands elsewhere is no subscription that is over.
    std::erase_if(in.choices,
                  [](const Choice &choice) { return choice.errors.empty(); });
    in.choices.insert(in.choices.begin(), {{subscriptionAt}, {}});
    Parameter count;
    count.choices = {{{1}, {}},
                     {{0}, {Errno::Inval}},
                     {{minusOne}, {Errno::Fault}},
                     {{half}, {Errno::Fault}},
                     {{65537}, {Errno::Fault}},
                     {{0x05555556}, {Errno::Fault}}}; // × 48 wraps
    add("poll_oneoff", {in, out(event::byteLength), count, out(4)}, {ok});
    add("proc_raise", {number(0, {31, 64, half, minusOne})}, {Errno::Inval});
    add("random_get", {buffer()}, {ok});
    add("sched_yield", {}, {ok});
  }

  HostileSetting setting_;
  uint32_t end_;
  std::vector<HostileCall> calls_;
};

} // namespace

std::string HostileCall::text() const {
  std::string text = function + "(";
  for (size_t index = 0; index != arguments.size(); ++index)
    text += (index == 0 ? "" : ", ") + std::to_string(arguments[index]);
  return text + ")";
}

std::vector<HostileWord> hostileMemory() {
  std::vector<HostileWord> words = {
      {vectorAt, dataAt | uint64_t{16} << 32},
      // Just behind the good one, so that two of them are bad.
      {vectorAt + 8, 0xfffffff0 | uint64_t{32} << 32},
      {badVectorAt, 0xfffffff0 | uint64_t{32} << 32},
      {selfVectorAt, selfVectorAt | uint64_t{8} << 32},
      {nameAt, 0x656c6966}, // "file"
      {resultAt, 0},
  };
  for (uint32_t offset = 0; offset != subscription::byteLength; offset += 8)
    words.push_back({subscriptionAt + offset,
                     offset == subscription::clockId ? uint64_t{1} : 0});
  return words;
}

std::vector<HostileCall> hostileCalls(const HostileSetting &setting) {
  return Table(setting).calls();
}

} // namespace wrought::wasi
