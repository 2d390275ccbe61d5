// Coroutines: generators, tasks that await, and a loop of their own over epoll, timers and pipes.
#undef NDEBUG
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cassert>
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

template <class T>
class Generator {
 public:
  struct promise_type {
    T value;
    std::exception_ptr error;
    Generator get_return_object() {
      return Generator(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(T given) {
      value = std::move(given);
      return {};
    }
    void return_void() {}
    void unhandled_exception() { error = std::current_exception(); }
  };
  explicit Generator(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Generator(Generator&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  ~Generator() {
    if (handle_)
      handle_.destroy();
  }
  bool next() {
    handle_.resume();
    if (handle_.promise().error)
      std::rethrow_exception(handle_.promise().error);
    return !handle_.done();
  }
  const T& value() const { return handle_.promise().value; }

 private:
  std::coroutine_handle<promise_type> handle_;
};

Generator<std::uint64_t> fibonacci(int count) {
  for (std::uint64_t a = 0, b = 1; count--; b = std::exchange(a, b) + b)
    co_yield a;
}
Generator<int> tree(int depth) {
  if (depth == 0)
    co_return;
  auto left = tree(depth - 1);
  while (left.next())
    co_yield left.value();
  co_yield depth;
  auto right = tree(depth - 1);
  while (right.next())
    co_yield right.value();
}
Generator<int> failing() {
  co_yield 1;
  throw std::string("in a coroutine");
}

class Loop {
 public:
  struct Readable {
    Loop& loop;
    int fd;
    bool await_ready() { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      epoll_event event{EPOLLIN | EPOLLONESHOT, {.ptr = handle.address()}};
      if (epoll_ctl(loop.epoll_, EPOLL_CTL_MOD, fd, &event) != 0)
        assert(epoll_ctl(loop.epoll_, EPOLL_CTL_ADD, fd, &event) == 0);
      ++loop.waiting_;
    }
    void await_resume() {}
  };
  Readable readable(int fd) { return {*this, fd}; }
  void run() {
    while (waiting_ > 0) {
      epoll_event event;
      assert(epoll_wait(epoll_, &event, 1, 10000) == 1);
      --waiting_;
      std::coroutine_handle<>::from_address(event.data.ptr).resume();
    }
  }

 private:
  int epoll_ = epoll_create1(EPOLL_CLOEXEC), waiting_ = 0;
};
struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};
Task pass_on(Loop& loop, int from, int to) {
  for (int i = 0; i < 50; ++i) {
    co_await loop.readable(from);
    int n;
    assert(read(from, &n, sizeof n) == sizeof n);
    assert(write(to, &++n, sizeof n) == sizeof n);
  }
}
Task tick(Loop& loop, int& ticks) {
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
  itimerspec spec{{0, 1'000'000}, {0, 1'000'000}};
  assert(timerfd_settime(fd, 0, &spec, nullptr) == 0);
  for (std::uint64_t n; ticks < 5; ++ticks) {
    co_await loop.readable(fd);
    assert(read(fd, &n, sizeof n) == sizeof n);
  }
  close(fd);
}

int main() {
  auto numbers = fibonacci(90);
  std::uint64_t last = 0;
  while (numbers.next())
    last = numbers.value();
  std::cout << "fibonacci " << last << '\n';
  int count = 0, sum = 0;
  for (auto nodes = tree(12); nodes.next(); ++count)
    sum += nodes.value();
  std::cout << "tree " << count << ' ' << sum << '\n';
  auto generator = failing();
  assert(generator.next());
  try {
    generator.next();
    assert(false);
  } catch (const std::string& error) {
    std::cout << error << '\n';
  }
  Loop loop;
  std::vector<std::pair<int, int>> pipes(20);
  for (auto& [in, out] : pipes) {
    int ends[2];
    assert(pipe(ends) == 0);
    in = ends[0];
    out = ends[1];
  }
  for (std::size_t i = 0; i < pipes.size(); ++i)
    pass_on(loop, pipes[i].first, pipes[(i + 1) % pipes.size()].second);
  int ticks = 0, n = 0;
  tick(loop, ticks);
  assert(write(pipes[0].second, &n, sizeof n) == sizeof n);
  loop.run();
  assert(read(pipes[0].first, &n, sizeof n) == sizeof n);
  std::cout << "loop " << n << ' ' << ticks << '\n';
}
