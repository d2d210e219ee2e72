//! `demarc completions` and `demarc man`: from the definitions of the command line.

use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{Status, arguments::Arguments, error::Error, show::print};

/// Prints a shell's completions.
pub(crate) fn completions(shell: Shell) -> Result<Status, Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "demarc", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(Status::Done)
}

/// Prints the man page, or writes those of all commands into a folder.
pub(crate) fn man(to: Option<&Path>) -> Result<Status, Error> {
    let command = Arguments::command();
    if let Some(folder) = to {
        let failed = |e| Error::io(format!("`{}`", folder.display()), e);
        std::fs::create_dir_all(folder).map_err(failed)?;
        clap_mangen::generate_to(command, folder).map_err(failed)?;
        return Ok(Status::Done);
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).map_err(|e| Error::io("the man page", e))?;
    print(&String::from_utf8_lossy(&page))?;
    Ok(Status::Done)
}
