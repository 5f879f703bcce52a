// expect: CE
fn main() {
    println!("{}", words(;
}
