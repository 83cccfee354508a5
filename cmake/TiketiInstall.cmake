# Installation, and the config package for find_package(tiketi).
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY TIKETI_LIBRARIES)
install(TARGETS tiketi_headers ${libraries} EXPORT tiketi-targets)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/tiketi DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT tiketi-targets NAMESPACE tiketi:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tiketi)
if(TIKETI_CLI)
  install(TARGETS tiketi_cli)
endif()

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/tiketi-config.cmake.in
  ${PROJECT_BINARY_DIR}/tiketi-config.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tiketi)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tiketi-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tiketi-config.cmake ${PROJECT_BINARY_DIR}/tiketi-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tiketi)
