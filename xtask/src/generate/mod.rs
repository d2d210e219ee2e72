//! What is generated from the catalogue: pages, permissions, the model for others to use, the
//! template's repeated parts.

mod catalogue;
mod coverage;
mod grants;
mod own;
mod pages;
mod permissions;
mod published;
mod rules;
mod statement;
mod template;

use std::{collections::BTreeMap, fs, path::Path};

use crate::task::{TaskError, root};

const PAGES: &str = "docs/controls";
const COVERAGE: &str = "docs/coverage.md";
const PERMISSIONS: &str = "docs/permissions.md";
const TEMPLATE: &str = "template.yaml";
/// What is in these folders is generated, and nothing else is.
const FOLDERS: [&str; 2] = [PAGES, published::OSCAL];

/// Files by their path in the repository.
type Files = BTreeMap<String, String>;

/// Writes what has changed, or with `--check` names it and fails.
///
/// # Errors
/// A file cannot be read or written, the template has lost a mark, or, checking, a file differs.
pub fn run(arguments: &[String]) -> Result<(), TaskError> {
    let check = match arguments {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err(TaskError::new("usage: cargo xtask generate [--check]")),
    };
    let root = root();
    let files = files(&root)?;
    let differing: Vec<&str> = files
        .iter()
        .filter(|(path, text)| fs::read_to_string(root.join(path)).ok().as_ref() != Some(*text))
        .map(|(path, _)| path.as_str())
        .collect();
    let stale = stale(&root, &files)?;
    if !check {
        return write(&root, &files, &differing, &stale);
    }
    if differing.is_empty() && stale.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = differing.into_iter().chain(stale.iter().map(String::as_str)).collect();
    Err(TaskError::new(format!(
        "these files are not what `cargo xtask generate` writes:\n  {}",
        names.join("\n  ")
    )))
}

fn files(root: &Path) -> Result<Files, TaskError> {
    let by_hand = fs::read_to_string(root.join(TEMPLATE))
        .map_err(TaskError::io(format!("read `{TEMPLATE}`")))?;
    let mut files = pages::pages(PAGES);
    files.extend(published::files()?);
    files.insert(COVERAGE.to_owned(), coverage::page());
    files.insert(PERMISSIONS.to_owned(), permissions::document());
    files.insert(TEMPLATE.to_owned(), template::filled(&by_hand)?);
    Ok(files)
}

/// What stands in our folders and is no more.
fn stale(root: &Path, files: &Files) -> Result<Vec<String>, TaskError> {
    let mut stale = Vec::new();
    for name in FOLDERS {
        let Ok(folder) = fs::read_dir(root.join(name)) else { continue };
        for entry in folder {
            let entry = entry.map_err(TaskError::io(format!("list `{name}`")))?;
            let path = format!("{name}/{}", entry.file_name().to_string_lossy());
            if !files.contains_key(&path) {
                stale.push(path);
            }
        }
    }
    Ok(stale)
}

fn write(
    root: &Path,
    files: &Files,
    differing: &[&str],
    stale: &[String],
) -> Result<(), TaskError> {
    for folder in FOLDERS {
        fs::create_dir_all(root.join(folder)).map_err(TaskError::io(format!("make `{folder}`")))?;
    }
    for path in differing {
        let text = files.get(*path).map(String::as_str).unwrap_or_default();
        fs::write(root.join(path), text).map_err(TaskError::io(format!("write `{path}`")))?;
        println!("wrote {path}");
    }
    for path in stale {
        fs::remove_file(root.join(path)).map_err(TaskError::io(format!("remove `{path}`")))?;
        println!("removed {path}");
    }
    Ok(())
}
