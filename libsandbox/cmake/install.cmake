# Installs the library so that find_package(libsandbox), pkg-config and a copy of the headers are all that users need.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/libsandbox)
install(TARGETS sandbox EXPORT libsandbox
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT dev
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/include/sandbox DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev)
install(EXPORT libsandbox NAMESPACE sandbox:: FILE libsandboxTargets.cmake DESTINATION ${package_dir} COMPONENT dev)
get_target_property(libsandbox_type sandbox TYPE)
string(COMPARE EQUAL ${libsandbox_type} STATIC_LIBRARY libsandbox_is_static)
configure_package_config_file(${CMAKE_CURRENT_SOURCE_DIR}/cmake/libsandboxConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/libsandboxConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/libsandboxConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/libsandboxConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/libsandboxConfigVersion.cmake DESTINATION ${package_dir} COMPONENT dev)

# Relative to where it lies, so that the prefix may be moved.
set(pc_dir ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH pc_to_libdir ${pc_dir} ${CMAKE_INSTALL_FULL_LIBDIR})
string(REGEX REPLACE "/$" "" pc_to_libdir "${pc_to_libdir}")
file(RELATIVE_PATH pc_to_includedir ${pc_dir} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
if(libsandbox_is_static)
  # Not by its .pc: Debian's names libraries that the package does not depend on.
  set(pc_static_lines "Requires.private: fmt yaml-cpp libseccomp openssl\nLibs.private: -larchive -pthread\n")
  set(pc_static_flag " -DSANDBOX_STATIC")
endif()
configure_file(${CMAKE_CURRENT_SOURCE_DIR}/cmake/libsandbox.pc.in ${CMAKE_CURRENT_BINARY_DIR}/libsandbox.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/libsandbox.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/languages DESTINATION ${CMAKE_INSTALL_DATADIR}/libsandbox COMPONENT runtime)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime)
