// Threads of C++20: jthread, stop tokens, barrier, latch, semaphores, shared and timed mutexes,
// atomics that wait, thread_local.
#undef NDEBUG
#include <atomic>
#include <barrier>
#include <cassert>
#include <condition_variable>
#include <iostream>
#include <latch>
#include <map>
#include <mutex>
#include <numeric>
#include <queue>
#include <semaphore>
#include <shared_mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

struct Counted {
  inline static std::atomic<int> made{0}, gone{0};
  int n = ++made;
  ~Counted() { ++gone; }
};
thread_local Counted counted;

int main() {
  using namespace std::chrono_literals;
  std::mutex mutex;
  long guarded = 0;
  std::atomic<long> atomic{0};
  {
    std::latch start(1);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 48; ++i)
      threads.emplace_back([&] {
        start.wait();
        assert(counted.n > 0);
        for (int n = 0; n < 1000; ++n) {
          {
            std::scoped_lock lock(mutex);
            ++guarded;
          }
          atomic.fetch_add(1, std::memory_order_relaxed);
        }
      });
    start.count_down();
  }
  assert(guarded == atomic && Counted::made == Counted::gone);
  std::cout << "counted " << guarded << ' ' << Counted::gone << '\n';

  std::vector<int> cells(8, 1);
  std::vector<int> sums;
  auto completed = [&]() noexcept {
    sums.push_back(std::accumulate(cells.begin(), cells.end(), 0));
  };
  {
    std::barrier barrier(8, completed);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&, i] {
        for (int turn = 0; turn < 10; ++turn) {
          cells[i] *= 2;
          barrier.arrive_and_wait();
        }
      });
  }
  std::cout << "barrier " << sums.front() << ' ' << sums.back() << ' ' << sums.size() << '\n';

  std::counting_semaphore<3> places(3);
  std::atomic<int> inside{0}, most{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 20; ++i)
      threads.emplace_back([&] {
        places.acquire();
        int now = ++inside, seen = most;
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
        std::this_thread::sleep_for(1ms);
        --inside;
        places.release();
      });
  }
  assert(most <= 3 && !std::binary_semaphore(0).try_acquire_for(2ms));
  std::cout << "semaphore\n";

  std::condition_variable_any changed;
  std::queue<int> queue;
  long total = 0;
  {
    std::jthread consumer([&](std::stop_token stop) {
      std::unique_lock lock(mutex);
      while (changed.wait(lock, stop, [&] { return !queue.empty(); })) {
        total += queue.front();
        queue.pop();
      }
    });
    for (int n = 1; n <= 1000; ++n) {
      {
        std::scoped_lock lock(mutex);
        queue.push(n);
      }
      changed.notify_one();
    }
    for (;;) {
      {
        std::scoped_lock lock(mutex);
        if (queue.empty())
          break;
      }
      std::this_thread::yield();
    }
    consumer.request_stop();
  }
  std::cout << "consumed " << total << '\n';

  std::shared_mutex shared;
  std::map<int, std::string> table;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i)
      threads.emplace_back([&, i] {
        for (int n = 0; n < 200; ++n)
          if (i % 4 == 0) {
            std::unique_lock lock(shared);
            table[i * 1000 + n] = std::to_string(n);
          } else {
            std::shared_lock lock(shared);
            for (auto& [key, value] : table)
              if (key % 1000 != std::stoi(value))
                std::abort();
              else if (key > 20)
                break;
          }
      });
  }
  std::cout << "table " << table.size() << '\n';
  std::atomic<int> turn{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&, i] {
        for (int at = i; at < 400; at += 4) {
          for (int now; (now = turn.load()) != at;)
            turn.wait(now);
          turn = at + 1;
          turn.notify_all();
        }
      });
  }
  std::cout << "turns " << turn << '\n';
  std::timed_mutex timed;
  timed.lock();
  std::jthread([&] { assert(!timed.try_lock_for(5ms)); }).join();
  std::once_flag once;
  int times = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] { std::call_once(once, [&] { ++times; }); });
  }
  std::cout << "once " << times << '\n';
}
