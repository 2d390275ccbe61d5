// Panics that are caught, overflow, drops while unwinding, wide integers, big integers of our own, floats, formats, text.
use std::fmt::Write;
use std::panic::{catch_unwind, AssertUnwindSafe};

struct Guard<'a>(&'a std::cell::Cell<u32>);
impl Drop for Guard<'_> { fn drop(&mut self) { self.0.set(self.0.get() + 1); } }
fn deep(n: u32, count: &std::cell::Cell<u32>) -> u32 {
    let _guard = Guard(count);
    if n == 0 { panic!("from the bottom") }
    deep(n - 1, count) + 1
}
struct Big(Vec<u32>);
impl Big {
    fn multiply(&mut self, by: u32) {
        let mut carry = 0u64;
        for digit in &mut self.0 { carry += *digit as u64 * by as u64; *digit = (carry % 1_000_000_000) as u32; carry /= 1_000_000_000; }
        if carry > 0 { self.0.push(carry as u32); }
    }
    fn text(&self) -> String {
        let mut text = self.0.last().unwrap().to_string();
        for digit in self.0.iter().rev().skip(1) { write!(text, "{digit:09}").unwrap(); }
        text
    }
}

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    let count = std::cell::Cell::new(0);
    let error = catch_unwind(AssertUnwindSafe(|| deep(1000, &count))).unwrap_err();
    println!("{} {}", error.downcast_ref::<&str>().unwrap(), count.get());
    let caught = (0..5000).filter(|&n| catch_unwind(|| { let list = [1, 2, 3]; list[n % 6] }).is_err()).count();
    println!("caught {caught}");
    assert!(catch_unwind(|| "x".parse::<i32>().unwrap()).is_err() && i32::MAX.checked_add(1).is_none());
    println!("{} {} {}", i32::MAX.wrapping_add(1), 250u8.saturating_add(9), u128::MAX);
    let mut factorial = Big(vec![1]);
    (2..=2000).for_each(|n| factorial.multiply(n));
    let text = factorial.text();
    println!("{} {}", text.len(), text.bytes().map(|b| (b - b'0') as u32).sum::<u32>());
    let power = |mut base: u128, mut exponent: u128, modulus: u128| {
        let mut result = 1;
        while exponent > 0 { if exponent & 1 == 1 { result = result * base % modulus; } base = base * base % modulus; exponent >>= 1; }
        result
    };
    println!("{}", power(3, 10u128.pow(38), 1_000_000_007));
    println!("{:?} {} {:e} {:.3} {:#x} {:>6}|{:<6}|{:^6}|", 0.1 + 0.2, f64::MAX * 2.0, 1e300, std::f64::consts::PI, 255, "ab", "cd", "ef");
    let text = "Žluťoučký kůň — 日本語 — 🎉";
    println!("{} {} {} {}", text.to_uppercase(), text.len(), text.chars().count(), text.encode_utf16().count());
    assert!(std::str::from_utf8(b"\xff").is_err() && String::from_utf8_lossy(b"a\xff").ends_with('\u{fffd}'));
    println!("{:?}", text.split(" — ").map(|part| part.chars().rev().collect::<String>()).collect::<Vec<_>>());
    println!("{:?}", "k1=v1;k2=v2".split(';').filter_map(|pair| pair.split_once('=')).collect::<std::collections::BTreeMap<_, _>>());
    let failing = || -> Result<i32, Box<dyn std::error::Error>> { Ok("12".parse::<i32>()? + "x1".parse::<i32>()?) };
    println!("{}", failing().unwrap_err());
}
