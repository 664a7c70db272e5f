# One static library a stage. A stage names the stages that it may include; the
# rest of the tree is out of its reach only by convention, which
# tests/check_includes.py enforces.

add_library(wrought_options INTERFACE)
target_include_directories(wrought_options INTERFACE
  ${PROJECT_SOURCE_DIR}/compiler ${PROJECT_SOURCE_DIR}
  ${PROJECT_SOURCE_DIR}/runtime-support)
target_compile_options(wrought_options INTERFACE
  -Wall -Wextra -Wno-unused-parameter $<$<BOOL:${WROUGHT_WERROR}>:-Werror>)
if(WROUGHT_SANITIZE)
  target_compile_options(wrought_options INTERFACE
    -fsanitize=${WROUGHT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(wrought_options INTERFACE -fsanitize=${WROUGHT_SANITIZE})
endif()

# wrought_stage(name SOURCES … USES stage… [PRECOMPILE header…]): the library
# wrought_<name>, without exceptions or run-time type information of its own
# making. PRECOMPILE names what most of its files include and is dear to read:
# every file still includes what it uses.
function(wrought_stage name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;PRECOMPILE" ${ARGN})
  add_library(wrought_${name} STATIC ${ARG_SOURCES})
  target_include_directories(wrought_${name} SYSTEM PUBLIC ${LLVM_INCLUDE_DIRS})
  target_compile_options(wrought_${name} PRIVATE -fno-exceptions)
  target_link_libraries(wrought_${name} PUBLIC wrought_options LLVM)
  if(ARG_PRECOMPILE)
    list(TRANSFORM ARG_PRECOMPILE PREPEND ${PROJECT_SOURCE_DIR}/compiler/)
    target_precompile_headers(wrought_${name} PRIVATE ${ARG_PRECOMPILE})
  endif()
  foreach(used IN LISTS ARG_USES)
    target_link_libraries(wrought_${name} PUBLIC wrought_${used})
  endforeach()
endfunction()
