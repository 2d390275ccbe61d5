// Exceptions: deep unwinding, nested and rethrown ones, from constructors, from callbacks of C,
// many, at once in threads; RTTI.
#undef NDEBUG
#include <cxxabi.h>

#include <any>
#include <cassert>
#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <thread>
#include <typeinfo>
#include <variant>
#include <vector>

struct Guard {
  inline static thread_local long alive = 0, gone = 0;
  Guard() { ++alive; }
  ~Guard() {
    --alive;
    ++gone;
  }
};
[[gnu::noinline]] int deep(int n) {
  Guard guard;
  if (n == 0)
    throw std::runtime_error("from the bottom");
  return deep(n - 1) + 1;
}
struct Member {
  Guard guard;
};
struct Fails {
  Member one;
  std::unique_ptr<Member> two = std::make_unique<Member>();
  Fails() { throw std::logic_error("half made"); }
};
struct Base {
  virtual ~Base() = default;
};
template <int N>
struct Derived : Base {};
int compare(const void* a, const void* b) {
  if (*static_cast<const int*>(a) == 13)
    throw 13;
  return *static_cast<const int*>(a) - *static_cast<const int*>(b);
}
void nest(int n) {
  try {
    if (n == 0)
      throw std::invalid_argument("innermost");
    nest(n - 1);
  } catch (...) {
    std::throw_with_nested(std::runtime_error("level " + std::to_string(n)));
  }
}
int depth(const std::exception& error) {
  try {
    std::rethrow_if_nested(error);
  } catch (const std::exception& inner) {
    return 1 + depth(inner);
  }
  return 0;
}

int main() {
  try {
    deep(5000);
  } catch (const std::exception& error) {
    std::cout << error.what() << ' ' << Guard::gone << ' ' << Guard::alive << '\n';
  }
  try {
    Fails fails;
  } catch (const std::logic_error& error) {
    assert(Guard::alive == 0);
    std::cout << error.what() << '\n';
  }
  try {
    nest(20);
  } catch (const std::exception& error) {
    std::cout << "nested " << depth(error) << '\n';
  }
  std::exception_ptr kept;
  try {
    throw std::out_of_range("kept");
  } catch (...) {
    kept = std::current_exception();
  }
  std::thread([kept] {
    try {
      std::rethrow_exception(kept);
    } catch (const std::out_of_range& e) {
      std::cout << e.what() << '\n';
    }
  }).join();
  long caught = 0;
  std::vector<std::thread> threads;
  std::vector<long> each(8);
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([t, &each] {
      for (int i = 0; i < 2000; ++i)
        try {
          deep(i % 20);
        } catch (const std::exception&) {
          ++each[t];
        }
      assert(Guard::alive == 0);
    });
  for (auto& thread : threads)
    thread.join();
  for (long n : each)
    caught += n;
  std::cout << "caught " << caught << '\n';
  try {
    std::vector<int>(5).at(9);
  } catch (const std::out_of_range&) {
    std::cout << "range\n";
  }
  volatile std::size_t huge = static_cast<std::size_t>(1) << 62;
  try {
    delete[] new char[huge];
  } catch (const std::bad_alloc&) {
    std::cout << "memory\n";
  }
  try {
    (void)std::any_cast<int>(std::any(2.0));
  } catch (const std::bad_any_cast&) {
    std::cout << "any\n";
  }
  try {
    (void)std::get<int>(std::variant<int, char>('x'));
  } catch (const std::bad_variant_access&) {
    std::cout << "variant\n";
  }
  try {
    (void)std::optional<int>().value();
  } catch (const std::bad_optional_access&) {
    std::cout << "optional\n";
  }
  try {
    std::function<void()>()();
  } catch (const std::bad_function_call&) {
    std::cout << "function\n";
  }
  std::unique_ptr<Base> base = std::make_unique<Derived<7>>();
  try {
    (void)dynamic_cast<Derived<8>&>(*base);
  } catch (const std::bad_cast&) {
    std::cout << "cast\n";
  }
  int status = 0;
  std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(typeid(*base).name(), nullptr, nullptr, &status), std::free);
  std::cout << name.get() << '\n';
  int numbers[] = {5, 13, 2, 9};
  try {
    std::qsort(numbers, 4, sizeof *numbers, compare);
  } catch (int n) {
    std::cout << "through C " << n << '\n';
  }
  std::set_terminate([] {
    std::cout << "terminate" << std::endl;
    std::_Exit(0);
  });
  []() noexcept { throw 1; }();
}
