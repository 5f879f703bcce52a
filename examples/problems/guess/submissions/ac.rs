// expect: AC
use std::io::{stdin, stdout, Write};

fn line() -> String {
    let mut text = String::new();
    stdin().read_line(&mut text).unwrap();
    text.trim().to_string()
}

fn main() {
    let (mut low, mut high): (i64, i64) = (1, line().parse().unwrap());
    loop {
        let middle = (low + high) / 2;
        println!("{}", middle);
        stdout().flush().unwrap();
        match line().as_str() {
            "correct" => break,
            "higher" => low = middle + 1,
            _ => high = middle - 1,
        }
    }
}
