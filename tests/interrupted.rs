//! Runs with `--fix` that are killed, interrupted, raced by another writer, or find no room: no file may ever be torn, and
//! nothing may be lost.
//!
//! `RECTO_KILLS` is how many runs are killed; the nightly job kills some hundreds.

#![cfg(unix)]
#![expect(clippy::print_stdout, reason = "the counts are the result of the nightly job")]

use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Number of files of a run.
const FILES: usize = 24;
/// Number of runs that are killed unless `RECTO_KILLS` says otherwise.
const KILLS: usize = 8;

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().expect("a folder") };
        for at in 0..FILES {
            fs::write(place.file(at), garbled(at)).expect("written");
        }
        place
    }

    fn file(&self, at: usize) -> PathBuf {
        self.folder.path().join(format!("{at:03}.md"))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_recto"));
        command.current_dir(self.folder.path()).args(["check", "--fix"]).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// The files that are not documents.
    fn strays(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder.path()).expect("readable").flatten().map(|entry| entry.path());
        entries.filter(|path| path.extension().is_none_or(|end| end != "md")).collect()
    }

    /// The number of files that are fixed; each must be whole.
    fn fixed(&self) -> usize {
        let is_fixed = |at: &usize| {
            let text = fs::read_to_string(self.file(*at)).expect("readable");
            assert!(text == garbled(*at) || text == repaired(*at), "{at} is torn: {} bytes", text.len());
            text == repaired(*at)
        };
        (0..FILES).filter(is_fixed).count()
    }
}

fn garbled(at: usize) -> String {
    format!("# Quay {at}\n\n") + &"It isnâ€™t far to the quay, and the lock is closed at night.\n\n".repeat(20)
}

fn repaired(at: usize) -> String {
    garbled(at).replace("â€™", "’")
}

/// Returns whether a run did what it was asked to; the files repeat themselves, which no fix changes.
fn is_done(status: ExitStatus) -> bool {
    matches!(status.code(), Some(0 | 1))
}

/// A sequence of numbers that look like chance and are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}

/// Starts a run and sends it a signal after some time; returns how it ended.
fn interrupted(place: &Place, signal: &str, after: Duration) -> ExitStatus {
    let mut child = place.command().spawn().expect("recto runs");
    std::thread::sleep(after);
    // It may have ended by then.
    let id = child.id().to_string();
    let _ = Command::new("kill").args(["-s", signal, &id]).stderr(Stdio::null()).status();
    child.wait().expect("ended")
}

#[test]
fn a_run_that_is_killed_tears_no_file_and_its_leftovers_are_removed() {
    let kills = std::env::var("RECTO_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let place = Place::new();
    let start = Instant::now();
    assert!(is_done(place.command().status().expect("recto runs")));
    let whole = start.elapsed().as_micros() as u64;
    let mut chance = Chance(kills as u64);
    let (mut amid, mut left_over) = (0, 0);
    for round in 0..kills {
        let place = Place::new();
        let signal = ["KILL", "INT", "TERM", "HUP"][round % 4];
        // Files are written at the end of a run.
        let after = Duration::from_micros(whole / 4 + chance.below(whole * 3 / 4));
        let status = interrupted(&place, signal, after);
        let fixed = place.fixed();
        amid += usize::from(fixed > 0 && fixed < FILES);
        let strays = place.strays();
        if signal == "KILL" {
            left_over += strays.len();
        } else {
            assert!(strays.is_empty(), "{signal} left {strays:?}");
            assert!(is_done(status) || status.signal().is_some(), "{signal}: {status}");
        }
        // The next run finishes the work and clears up.
        assert!(is_done(place.command().status().expect("recto runs")));
        assert_eq!((place.fixed(), place.strays()), (FILES, Vec::new()), "{signal} after {after:?}");
    }
    println!("{kills} runs ended by signals, {amid} of them between two writes; {left_over} leftovers removed");
}

#[test]
fn two_runs_at_once_leave_every_file_whole() {
    for _ in 0..3 {
        let place = Place::new();
        let mut runs: Vec<_> = (0..2).map(|_| place.command().spawn().expect("recto runs")).collect();
        for run in &mut runs {
            run.wait().expect("ended");
        }
        place.fixed();
        assert!(place.strays().is_empty(), "{:?}", place.strays());
    }
}

/// Appends lines to the files while recto fixes them; returns how many lines were written and how many are lost.
fn race() -> (usize, usize) {
    let place = Place::new();
    let is_over = AtomicBool::new(false);
    let written = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut written = Vec::new();
            while !is_over.load(Ordering::Relaxed) {
                let at = written.len() % FILES;
                let line = format!("line {}\n", written.len());
                let appended = fs::OpenOptions::new().append(true).open(place.file(at));
                appended.and_then(|mut file| file.write_all(line.as_bytes())).expect("appended");
                written.push((at, line));
                std::thread::sleep(Duration::from_micros(500));
            }
            written
        });
        for _ in 0..2 {
            place.command().status().expect("recto runs");
        }
        is_over.store(true, Ordering::Relaxed);
        writer.join().expect("no panic")
    });
    let texts: Vec<String> = (0..FILES).map(|at| fs::read_to_string(place.file(at)).expect("readable")).collect();
    let lost = written.iter().filter(|(at, line)| !texts[*at].contains(line.as_str())).count();
    assert!(place.strays().is_empty());
    (written.len(), lost)
}

