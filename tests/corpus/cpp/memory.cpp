// Memory: new from many threads, pmr arenas, aligned new, shared and weak pointers across threads,
// containers with many nodes.
#undef NDEBUG
#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <cstdint>
#include <deque>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

struct alignas(256) Wide {
  std::array<char, 256> bytes{};
};
struct Node {
  std::unique_ptr<Node> left, right;
};
std::unique_ptr<Node> grow(int depth) {
  auto node = std::make_unique<Node>();
  if (depth > 0) {
    node->left = grow(depth - 1);
    node->right = grow(depth - 1);
  }
  return node;
}
int count(const Node* node) {
  return node ? 1 + count(node->left.get()) + count(node->right.get()) : 0;
}

int main() {
  std::atomic<long> nodes{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 10; ++i)
          nodes += count(grow(12).get());
      });
  }
  std::cout << "trees " << nodes << '\n';
  auto wide = std::make_unique<Wide[]>(100);
  assert(reinterpret_cast<std::uintptr_t>(wide.get()) % 256 == 0);
  std::pmr::monotonic_buffer_resource arena;
  std::pmr::synchronized_pool_resource pool(&arena);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&pool, t] {
        std::pmr::map<std::pmr::string, int> table(&pool);
        for (int i = 0; i < 3000; ++i)
          table["a key that is too long for the small string " +
                std::pmr::string(std::to_string(i), &pool)] = i * t;
        assert(table.size() == 3000);
      });
  }
  std::cout << "pools\n";
  std::shared_ptr<int> shared = std::make_shared<int>(7);
  std::weak_ptr<int> weak = shared;
  std::atomic<std::shared_ptr<int>> atomic(shared);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t)
      threads.emplace_back([&atomic, weak] {
        for (int i = 0; i < 1000; ++i) {
          auto got = weak.lock();
          atomic.store(got);
          assert(*atomic.load() == 7);
        }
      });
  }
  atomic.store(nullptr);
  shared.reset();
  assert(weak.expired());
  std::cout << "expired\n";
  std::mt19937 random(3);
  std::set<unsigned> set;
  std::list<unsigned> list;
  std::deque<unsigned> deque;
  for (int i = 0; i < 200000; ++i) {
    unsigned n = random();
    set.insert(n);
    deque.push_front(n);
    if (i % 4 == 0)
      list.push_back(n);
  }
  list.sort();
  assert(std::is_sorted(list.begin(), list.end()) && deque.back() == std::mt19937(3)());
  std::cout << "sets " << set.size() << ' ' << list.front() % 1000 << '\n';
  std::string text;
  for (int i = 0; i < 1'000'000; ++i)
    text += static_cast<char>('a' + i % 26);
  std::vector<std::string> copies(20, text);
  std::cout << "text " << copies.back().size() << ' ' << copies[7][999'999] << '\n';
  for (int i = 0; i < 50; ++i) {
    std::vector<char> block(16 << 20);
    block[block.size() / 2] = 1;
    assert(block[block.size() / 2] == 1);
  }
  std::cout << "blocks\n";
}
