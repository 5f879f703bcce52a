// expect: AC
use std::cmp::Reverse;
use std::collections::HashMap;
use std::io::{self, Read};

fn main() {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).unwrap();
    let mut words = text.split_whitespace();
    let k: usize = words.next().unwrap().parse().unwrap();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
    let mut order: Vec<_> = counts.into_iter().collect();
    order.sort_by_key(|&(word, count)| (Reverse(count), word));
    for (word, count) in order.into_iter().take(k) {
        println!("{} {}", word, count);
    }
}