#[test]
fn what_another_program_writes_meanwhile_is_not_lost() {
    let (written, lost) = race();
    println!("{written} lines written meanwhile, {lost} lost");
    // Microseconds remain between the last look and the rename; without that look some in a hundred are lost.
    assert!(lost <= 1 + written / 500, "{lost} of {written}");
}

#[test]
fn where_there_is_no_room_the_old_content_stays() {
    let place = Place::new();
    let large = "It isnâ€™t far to the quay.\n\n".repeat(4_000);
    fs::write(place.file(0), &large).expect("written");
    // No file may become larger than some blocks of 512 or 1024 bytes, and the signal that says so is ignored.
    let script = format!("trap '' XFSZ; ulimit -f 32; exec '{}' check --fix", env!("CARGO_BIN_EXE_recto"));
    let run = Command::new("sh").args(["-c", &script]).current_dir(place.folder.path()).output().expect("sh runs");
    assert_eq!(run.status.code(), Some(2), "{}", String::from_utf8_lossy(&run.stderr));
    assert!(String::from_utf8_lossy(&run.stderr).contains("could not write `000.md`"));
    assert_eq!(fs::read_to_string(place.file(0)).expect("readable"), large);
    assert!(place.strays().is_empty());
    let small = (1..FILES).all(|at| fs::read_to_string(place.file(at)).is_ok_and(|text| text == repaired(at)));
    assert!(small, "the other files are fixed");
}

fn metadata(path: &Path) -> fs::Metadata {
    fs::metadata(path).expect("there")
}

#[test]
fn a_file_keeps_its_owner_mode_and_attributes() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let place = Place::new();
    let path = place.file(0);
    let mode = |path: &Path| metadata(path).permissions().mode() & 0o7777;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
    let is_root = metadata(&path).uid() == 0;
    if is_root {
        std::os::unix::fs::chown(&path, Some(12_345), Some(23_456)).expect("set");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o4750)).expect("set");
    }
    let has_attributes = xattr::set(&path, "user.origin", b"scanned").is_ok();
    // The list gives the user 4711 the right to read: a header, then tags, rights and ids in little-endian order.
    let entry =
        |tag: u16, rights: u16, id: u32| [&tag.to_le_bytes()[..], &rights.to_le_bytes(), &id.to_le_bytes()].concat();
    let nobody = u32::MAX;
    let list = [
        2u32.to_le_bytes().to_vec(),
        entry(1, 7, nobody),
        entry(2, 4, 4711),
        entry(4, 5, nobody),
        entry(16, 5, nobody),
        entry(32, 0, nobody),
    ]
    .concat();
    let has_list = xattr::set(&path, "system.posix_acl_access", &list).is_ok();
    let before = (metadata(&path).uid(), metadata(&path).gid(), mode(&path));
    assert!(is_done(place.command().status().expect("recto runs")));
    assert_eq!(fs::read_to_string(&path).expect("readable"), repaired(0));
    assert_eq!((metadata(&path).uid(), metadata(&path).gid(), mode(&path)), before);
    if has_attributes {
        assert_eq!(xattr::get(&path, "user.origin").expect("readable"), Some(b"scanned".to_vec()));
    }
    if has_list {
        assert_eq!(xattr::get(&path, "system.posix_acl_access").expect("readable"), Some(list));
    }
}

#[test]
fn a_file_whose_owner_cannot_be_kept_runs_as_nobody_else() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    use std::os::unix::process::CommandExt;

    let place = Place::new();
    if metadata(place.folder.path()).uid() != 0 {
        return;
    }
    let (owner, somebody) = (12_345, 65_534);
    fs::set_permissions(place.folder.path(), fs::Permissions::from_mode(0o777)).expect("set");
    chown(place.file(0), Some(owner), Some(somebody)).expect("set");
    fs::set_permissions(place.file(0), fs::Permissions::from_mode(0o4775)).expect("set");
    place.command().uid(somebody).gid(somebody).status().expect("recto runs");
    let now = metadata(&place.file(0));
    assert_eq!(fs::read_to_string(place.file(0)).expect("readable"), repaired(0));
    assert_eq!((now.uid(), now.permissions().mode() & 0o7777), (somebody, 0o775));
}

#[test]
fn a_file_with_names_that_are_not_checked_is_refused_with_the_reason() {
    let place = Place::new();
    let elsewhere = tempfile::tempdir().expect("a folder");
    fs::hard_link(place.file(0), elsewhere.path().join("copy.md")).expect("linked");
    let run = place.command().stderr(Stdio::piped()).output().expect("recto runs");
    let told = String::from_utf8_lossy(&run.stderr).into_owned();
    assert_eq!(run.status.code(), Some(2), "{told}");
    assert!(told.contains("`000.md`") && told.contains("1 more name (hard link) outside of what is checked"), "{told}");
    assert_eq!(fs::read_to_string(place.file(0)).expect("readable"), garbled(0));
    assert_eq!(place.fixed(), FILES - 1);
}
