#[test]
#[ignore]
fn dbg() {
    for p in std::env::var("PROBE").unwrap().split_whitespace() {
        let b = std::fs::read(p).unwrap();
        println!("{p}");
        super::whole::debug(&b);
    }
}
