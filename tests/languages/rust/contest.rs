// What contest programs do, and what hostile ones try; ../README.md has the list.
use std::collections::HashMap;
use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

struct Lcg(u64);
impl Lcg {
    fn next(&mut self) -> u64 {
        self.0 = self.0 * 48271 % 2147483647;
        self.0
    }
}

fn input() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let mut words = text.split_ascii_whitespace().map(|w| w.parse::<i64>().unwrap());
    let n = words.next().unwrap();
    let (mut sum, mut max) = (0, 0);
    for v in words {
        sum += v;
        max = max.max(v);
    }
    println!("{} {} {}", n, sum, max);
}

#[inline(never)]
fn deep(n: i32) -> i32 {
    if std::hint::black_box(n) == 0 { 0 } else { 1 + deep(n - 1) }
}

fn threads() {
    let total = Arc::new(Mutex::new(0i64));
    let all: Vec<_> = (0..4)
        .map(|i| {
            let total = total.clone();
            std::thread::spawn(move || {
                let sum: i64 = (1..=10000).map(|k| k * i).sum();
                *total.lock().unwrap() += sum;
            })
        })
        .collect();
    for t in all {
        t.join().unwrap();
    }
    println!("{}", *total.lock().unwrap());
}

fn exceptions() {
    std::panic::set_hook(Box::new(|_| {}));
    let caught = (0..1000usize)
        .filter(|i| std::panic::catch_unwind(|| std::hint::black_box(vec![0u8; 1])[i + 1]).is_err())
        .count();
    println!("{}", caught);
}

fn bignum() {
    let mut d = vec![1u32];
    for _ in 0..1000 {
        let mut carry = 0;
        for x in d.iter_mut() {
            carry += 2 * *x;
            *x = carry % 10;
            carry /= 10;
        }
        if carry > 0 {
            d.push(carry);
        }
    }
    println!("{}", d.iter().sum::<u32>());
}

fn timing() {
    let begin = Instant::now();
    std::thread::sleep(Duration::from_millis(20));
    let took = begin.elapsed();
    println!("{}", if took >= Duration::from_millis(20) && took < Duration::from_secs(60) { "ok" } else { "wrong" });
}

fn random() {
    use std::hash::{BuildHasher, Hasher};
    let one = std::collections::hash_map::RandomState::new().build_hasher().finish();
    let other = std::collections::hash_map::RandomState::new().build_hasher().finish();
    println!("{}", if one != other { "ok" } else { "wrong" });
}

fn sort() {
    let mut r = Lcg(42);
    let mut v: Vec<u64> = (0..100000).map(|_| r.next()).collect();
    v.sort();
    println!("{} {} {}", v[0], v[50000], v[99999]);
}

fn hash() {
    let mut r = Lcg(42);
    let mut count: HashMap<u64, u32> = HashMap::new();
    for _ in 0..100000 {
        *count.entry(r.next() % 1000).or_insert(0) += 1;
    }
    println!("{} {}", count.len(), count.values().max().unwrap());
}

fn output() {
    let mut out = std::io::BufWriter::new(std::io::stdout());
    for i in 1..=20000 {
        writeln!(out, "{}", i).unwrap();
        if i % 1000 == 0 {
            out.flush().unwrap();
        }
    }
}

fn answer(refused: bool) {
    println!("{}", if refused { "refused" } else { "made it" });
}

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("input") => input(),
        Some("recursion") => println!("{}", deep(100000)),
        Some("threads") => threads(),
        Some("exceptions") => exceptions(),
        Some("bignum") => bignum(),
        Some("timing") => timing(),
        Some("random") => random(),
        Some("sort") => sort(),
        Some("hash") => hash(),
        Some("output") => output(),
        Some("shell") => answer(std::process::Command::new("/bin/sh").args(["-c", "echo escaped"]).status().is_err()),
        Some("socket") => answer(std::net::TcpListener::bind("127.0.0.1:0").is_err()),
        _ => std::process::exit(2),
    }
}
