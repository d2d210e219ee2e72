//! A child process: its output, and what it has used.

use std::io::{BufRead, BufReader, Read};
use std::process::Child;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The kernel's clock ticks per second, as `/proc/PID/stat` counts them on every Linux.
const TICKS: u64 = 100;

/// What a process has used so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Time on a processor, user and system, of all threads.
    pub cpu: Duration,
    /// The largest resident size so far, in KiB.
    pub peak_kib: u64,
}

/// Reads what a process has used. Nothing where it has ended.
pub(crate) fn usage(pid: u32) -> Option<Usage> {
    let folder = format!("/proc/{pid}");
    let status = std::fs::read_to_string(format!("{folder}/status")).ok()?;
    let stat = std::fs::read_to_string(format!("{folder}/stat")).ok()?;
    // The schedulers' count has nanoseconds, but misses threads that have ended, and some
    // kernels (gVisor) leave it at zero.
    let cpu = ticks(&stat)?.max(scheduled(&folder));
    let peak_kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .ok()?;
    Some(Usage { cpu, peak_kib })
}

/// `utime` and `stime`, fields 14 and 15; the name in field 2 may hold spaces.
fn ticks(stat: &str) -> Option<Duration> {
    let rest = stat.rsplit_once(')')?.1;
    let mut fields = rest.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(Duration::from_millis((user + system) * 1000 / TICKS))
}

fn scheduled(folder: &str) -> Duration {
    let tasks = std::fs::read_dir(format!("{folder}/task"));
    let nanoseconds = tasks
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok())
        .filter_map(|text| text.split(' ').next()?.parse::<u64>().ok())
        .sum();
    Duration::from_nanos(nanoseconds)
}

/// The lines that a process has printed, on both of its outputs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    /// Collects what the child prints, on threads that end with its outputs.
    pub(crate) fn follow(&self, child: &mut Child) -> std::io::Result<()> {
        if let Some(output) = child.stdout.take() {
            self.read(output)?;
        }
        if let Some(output) = child.stderr.take() {
            self.read(output)?;
        }
        Ok(())
    }

    pub(crate) fn all(&self) -> Vec<String> {
        self.lock().clone()
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, output: impl Read + Send + 'static) -> std::io::Result<()> {
        let lines = self.clone();
        std::thread::Builder::new()
            .name("lines".to_owned())
            .spawn(move || {
                // Output that is no UTF-8 must not block the process: it is read to its end.
                let mut output = BufReader::new(output);
                let mut line = Vec::new();
                while output.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
                    let text = String::from_utf8_lossy(&line);
                    lines.lock().push(text.trim_end().to_owned());
                    line.clear();
                }
            })
            .map(drop)
    }
}
