// Text and numbers: locale, regex, charconv, chrono, random, big integers of our own, ranges, bit
// tricks, string views.
#undef NDEBUG
#include <algorithm>
#include <bit>
#include <cassert>
#include <charconv>
#include <chrono>
#include <codecvt>
#include <complex>
#include <iomanip>
#include <iostream>
#include <locale>
#include <map>
#include <random>
#include <ranges>
#include <regex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

class Big {
 public:
  Big(unsigned n) : digits_{n} {}
  Big& operator*=(unsigned n) {
    std::uint64_t carry = 0;
    for (auto& digit : digits_) {
      carry += std::uint64_t{digit} * n;
      digit = static_cast<unsigned>(carry % base);
      carry /= base;
    }
    if (carry)
      digits_.push_back(static_cast<unsigned>(carry));
    return *this;
  }
  std::string text() const {
    std::string all = std::to_string(digits_.back());
    for (auto i = digits_.rbegin() + 1; i != digits_.rend(); ++i) {
      auto part = std::to_string(*i);
      all += std::string(9 - part.size(), '0') + part;
    }
    return all;
  }

 private:
  static constexpr unsigned base = 1'000'000'000;
  std::vector<unsigned> digits_;
};

int main() {
  std::locale::global(std::locale("C.UTF-8"));
  std::cout << "žluťoučký 日本 🎉 " << std::locale().name() << '\n';
  std::wstring_convert<std::codecvt_utf8<char32_t>, char32_t> convert;
  std::cout << convert.from_bytes("日本🎉").size() << ' ' << std::u16string(u"🎉").size() << '\n';
  Big factorial(1);
  for (unsigned n = 2; n <= 1500; ++n)
    factorial *= n;
  auto digits = factorial.text();
  long sum = 0;
  for (char c : digits)
    sum += c - '0';
  std::cout << digits.size() << ' ' << sum << ' ' << digits.substr(0, 20) << '\n';
  std::string text = "mail: one@example.org, two@example.net; 2024-05-06";
  std::regex mail(R"((\w+)@(\w+)\.(org|net))");
  for (std::sregex_iterator i(text.begin(), text.end(), mail), end; i != end; ++i)
    std::cout << (*i)[1] << '/' << (*i)[3] << ' ';
  std::cout << std::regex_replace(text, std::regex(R"((\d+)-(\d+)-(\d+))"), "$3.$2.$1").substr(40)
            << '\n';
  double d = 0;
  auto [end, failed] = std::from_chars("6.02214076e23xyz", "6.02214076e23xyz" + 16, d);
  assert(failed == std::errc() && *end == 'x' && d == 6.02214076e23);
  char buffer[64];
  std::cout << std::string_view(buffer, std::to_chars(buffer, buffer + 64, 0.1 + 0.2).ptr) << ' '
            << std::string_view(buffer, std::to_chars(buffer, buffer + 64, 255, 2).ptr) << '\n';
  using namespace std::chrono;
  auto day = year{2024} / February / last;
  std::cout << static_cast<unsigned>(day.day()) << ' '
            << (sys_days{year{2024} / 12 / 25} - sys_days{year{2024} / 1 / 1}).count() << ' '
            << weekday{sys_days{year{2024} / 12 / 25}}.iso_encoding() << '\n';
  assert(steady_clock::now().time_since_epoch().count() > 0 &&
         system_clock::now() > sys_days{year{2020} / 1 / 1});
  std::mt19937 random(42);
  std::cout << random() << ' ' << random() << '\n';
  std::random_device device;
  assert(device() != device() || device() != device());
  auto odd_squares = std::views::iota(1) | std::views::filter([](int n) { return n % 2; }) |
                     std::views::transform([](int n) { return n * n; }) | std::views::take(5);
  for (int n : odd_squares)
    std::cout << n << ' ';
  std::cout << std::popcount(0xffu) << ' ' << std::bit_width(1000u) << ' ' << std::rotl(1u, 31)
            << '\n';
  std::vector<std::string> words;
  for (int i = 0; i < 100000; ++i)
    words.push_back("w" + std::to_string(random() % 5000));
  std::unordered_map<std::string_view, int> counts;
  for (auto& word : words)
    ++counts[word];
  std::map<std::string_view, int> ordered(counts.begin(), counts.end());
  const std::string greatest(ordered.rbegin()->first);
  std::ranges::stable_sort(words, std::greater<>());
  assert(words.front() == greatest && std::ranges::is_sorted(words, std::greater<>()));
  std::cout << "words " << counts.size() << '\n';
  std::cout << (std::abs(std::exp(std::complex<double>(0, 3.14159265358979)) + 1.0) < 1e-9) << '\n';
}
