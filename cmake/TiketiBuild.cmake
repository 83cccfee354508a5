# How our own targets are compiled.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(PROJECT_IS_TOP_LEVEL)
  if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
  endif()
  find_program(TIKETI_CCACHE ccache)
  if(TIKETI_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${TIKETI_CCACHE})
  endif()
  find_program(TIKETI_MOLD mold)
  if(TIKETI_MOLD)
    add_link_options(-fuse-ld=mold)
  endif()
  if(TIKETI_SANITIZE)
    add_compile_options(-fsanitize=${TIKETI_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${TIKETI_SANITIZE})
  endif()
endif()

# Our warnings, for our own targets only.
add_library(tiketi_warnings INTERFACE)
target_compile_options(tiketi_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wno-missing-field-initializers
  $<$<BOOL:${TIKETI_WERROR}>:-Werror>
  # std::atomic_thread_fence inside the standard library; told for every use under that sanitizer.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>
  # g++ 12 sees it in std::variant and std::optional where it isn't, the more so with sanitizers.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)

# tiketi_library(core SOURCES … PUBLIC … PRIVATE …): the library tiketi_core, known as tiketi::core.
function(tiketi_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(tiketi_${name} STATIC ${arg_SOURCES})
  add_library(tiketi::${name} ALIAS tiketi_${name})
  set_target_properties(tiketi_${name} PROPERTIES EXPORT_NAME ${name})
  target_link_libraries(tiketi_${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} $<BUILD_INTERFACE:tiketi_warnings>)
  target_include_directories(tiketi_${name} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  set_property(GLOBAL APPEND PROPERTY TIKETI_LIBRARIES tiketi_${name})
endfunction()
