//===- wrought.hpp - The C interface of a library in C++20 ----------------===//
//
// To be included behind the header of a library, which Wrought writes:
//
//   #include "plugin.h"
//   #include "wrought.hpp"
//
//   auto plugin = wrought::instantiate(plugin_instantiate, plugin_free,
//   &imports); if (!plugin) return report(plugin.error());
//   wrought::Expected<int32_t> sum =
//       wrought::call<int32_t>(plugin_add, plugin->get(), 40, 2);
//   auto bytes = wrought::bytes(plugin_memory_data, plugin_memory_size,
//                               plugin->get());
//
//===----------------------------------------------------------------------===//
#ifndef WROUGHT_HPP
#define WROUGHT_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#ifndef WROUGHT_H
#include "wrought.h"
#endif

namespace wrought {

/// A copy of a wrought_error, which lives as long as it likes.
struct Error {
  int64_t code = WROUGHT_OK;
  int32_t trap = 0;
  int64_t hostStatus = 0;
  std::string message;
  struct Frame {
    uint64_t functionIndex;
    std::string name;
  };
  std::vector<Frame> frames;

  /// What the module gave proc_exit, if that is what ended the call.
  std::optional<int64_t> exitStatus() const {
    if (code != WROUGHT_EXITED)
      return std::nullopt;
    return hostStatus;
  }

  explicit Error(const wrought_result &result) : code(result.code) {
    if (!result.error)
      return;
    trap = result.error->trap;
    hostStatus = result.error->host_status;
    message = result.error->message;
    for (size_t i = 0; i < result.error->frame_count; ++i) {
      const wrought_frame &frame = result.error->frames[i];
      frames.push_back({frame.function_index,
                        std::string(frame.name ? frame.name : "",
                                    frame.name ? frame.name_length : 0)});
    }
  }
};

/// A value, or why there is none: the part of std::expected that C++20 lacks.
template <class T> class [[nodiscard]] Expected {
public:
  Expected(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Expected(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  explicit operator bool() const { return state_.index() == 0; }
  bool has_value() const { return state_.index() == 0; }
  T &value() { return std::get<0>(state_); }
  const T &value() const { return std::get<0>(state_); }
  T &operator*() { return value(); }
  T *operator->() { return &value(); }
  const Error &error() const { return std::get<1>(state_); }
  T value_or(T other) const { return has_value() ? value() : other; }

private:
  std::variant<T, Error> state_;
};

using Done = Expected<std::monostate>;

/// Whether a function of the library did what it should.
inline Done check(const wrought_result &result) {
  if (result.code != WROUGHT_OK)
    return Error(result);
  return std::monostate();
}

/// What WASI gives an instance: wrought_wasi_config with values of its own.
struct WasiConfig {
  struct Directory {
    std::string hostPath, guestPath;
    bool isReadOnly = false;
  };
  std::vector<std::string> arguments;
  std::vector<std::string> environment; ///< NAME=VALUE
  std::vector<Directory> directories;
  /// Input, output, error.
  wrought_wasi_stream streams[3] = {};
  uint32_t descriptorLimit = 0;
};

/// A config as instantiate takes it; points into it, so that it must neither go
/// nor change meanwhile.
class WasiView {
public:
  explicit WasiView(const WasiConfig &config) {
    for (const std::string &text : config.arguments)
      arguments_.push_back(text.c_str());
    for (const std::string &text : config.environment)
      environment_.push_back(text.c_str());
    for (const WasiConfig::Directory &directory : config.directories)
      directories_.push_back({directory.hostPath.c_str(),
                              directory.guestPath.c_str(),
                              directory.isReadOnly ? 1u : 0u});
    config_.arguments = arguments_.data();
    config_.argument_count = arguments_.size();
    config_.environment = environment_.data();
    config_.environment_count = environment_.size();
    config_.directories = directories_.data();
    config_.directory_count = directories_.size();
    for (int number = 0; number < 3; ++number)
      config_.streams[number] = config.streams[number];
    config_.descriptor_limit = config.descriptorLimit;
  }
  WasiView(const WasiView &) = delete;
  WasiView &operator=(const WasiView &) = delete;

  const wrought_wasi_config *get() const { return &config_; }

private:
  std::vector<const char *> arguments_, environment_;
  std::vector<wrought_wasi_directory> directories_;
  wrought_wasi_config config_ = {};
};

/// An instance that is freed with its owner.
template <class Instance>
using Owner = std::unique_ptr<Instance, wrought_result (*)(Instance *)>;

template <class Instance, class Imports>
Expected<Owner<Instance>>
instantiate(wrought_result (*make)(uint32_t, const Imports *,
                                   const wrought_limits *, Instance **),
            wrought_result (*free)(Instance *),
            std::type_identity_t<const Imports *> imports = nullptr,
            const wrought_limits *limits = nullptr) {
  Instance *instance = nullptr;
  const wrought_result result = make(WROUGHT_ABI, imports, limits, &instance);
  if (result.code != WROUGHT_OK)
    return Error(result);
  return Owner<Instance>(instance, free);
}

/// Instances made beforehand; freed with their owner, when all were released.
template <class Pool, class Imports>
Expected<Owner<Pool>>
makePool(wrought_result (*make)(uint32_t, uint64_t, const Imports *,
                                const wrought_limits *, Pool **),
         wrought_result (*free)(Pool *), uint64_t size,
         std::type_identity_t<const Imports *> imports = nullptr,
         const wrought_limits *limits = nullptr) {
  Pool *pool = nullptr;
  const wrought_result result = make(WROUGHT_ABI, size, imports, limits, &pool);
  if (result.code != WROUGHT_OK)
    return Error(result);
  return Owner<Pool>(pool, free);
}

/// An instance that goes back to its pool.
template <class Pool, class Instance> struct Release {
  wrought_result (*release)(Pool *, Instance *);
  Pool *pool;
  void operator()(Instance *instance) const { release(pool, instance); }
};
template <class Pool, class Instance>
using Loan = std::unique_ptr<Instance, Release<Pool, Instance>>;

template <class Pool, class Imports, class Instance>
Expected<Loan<Pool, Instance>>
acquire(wrought_result (*take)(Pool *, const Imports *, Instance **),
        wrought_result (*release)(Pool *, Instance *),
        std::type_identity_t<Pool *> pool,
        std::type_identity_t<const Imports *> imports = nullptr) {
  Instance *instance = nullptr;
  const wrought_result result = take(pool, imports, &instance);
  if (result.code != WROUGHT_OK)
    return Error(result);
  return Loan<Pool, Instance>(instance, {release, pool});
}

/// Calls an exported function with one result.
template <class Result, class Instance, class... Parameters>
Expected<Result> call(wrought_result (*function)(Instance *, Parameters...),
                      std::type_identity_t<Instance> *instance,
                      const auto &...arguments) {
  Result value{};
  const wrought_result result = function(instance, arguments..., &value);
  if (result.code != WROUGHT_OK)
    return Error(result);
  return value;
}

/// Calls one without results.
template <class Instance, class... Parameters>
Done run(wrought_result (*function)(Instance *, Parameters...),
         std::type_identity_t<Instance> *instance, const auto &...arguments) {
  return check(function(instance, arguments...));
}

/// A memory's bytes; valid until it grows, or the instance is reset or freed.
template <class Instance>
std::span<std::byte> bytes(void *(*data)(Instance *),
                           uint64_t (*size)(Instance *),
                           std::type_identity_t<Instance> *instance) {
  return {static_cast<std::byte *>(data(instance)),
          static_cast<size_t>(size(instance))};
}

} // namespace wrought

#endif
