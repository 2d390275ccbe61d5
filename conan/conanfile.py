# SPDX-License-Identifier: Apache-2.0
import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rmdir
from conan.tools.gnu import PkgConfigDeps
from conan.tools.system.package_manager import Apt, Dnf

required_conan_version = ">=2.0"


class LibsandboxConan(ConanFile):
    name = "libsandbox"
    description = "Runs code that you do not trust"
    license = "Apache-2.0"
    topics = ("sandbox", "seccomp", "namespaces", "cgroup", "online-judge")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False], "fPIC": [True, False]}
    default_options = {"shared": False, "fPIC": True}
    implements = ["auto_shared_fpic"]

    def set_version(self):
        header = load(self, os.path.join(self.recipe_folder, "..", "libsandbox/include/sandbox/version.hpp"))
        self.version = re.search(r'version = "([0-9.]+)"', header).group(1)

    def export_sources(self):
        # The recipe stands one folder below what it packages.
        root = os.path.join(self.recipe_folder, "..")
        for pattern in ("CMakeLists.txt", "LICENSE", "libsandbox/*", "cli/*", "languages/*"):
            copy(self, pattern, root, self.export_sources_folder)

    def validate(self):
        check_min_cppstd(self, 20)

    def requirements(self):
        self.requires("fmt/9.1.0")
        self.requires("yaml-cpp/0.8.0")
        self.requires("nlohmann_json/3.11.3")
        self.requires("libcap/2.69")
        self.requires("cli11/2.3.2")
        self.requires("boost/1.84.0", options={"header_only": True})
        self.requires("openssl/[>=3.0 <4]")
        self.requires("libarchive/3.7.4")

    def system_requirements(self):
        # Conan Center has no libseccomp.
        Apt(self).install(["libseccomp-dev", "pkg-config"], check=True)
        Dnf(self).install(["libseccomp-devel", "pkgconf"], check=True)

    def layout(self):
        self.folders.root = ".."
        cmake_layout(self)

    def generate(self):
        CMakeDeps(self).generate()
        PkgConfigDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.variables["SANDBOX_BUILD_TESTS"] = False
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()
        # Conan writes these itself, for its own packages' places.
        rmdir(self, os.path.join(self.package_folder, "lib", "cmake"))
        rmdir(self, os.path.join(self.package_folder, "lib", "pkgconfig"))

    def package_info(self):
        self.cpp_info.libs = ["sandbox"]
        self.cpp_info.set_property("cmake_file_name", "libsandbox")
        self.cpp_info.set_property("cmake_target_name", "sandbox::sandbox")
        self.cpp_info.set_property("pkg_config_name", "libsandbox")
        if not self.options.shared:
            self.cpp_info.defines = ["SANDBOX_STATIC"]
            self.cpp_info.system_libs = ["seccomp", "pthread"]
