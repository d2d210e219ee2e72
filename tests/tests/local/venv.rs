use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use demarc_tests::local::venv::{self, Tool};

/// `pip` is in every new environment, so nothing is downloaded.
const PIP: Tool<'_> = Tool { name: "tool", requirements: &["pip"], executable: "pip" };

fn ensure(cache: &Path, steps: &AtomicU32) -> PathBuf {
    let count = |_: &str| {
        steps.fetch_add(1, Ordering::Relaxed);
    };
    venv::ensure_in(cache, PIP, &count).unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("demarc-venv-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn an_interrupted_set_up_is_done_again_and_a_whole_one_reused() {
    let cache = folder("again");
    let steps = AtomicU32::new(0);
    // What an interrupted set-up leaves: files, no marker.
    fs::create_dir_all(cache.join("tool/bin")).unwrap();
    fs::write(cache.join("tool/bin/pip"), "broken").unwrap();
    fs::write(cache.join("tool/bin/python"), "broken").unwrap();
    let pip = ensure(&cache, &steps);
    assert_ne!(fs::read_to_string(&pip).unwrap(), "broken");
    let after_first = steps.load(Ordering::Relaxed);
    assert!(after_first > 0);
    assert_eq!(ensure(&cache, &steps), pip);
    assert_eq!(steps.load(Ordering::Relaxed), after_first, "not reused");
    fs::remove_dir_all(cache).unwrap();
}

#[test]
fn two_at_once_install_once() {
    let cache = folder("twice");
    let installs = AtomicU32::new(0);
    let count = |step: &str| {
        if step.starts_with("installing") {
            installs.fetch_add(1, Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| venv::ensure_in(&cache, PIP, &count).unwrap());
        }
    });
    assert_eq!(installs.load(Ordering::Relaxed), 1);
    fs::remove_dir_all(cache).unwrap();
}

#[test]
fn a_requirement_without_the_executable_is_an_error() {
    let cache = folder("wrong");
    let tool = Tool { executable: "no-such-tool", ..PIP };
    let error = venv::ensure_in(&cache, tool, &|_| {}).unwrap_err();
    assert!(error.to_string().contains("no-such-tool"), "{error}");
    fs::remove_dir_all(cache).unwrap();
}
