//! Fuzzing of the classification crate, from the inputs that earlier runs kept.

use std::{fs, path::Path, process::Command};

use crate::task::{TaskError, cache, cargo_tool, root, run as start};

/// Drives libFuzzer.
const CARGO_FUZZ: &str = "0.13.2";

/// How long an input may be, in bytes; the sample events are shorter.
const LONGEST: usize = 4_096;

/// How long an input may be that is kept, in bytes: longer ones are mostly sample events again.
const LONGEST_KEPT: usize = 600;

/// Fuzzes for ten minutes, or as many seconds as the argument says, and keeps the inputs that reach
/// something new: the crate's tests replay them.
///
/// # Errors
/// An input broke a rule (it is named above), or a tool is missing.
pub fn run(arguments: &[String]) -> Result<(), TaskError> {
    let seconds = match arguments {
        [] => 600,
        [seconds] => seconds
            .parse::<u32>()
            .map_err(|_| TaskError::new("usage: cargo xtask fuzz [SECONDS]"))?,
        _ => return Err(TaskError::new("usage: cargo xtask fuzz [SECONDS]")),
    };
    let folder = root().join("shared/classification/fuzz");
    let kept = folder.join("inputs.jsonl");
    let corpus = cache()?.join("fuzz-corpus");
    unpack(&kept, &corpus)?;
    let corpus_text = corpus.display().to_string();
    let events = root().join("events");
    let seeds = ["cloudtrail", "findings", "requests"].map(|name| events.join(name));
    let seeds = seeds.each_ref().map(|path| path.display().to_string());
    let limits = [
        "--".to_owned(),
        format!("-dict={}", folder.join("inputs.dict").display()),
        format!("-max_len={LONGEST}"),
        "-timeout=5".to_owned(),
        format!("-max_total_time={seconds}"),
    ];
    let run = [&["run".to_owned(), "inputs".to_owned(), corpus_text.clone()], &seeds[..], &limits];
    fuzz(&folder, &run.concat())?;
    fuzz(&folder, &["cmin".to_owned(), "inputs".to_owned(), corpus_text])?;
    pack(&corpus, &kept)
}

fn fuzz(folder: &Path, arguments: &[String]) -> Result<(), TaskError> {
    let tool = cargo_tool("cargo-fuzz", CARGO_FUZZ)?.join("cargo-fuzz");
    start(
        Command::new("rustup")
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", cache()?.join("fuzz-target"))
            .env_remove("CARGO")
            .args(["run", "nightly"])
            .arg(tool)
            .arg("fuzz")
            .args(arguments),
    )
}

/// Writes every kept input into a file of its own, as libFuzzer wants them.
fn unpack(kept: &Path, corpus: &Path) -> Result<(), TaskError> {
    let text =
        fs::read_to_string(kept).map_err(TaskError::io(format!("read `{}`", kept.display())))?;
    if corpus.exists() {
        fs::remove_dir_all(corpus)
            .map_err(TaskError::io(format!("remove `{}`", corpus.display())))?;
    }
    fs::create_dir_all(corpus).map_err(TaskError::io(format!("make `{}`", corpus.display())))?;
    for (at, line) in text.lines().enumerate() {
        let input: String = serde_json::from_str(line).map_err(|error| {
            TaskError::new(format!("`{}`, line {}: {error}", kept.display(), at + 1))
        })?;
        let bytes: Vec<u8> = input.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
        let file = corpus.join(format!("{at:05}"));
        fs::write(&file, bytes).map_err(TaskError::io(format!("write `{}`", file.display())))?;
    }
    Ok(())
}

/// One line for each input, a JSON text in which a character stands for a byte.
fn pack(corpus: &Path, kept: &Path) -> Result<(), TaskError> {
    let read =
        |path: &Path| fs::read(path).map_err(TaskError::io(format!("read `{}`", path.display())));
    let entries =
        fs::read_dir(corpus).map_err(TaskError::io(format!("read `{}`", corpus.display())))?;
    let mut lines = Vec::new();
    for entry in entries {
        let path = entry.map_err(TaskError::io("read the corpus"))?.path();
        let input = read(&path)?;
        if input.len() > LONGEST_KEPT {
            continue;
        }
        let text: String = input.into_iter().map(char::from).collect();
        lines.push(serde_json::Value::from(text).to_string());
    }
    lines.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    fs::write(kept, text).map_err(TaskError::io(format!("write `{}`", kept.display())))?;
    eprintln!("{} inputs are kept in `{}`", lines.len(), kept.display());
    Ok(())
}
