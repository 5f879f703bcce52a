// expect: RTE
fn main() {
    let k: usize = "two".parse().unwrap();
    println!("{}", k);
}
