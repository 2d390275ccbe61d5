# What every target of ours is compiled with; linked PRIVATE, so it never reaches users.
add_library(sandbox_settings INTERFACE)
target_compile_features(sandbox_settings INTERFACE cxx_std_20)
target_compile_options(sandbox_settings INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow
  -Wconversion $<$<BOOL:${SANDBOX_WERROR}>:-Werror>>)

add_library(sandbox_sanitizers INTERFACE)
if(SANDBOX_SANITIZE)
  target_compile_options(sandbox_sanitizers INTERFACE -fsanitize=${SANDBOX_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(sandbox_sanitizers INTERFACE -fsanitize=${SANDBOX_SANITIZE})
endif()

# What most files of the target spend most of their time with. Further headers: angle brackets, as in an include.
function(sandbox_precompile_headers target)
  if(SANDBOX_PRECOMPILE_HEADERS)
    target_precompile_headers(${target} PRIVATE <algorithm> <atomic> <chrono> <cstring> <filesystem> <fstream> <functional> <map>
      <memory> <mutex> <optional> <set> <sstream> <string> <string_view> <thread> <utility> <vector> ${ARGN})
    # Catch's main is made by a macro that stands before its header.
    set_source_files_properties(main.cpp unit/main.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  endif()
endfunction()
