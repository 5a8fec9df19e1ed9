//! Interruptions: a run that is told to end does so between two files, so that it leaves nothing behind.

#[cfg(unix)]
use std::sync::Arc;
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// While this lives, a signal to end waits until the file that is being written is whole. It takes effect when this is
/// dropped.
#[derive(Debug)]
pub struct Interrupts {
    /// The signal that waits; 0 for none.
    #[cfg(unix)]
    waiting: Arc<AtomicUsize>,
    /// True as soon as signals take effect at once again.
    #[cfg(unix)]
    released: Arc<AtomicBool>,
}

#[cfg(unix)]
impl Interrupts {
    /// Holds back the signals by which a run is told to end, except those that it ignores, as under `nohup`.
    pub fn hold() -> Self {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        use signal_hook::flag;

        let held = Self { waiting: Arc::default(), released: Arc::default() };
        let ignored = ignored();
        for signal in [SIGHUP, SIGINT, SIGTERM] {
            if ignored & (1 << (signal - 1)) == 0 {
                // Where a signal cannot be held back, it takes effect at once.
                let _ = flag::register_conditional_default(signal, Arc::clone(&held.released));
                let _ = flag::register_usize(signal, Arc::clone(&held.waiting), signal as usize);
            }
        }
        held
    }

    /// Returns whether a signal waits.
    pub fn is_waiting(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) != 0
    }
}

#[cfg(unix)]
impl Drop for Interrupts {
    fn drop(&mut self) {
        self.released.store(true, Ordering::SeqCst);
        let signal = self.waiting.load(Ordering::SeqCst);
        if signal != 0 {
            let _ = signal_hook::low_level::emulate_default_handler(signal as i32);
        }
    }
}

/// Returns the signals that this process ignores, a bit for each, as far as the system tells.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

#[cfg(not(unix))]
impl Interrupts {
    /// Holds back nothing: here no signal comes between.
    pub fn hold() -> Self {
        Self {}
    }

    /// Returns `false`: no signal waits.
    pub fn is_waiting(&self) -> bool {
        false
    }
}
