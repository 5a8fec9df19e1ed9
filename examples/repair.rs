//! JSONL rows {"id","text"} in, the same rows with their text repaired out, in batches over all cores.

use std::io::{self, BufRead, Write};

use rayon::prelude::*;
use recto::text::mojibake;
use serde_json::Value;

const BATCH: usize = 4 << 20;

fn main() -> io::Result<()> {
    let mut input = io::BufReader::with_capacity(1 << 20, io::stdin());
    let mut output = io::stdout().lock();
    loop {
        let mut batch = Vec::with_capacity(BATCH + (1 << 16));
        while batch.len() < BATCH {
            if input.read_until(b'\n', &mut batch)? == 0 {
                break;
            }
        }
        if batch.is_empty() {
            return Ok(());
        }
        let lines: Vec<&[u8]> = batch.split_inclusive(|&b| b == b'\n').collect();
        let size = lines.len().div_ceil(16).max(1);
        let parts: Vec<Vec<u8>> = lines
            .par_chunks(size)
            .map(|part| {
                let mut out = Vec::new();
                for line in part {
                    row(line, &mut out);
                }
                out
            })
            .collect();
        for part in parts {
            output.write_all(&part)?;
        }
    }
}

fn row(line: &[u8], out: &mut Vec<u8>) {
    if passes(line) {
        out.extend_from_slice(line);
        return;
    }
    let Ok(mut value) = serde_json::from_slice::<Value>(line) else {
        out.extend_from_slice(line);
        return;
    };
    if let Some(Value::String(text)) = value.get_mut("text") {
        *text = mojibake::repair(text).into_owned();
    }
    let _ = serde_json::to_writer(&mut *out, &value);
    out.push(b'\n');
}

/// Whether a row can go through as it is: no escape stands for a suspicious character.
fn passes(line: &[u8]) -> bool {
    if memchr::memmem::find(line, b"\\u").is_some() {
        return false;
    }
    std::str::from_utf8(line).is_ok_and(|s| !mojibake::has_leads(s))
}
