use std::io::BufRead;
fn main() {
    for l in std::io::stdin().lock().lines() {
        let l = l.unwrap();
        for (m, g, n, b, a, q) in recto::text::mojibake::debug(&l) {
            println!("{}\t{}\t{}\t{}\t{}\t{}\t{}", recto::text::mojibake::page_name(m), g, n, b, a, q, l);
        }
    }
}
