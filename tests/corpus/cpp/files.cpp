// std::filesystem and streams: trees, copies, links, permissions, times, space, errors, big and
// binary files.
#undef NDEBUG
#include <cassert>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <vector>
namespace fs = std::filesystem;

int main() {
  const fs::path root = fs::temp_directory_path() / "corpus ž 日本";
  fs::remove_all(root);
  assert(fs::create_directories(root / "a" / "b" / "c") && fs::is_directory(root / "a/b"));
  fs::current_path(root);
  for (int i = 0; i < 100; ++i)
    std::ofstream(root / "a" / "b" / (std::to_string(i) + (i % 2 ? ".odd" : ".even")))
        << std::string(static_cast<std::size_t>(i), 'x');
  std::map<std::string, std::uintmax_t> sizes;
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (entry.is_regular_file())
      sizes[entry.path().extension()] += entry.file_size();
  for (const auto& [extension, size] : sizes)
    std::cout << extension << ' ' << size << '\n';
  fs::copy(root / "a", root / "copy", fs::copy_options::recursive);
  auto count = [](const fs::path& path) {
    return std::distance(fs::recursive_directory_iterator(path), {});
  };
  assert(count("a") == count("copy"));
  fs::create_symlink("a/b/7.odd", "soft");
  fs::create_hard_link("a/b/7.odd", "hard");
  assert(fs::equivalent("soft", "hard") && fs::hard_link_count("hard") == 2 &&
         fs::read_symlink("soft") == "a/b/7.odd");
  fs::rename("hard", "renamed");
  fs::permissions("renamed", fs::perms::owner_read | fs::perms::owner_write,
                  fs::perm_options::replace);
  assert((fs::status("renamed").permissions() & fs::perms::others_all) == fs::perms::none);
  auto time = fs::file_time_type::clock::now() - std::chrono::hours(24);
  fs::last_write_time("renamed", time);
  assert(fs::last_write_time("renamed") == time && fs::canonical("soft").filename() == "7.odd" &&
         fs::space(root).capacity > 0);
  fs::resize_file("renamed", 100000);
  std::cout << "resized " << fs::file_size("a/b/7.odd") << '\n';
  std::error_code error;
  fs::create_directory("/no/such/folder", error);
  std::cout << error.message() << '\n';
  try {
    fs::remove("copy");
  } catch (const fs::filesystem_error& e) {
    std::cout << e.code().message() << '\n';
  }
  std::cout << "removed " << fs::remove_all("copy") << '\n';
  std::cout << fs::path("/a/b/../c/./d.txt").lexically_normal() << ' '
            << fs::path("/a/b").lexically_relative("/a/c/d") << '\n';
  {
    std::ofstream out("binary", std::ios::binary);
    for (std::uint32_t i = 0; i < 1'000'000; ++i)
      out.write(reinterpret_cast<const char*>(&i), sizeof i);
  }
  std::fstream file("binary", std::ios::in | std::ios::out | std::ios::binary);
  std::uint32_t value = 0;
  file.seekg(4 * 765'432).read(reinterpret_cast<char*>(&value), sizeof value);
  file.seekp(0, std::ios::end).write("end", 3);
  std::cout << value << ' ' << file.tellp() << '\n';
  file.close();
  std::ifstream in("binary", std::ios::binary);
  std::vector<char> all{std::istreambuf_iterator<char>(in), {}};
  assert(all.size() == 4'000'003 && all.back() == 'd');
  std::stringstream text("3 0x1f 2.5 \"quoted text\"");
  int a = 0, b = 0;
  double c = 0;
  std::string d;
  text >> a >> std::hex >> b >> c >> std::quoted(d);
  std::cout << a << ' ' << b << ' ' << c << ' ' << d << '\n';
  fs::current_path("/");
  assert(fs::remove_all(root) > 100);
}
