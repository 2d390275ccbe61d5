// std::async, promises, packaged tasks, exceptions across threads, a thread pool, a parallel sort
// made of futures.
#undef NDEBUG
#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <iostream>
#include <numeric>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

class Pool {
 public:
  explicit Pool(int count) {
    while (count--)
      threads_.emplace_back([this] { work(); });
  }
  ~Pool() {
    {
      std::scoped_lock lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
  }
  template <class F>
  auto submit(F f) {
    std::packaged_task<std::invoke_result_t<F>()> task(std::move(f));
    auto future = task.get_future();
    {
      std::scoped_lock lock(mutex_);
      tasks_.emplace_back(std::make_shared<decltype(task)>(std::move(task)));
    }
    changed_.notify_one();
    return future;
  }

 private:
  struct Task {
    template <class T>
    Task(std::shared_ptr<T> task) : call([task] { (*task)(); }) {}
    std::function<void()> call;
  };
  void work() {
    for (std::unique_lock lock(mutex_);;) {
      changed_.wait(lock, [this] { return ended_ || !tasks_.empty(); });
      if (tasks_.empty())
        return;
      auto task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task.call();
      lock.lock();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  bool ended_ = false;
  std::vector<std::jthread> threads_;
};

template <class It>
void parallel_sort(It begin, It end, int depth) {
  if (depth == 0)
    return std::sort(begin, end);
  auto middle = begin + (end - begin) / 2;
  auto left = std::async(std::launch::async, [=] { parallel_sort(begin, middle, depth - 1); });
  parallel_sort(middle, end, depth - 1);
  left.get();
  std::inplace_merge(begin, middle, end);
}

int main() {
  std::vector<std::future<long>> futures;
  for (long i = 0; i < 30; ++i)
    futures.push_back(std::async(std::launch::async, [i] {
      long sum = 0;
      for (long n = 0; n <= i * 1000; ++n)
        sum += n;
      return sum;
    }));
  long total = 0;
  for (auto& future : futures)
    total += future.get();
  std::cout << "async " << total << '\n';
  auto failing = std::async(std::launch::async,
                            []() -> int { throw std::out_of_range("thrown in a thread"); });
  try {
    failing.get();
    assert(false);
  } catch (const std::out_of_range& error) {
    std::cout << error.what() << '\n';
  }
  std::promise<std::string> promise;
  auto shared = promise.get_future().share();
  std::vector<std::jthread> waiters;
  std::atomic<int> heard{0};
  for (int i = 0; i < 8; ++i)
    waiters.emplace_back([shared, &heard] { heard += static_cast<int>(shared.get().size()); });
  assert(shared.wait_for(std::chrono::milliseconds(2)) == std::future_status::timeout);
  promise.set_value("promised");
  waiters.clear();
  std::cout << "heard " << heard << '\n';
  try {
    std::future<int> broken = std::promise<int>().get_future();
    broken.get();
  } catch (const std::future_error& error) {
    std::cout << (error.code() == std::future_errc::broken_promise) << '\n';
  }

  long pooled = 0;
  {
    Pool pool(6);
    std::vector<std::future<int>> results;
    for (int i = 0; i < 500; ++i)
      results.push_back(pool.submit([i] {
        if (i == 250)
          throw i;
        return i;
      }));
    for (auto& result : results)
      try {
        pooled += result.get();
      } catch (int n) {
        std::cout << "thrown " << n << '\n';
      }
  }
  std::cout << "pool " << pooled << '\n';
  std::vector<std::uint64_t> numbers(2'000'000);
  std::mt19937_64 random(1);
  std::ranges::generate(numbers, random);
  auto expected = std::accumulate(numbers.begin(), numbers.end(), 0ull, std::bit_xor<>());
  parallel_sort(numbers.begin(), numbers.end(), 3);
  assert(std::ranges::is_sorted(numbers) &&
         std::accumulate(numbers.begin(), numbers.end(), 0ull, std::bit_xor<>()) == expected);
  std::cout << "sorted " << numbers[1'000'000] % 1000 << '\n';
}
