// expect: MLE
fn main() {
    let mut kept: Vec<Vec<u64>> = Vec::new();
    loop {
        kept.push(vec![kept.len() as u64 + 1; 1 << 16]);
    }
}
