//! Work in shares on several threads.
//!
//! The threads live as long as the call: a pool that outlives it would be dead in a process that was forked from this
//! one, and the first call there would wait for ever.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use recto_mojibake::Scanner;

/// Number of bytes that one thread judges at a time (a guess).
pub(crate) const SHARE_BYTES: usize = 64 << 10;

/// Number of threads of a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Threads(usize);

impl Threads {
    /// Returns the number asked for, or one for each core.
    pub(crate) fn new(asked: Option<usize>) -> Self {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        Self(asked.unwrap_or_else(cores).max(1))
    }

    /// Returns the number of threads.
    pub(crate) fn get(self) -> usize {
        self.0
    }

    /// Returns the results of `work` for all shares, in order.
    pub(crate) fn map<T: Send>(
        self,
        shares: &[Range<usize>],
        work: impl Fn(Range<usize>, &mut Scanner) -> T + Sync,
    ) -> Vec<T> {
        let threads = self.0.min(shares.len());
        if threads <= 1 {
            let mut scanner = Scanner::default();
            return shares.iter().map(|share| work(share.clone(), &mut scanner)).collect();
        }
        let next = AtomicUsize::new(0);
        let turn = || {
            let mut scanner = Scanner::default();
            let mut done = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(share) = shares.get(at) else { return done };
                done.push((at, work(share.clone(), &mut scanner)));
            }
        };
        let mut done: Vec<(usize, T)> = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(turn)).collect();
            let mut done = turn();
            for other in others {
                match other.join() {
                    Ok(more) => done.extend(more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            done
        });
        done.sort_by_key(|(at, _)| *at);
        done.into_iter().map(|(_, result)| result).collect()
    }
}
