// SPDX-License-Identifier: Apache-2.0
#include "native/slot_number.hpp"

#include <sandbox/error.hpp>

#include <catch2/catch.hpp>

#include <optional>

using sandbox::native::SlotNumber;
using sandbox::native::SlotNumbers;

TEST_CASE("no two that live have the same number") {
  const auto numbers = std::make_shared<SlotNumbers>(3);
  std::optional<SlotNumber> a(numbers);
  const SlotNumber b(numbers);
  CHECK(a->value() != b.value());
  const unsigned freed = a->value();
  a.reset();
  CHECK(SlotNumber(numbers).value() == freed);
}

TEST_CASE("when every number is taken the error says so") {
  const auto numbers = std::make_shared<SlotNumbers>(1);
  const SlotNumber only(numbers);
  CHECK_THROWS_AS(SlotNumber(numbers), sandbox::Error);
}

TEST_CASE("a number that moved is given back once") {
  const auto numbers = std::make_shared<SlotNumbers>(1);
  {
    SlotNumber first(numbers);
    const SlotNumber second(std::move(first));
  }
  CHECK_NOTHROW(SlotNumber(numbers));
  CHECK_NOTHROW(SlotNumber(numbers));
}
