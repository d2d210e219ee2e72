//! The folder with everything that a shell and `cargo lambda` need.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use demarc_tests::{Fault, local::REGION, processes};
use serde_json::Value;

use crate::{Ground, functions::Running};

/// The folder.
pub struct Files {
    folder: PathBuf,
}

impl Files {
    /// An empty log in a folder that is there.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn create(folder: &Path) -> Result<Self, Fault> {
        fs::create_dir_all(folder)?;
        let files = Self { folder: folder.to_owned() };
        fs::write(files.path("functions.log"), "")?;
        Ok(files)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes JSON for a person to read and to change.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn json(&self, name: &str, value: &Value) -> Result<(), Fault> {
        Ok(fs::write(self.path(name), format!("{value:#}\n"))?)
    }

    /// Adds a line that a function printed.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn log(&self, line: &str) -> Result<(), Fault> {
        let mut file = OpenOptions::new().append(true).open(self.path("functions.log"))?;
        Ok(writeln!(file, "{line}")?)
    }

    /// One file a remediator, for `cargo lambda watch --env-file`.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn remediators(&self, ground: &Ground) -> Result<(), Fault> {
        for function in ground.template.functions() {
            let remediates = processes::is(&function, "remediator");
            let (Some(binary), true) = (function.binary, remediates) else { continue };
            let mut variables = function.environment;
            variables.extend(ground.cloud.environment());
            for (name, value) in [
                ("AWS_REGION", REGION),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ] {
                variables.insert(name.to_owned(), value.to_owned());
            }
            let lines: Vec<String> = variables.iter().map(|(n, v)| format!("{n}={v}\n")).collect();
            fs::write(self.path(&format!("{binary}.env")), lines.concat())?;
        }
        Ok(())
    }

    /// What makes a shell a person's: written for `.`, and given to be shown.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn person(&self, ground: &Ground, functions: &[Running]) -> Result<String, Fault> {
        let credentials = &ground.person.credentials;
        let mut variables = vec![
            ("AWS_ACCESS_KEY_ID".to_owned(), credentials.access_key_id().to_owned()),
            ("AWS_SECRET_ACCESS_KEY".to_owned(), credentials.secret_access_key().to_owned()),
            ("AWS_REGION".to_owned(), REGION.to_owned()),
            // The first version of the AWS command line reads no other.
            ("AWS_DEFAULT_REGION".to_owned(), REGION.to_owned()),
        ];
        variables.extend(ground.cloud.environment());
        for running in functions {
            let name = running.name.to_uppercase();
            variables.push((format!("DEMARC_OPERATOR_{name}"), running.url.clone()));
            variables.push((format!("DEMARC_QUEUE_{name}"), running.live.clone()));
        }
        // A token or a profile of the shell's own would go with the key, or before it.
        let mut text = "unset AWS_SESSION_TOKEN AWS_PROFILE\n".to_owned();
        text.extend(variables.iter().map(|(n, v)| format!("export {n}={}\n", quoted(v))));
        fs::write(self.path("demarc.env"), &text)?;
        Ok(text)
    }
}

/// For a shell; a secret key may hold `/` and `+`, which need no quotes, as do URLs.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/+:._-=".contains(c);
    match value.chars().all(plain) {
        true => value.to_owned(),
        false => format!("'{}'", value.replace('\'', r"'\''")),
    }
}
