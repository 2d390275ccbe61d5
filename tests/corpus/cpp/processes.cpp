// Processes beside threads: fork from a threaded program, pipes as streams, signals, atexit order,
// static destructors.
#undef NDEBUG
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cassert>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

struct Last {
  ~Last() { std::cout << "destroyed last\n"; }
} last;

std::string output_of(const std::string& command) {
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  for (int c; (c = std::fgetc(pipe.get())) != EOF;)
    text += static_cast<char>(c);
  return text;
}

int main() {
  std::atexit([] { std::cout << "at exit\n"; });
  std::cout << output_of("seq 5 | sed 's/$/,/' | tr -d '\\n'") << std::endl;
  auto* shared = static_cast<std::atomic<int>*>(
      mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  std::atomic<bool> end{false};
  std::vector<std::jthread> busy;
  for (int i = 0; i < 4; ++i)
    busy.emplace_back([&] {
      while (!end) {
        delete new std::string(100, 'x');
        std::this_thread::yield();
      }
    });
  std::vector<pid_t> children;
  for (int i = 0; i < 10; ++i) {
    pid_t pid = fork();
    assert(pid >= 0);
    if (pid == 0) {
      std::thread([&] {
        std::string text(1000, 'y');
        *shared += static_cast<int>(text.size());
      }).join();
      _exit(i);
    }
    children.push_back(pid);
  }
  int codes = 0;
  for (pid_t pid : children) {
    int status = 0;
    assert(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    codes += WEXITSTATUS(status);
  }
  end = true;
  busy.clear();
  std::cout << "children " << codes << ' ' << *shared << '\n';
  while (*shared > 0) {
    shared->store(1);
    pid_t pid = fork();
    if (pid == 0) {
      shared->store(0);
      shared->notify_all();
      _exit(0);
    }
    waitpid(pid, nullptr, 0);
  }
  static volatile std::sig_atomic_t got = 0;
  std::signal(SIGUSR1, [](int n) { got = n; });
  std::raise(SIGUSR1);
  std::cout << "signal " << (got == SIGUSR1) << '\n';
  std::cout << "system " << WEXITSTATUS(std::system("exit 9")) << std::endl;
  std::exit(0);
}
