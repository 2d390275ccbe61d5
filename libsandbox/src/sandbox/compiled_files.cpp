// SPDX-License-Identifier: Apache-2.0
#include "sandbox/compiled_files.hpp"

#include "text/box_path.hpp"

#include <sandbox/error.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace sandbox {
namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw Error(ErrorCode::unsupported, path, why);
}

bool is_scratch(const std::vector<std::string>& scratch, std::string_view path) {
  return std::any_of(scratch.begin(), scratch.end(), [&](const std::string& each) {
    return path == each || (path.starts_with(each) && path[each.size()] == '/');
  });
}

/// What is put makes the folders that it lies in, and no others.
class Folders {
 public:
  void needs(std::string_view path) {
    for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos;
         slash = path.rfind('/')) {
      path = path.substr(0, slash);
      needed_.emplace(path);
    }
  }
  void is_there(const std::string& path) { there_.push_back(path); }
  void refuse_empty() const {
    for (const std::string& path : there_) {
      if (!needed_.contains(path)) {
        refuse(path, "is an empty folder that compiling left");
      }
    }
  }

 private:
  std::set<std::string, std::less<>> needed_;
  std::vector<std::string> there_;
};

bool is_unchanged(Session& session, const BoxEntry& entry, const std::string& bytes) {
  return !entry.executable && entry.size_bytes == bytes.size() &&
         session.get_file(entry.path, entry.size_bytes) == bytes;
}

} // namespace

std::vector<cache::StoredFile> compiled_files(Session& session, const CompileInput& input) {
  std::map<std::string_view, const std::string*> sources;
  for (std::size_t i = 0; i < input.stages.names().size(); ++i) {
    sources.emplace(input.stages.names()[i], &input.submission.files[i].bytes);
  }
  std::vector<cache::StoredFile> files;
  Folders folders;
  for (const BoxEntry& entry : session.list_files(most_compiled_entries)) {
    const auto source = sources.find(entry.path);
    if (source == sources.end() && is_scratch(input.recipe.scratch, entry.path)) {
      continue;
    }
    if (entry.type == BoxEntry::Type::directory) {
      folders.is_there(entry.path);
      continue;
    }
    if (entry.type != BoxEntry::Type::file) {
      refuse(entry.path, "is neither a file nor a folder");
    }
    folders.needs(entry.path);
    const bool unchanged = source != sources.end() && is_unchanged(session, entry, *source->second);
    if (source != sources.end()) {
      sources.erase(source);
    }
    if (!unchanged) {
      text::validate_new_box_path(entry.path);
      files.push_back({entry.path, entry.size_bytes, entry.executable, {}});
    }
  }
  if (!sources.empty()) {
    refuse(std::string(sources.begin()->first), "is a source that compiling removed");
  }
  folders.refuse_empty();
  return files;
}

} // namespace sandbox
