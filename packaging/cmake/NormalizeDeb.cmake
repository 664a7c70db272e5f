# Runs after packing: the outermost headers of a .deb hold user, mode and time of
# three temporary files. `ar D` leaves them out.
foreach(package IN LISTS CPACK_PACKAGE_FILES)
  if(NOT package MATCHES "\\.deb$")
    continue()
  endif()
  set(work "${package}.parts")
  file(MAKE_DIRECTORY "${work}")
  execute_process(COMMAND ar t "${package}" OUTPUT_VARIABLE members
    WORKING_DIRECTORY "${work}" COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ar x "${package}"
    WORKING_DIRECTORY "${work}" COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]+" members "${members}")
  file(REMOVE "${package}")
  execute_process(COMMAND chmod 644 ${members}
    WORKING_DIRECTORY "${work}" COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ar qcSD "${package}" ${members}
    WORKING_DIRECTORY "${work}" COMMAND_ERROR_IS_FATAL ANY)
  file(REMOVE_RECURSE "${work}")
endforeach()
