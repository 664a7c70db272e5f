# WebAssembly modules as targets of a CMake project.
#
#   wrought_add_executable(name MODULE file.wasm [TARGETS target…]
#     [OPTIONS flag…] [CONFIG file.toml] [DEPENDS file-or-target…]
#     [EXCLUDE_FROM_ALL])
#   wrought_add_library(name MODULE file.wasm [TARGETS target…] …)
#
# A module is a file, also one that another rule makes. Without TARGETS it is
# built for the host, to <name> in the current binary folder; else for each of
# TARGETS, to <target>/<name>. A library is an object, <name>.o.
#
# For each target there is a custom target <name>_<target>, and <name> for all
# of them; for rules and tests, an imported target <name>::<target>, which runs
# in that target's emulator where one is found, and <name>::host. The property
# WROUGHT_OUTPUTS of <name> lists the files, WROUGHT_OUTPUT_<target> names one.

cmake_policy(PUSH)
cmake_policy(VERSION 3.20...3.25)

# One rule. Sets <out> to the output's path.
function(_wrought_add_output out name output target)
  cmake_parse_arguments(PARSE_ARGV 4 ARG "" "MODULE;EMIT;CONFIG"
    "OPTIONS;DEPENDS")
  get_filename_component(folder "${output}" DIRECTORY)
  file(MAKE_DIRECTORY "${folder}")
  set(flags --emit ${ARG_EMIT})
  if(NOT target STREQUAL "host")
    list(APPEND flags --target ${target})
  endif()
  if(ARG_CONFIG)
    get_filename_component(config "${ARG_CONFIG}" ABSOLUTE
      BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
    list(APPEND flags --config "${config}")
  endif()
  # The module's own path is relative to the sources, or made by a rule in the
  # binary folder, or a generator expression.
  set(module "${ARG_MODULE}")
  if(NOT module MATCHES "\\$<" AND NOT IS_ABSOLUTE "${module}")
    set(source "${CMAKE_CURRENT_SOURCE_DIR}/${module}")
    if(EXISTS "${source}")
      set(module "${source}")
    else()
      set(module "${CMAKE_CURRENT_BINARY_DIR}/${module}")
    endif()
  endif()
  add_custom_command(OUTPUT "${output}"
    COMMAND Wrought::wrought build "${module}" -o "${output}" ${flags}
      ${ARG_OPTIONS} -MD -MF "${output}.d"
    DEPENDS "${module}" "${WROUGHT_EXECUTABLE}" ${ARG_DEPENDS}
    DEPFILE "${output}.d"
    COMMENT "Building ${name} for ${target}"
    VERBATIM COMMAND_EXPAND_LISTS)
  set(${out} "${output}" PARENT_SCOPE)
endfunction()

# An executable that rules and tests can name.
function(_wrought_import_executable name target output)
  add_executable(${name}::${target} IMPORTED GLOBAL)
  set_target_properties(${name}::${target} PROPERTIES
    IMPORTED_LOCATION "${output}")
  add_dependencies(${name}::${target} ${name}_${target})
  cmake_host_system_information(RESULT processor QUERY OS_PLATFORM)
  if(target STREQUAL "host" OR target STREQUAL processor)
    return()
  endif()
  find_program(WROUGHT_EMULATOR_${target}
    NAMES qemu-${target} qemu-${target}-static)
  mark_as_advanced(WROUGHT_EMULATOR_${target})
  if(WROUGHT_EMULATOR_${target})
    set_target_properties(${name}::${target} PROPERTIES
      CROSSCOMPILING_EMULATOR "${WROUGHT_EMULATOR_${target}}")
  endif()
endfunction()

function(_wrought_import_library name target output)
  add_library(${name}::${target} OBJECT IMPORTED GLOBAL)
  set_target_properties(${name}::${target} PROPERTIES
    IMPORTED_OBJECTS "${output}")
  add_dependencies(${name}::${target} ${name}_${target})
endfunction()

function(_wrought_add kind emit suffix name)
  cmake_parse_arguments(PARSE_ARGV 4 ARG "EXCLUDE_FROM_ALL" "MODULE;CONFIG"
    "TARGETS;OPTIONS;DEPENDS")
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR
      "${name}: unknown arguments: ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT ARG_MODULE)
    message(FATAL_ERROR "${name}: no MODULE")
  endif()
  set(targets host)
  if(DEFINED ARG_TARGETS)
    set(targets ${ARG_TARGETS})
  endif()
  set(outputs "")
  set(all ALL)
  if(ARG_EXCLUDE_FROM_ALL)
    set(all "")
  endif()
  add_custom_target(${name} ${all})
  foreach(target IN LISTS targets)
    if(NOT target STREQUAL "host" AND NOT target IN_LIST WROUGHT_TARGETS)
      message(FATAL_ERROR "${name}: unknown target '${target}' (one of "
        "${WROUGHT_TARGETS})")
    endif()
    set(output "${CMAKE_CURRENT_BINARY_DIR}/${name}${suffix}")
    if(NOT target STREQUAL "host")
      set(output "${CMAKE_CURRENT_BINARY_DIR}/${target}/${name}${suffix}")
    endif()
    _wrought_add_output(output ${name} "${output}" ${target}
      MODULE "${ARG_MODULE}" EMIT ${emit} CONFIG "${ARG_CONFIG}"
      OPTIONS ${ARG_OPTIONS} DEPENDS ${ARG_DEPENDS})
    add_custom_target(${name}_${target} DEPENDS "${output}")
    add_dependencies(${name} ${name}_${target})
    cmake_language(CALL _wrought_import_${kind} ${name} ${target} "${output}")
    set_target_properties(${name} PROPERTIES
      WROUGHT_OUTPUT_${target} "${output}")
    list(APPEND outputs "${output}")
  endforeach()
  set_target_properties(${name} PROPERTIES WROUGHT_OUTPUTS "${outputs}")
endfunction()

function(wrought_add_executable name)
  _wrought_add(executable exe "" ${ARGV})
endfunction()

function(wrought_add_library name)
  _wrought_add(library object .o ${ARGV})
endfunction()

cmake_policy(POP)
