//! What `demarc connect` remembers: the operators' URLs, by stack and region.

use std::{
    collections::BTreeMap,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{endpoint::Endpoint, error::Error, function::Function};

/// URLs by function.
pub(crate) type Urls = BTreeMap<String, String>;

/// The configuration file.
#[derive(Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// By stack, then by region.
    #[serde(default)]
    stack: BTreeMap<String, BTreeMap<String, Urls>>,
}

impl File {
    /// Where it is: `$XDG_CONFIG_HOME/demarc/config.toml`, else below `~/.config`.
    pub(crate) fn path() -> Result<PathBuf, Error> {
        let set = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
        let base = set
            .filter(|path| path.is_absolute())
            .or_else(|| std::env::home_dir().map(|home| home.join(".config")));
        base.map(|base| base.join("demarc").join("config.toml")).ok_or_else(|| {
            Error::Message("there is no home directory: set `XDG_CONFIG_HOME`".to_owned())
        })
    }

    /// Reads it; an absent file is empty.
    pub(crate) fn load(path: &Path) -> Result<Self, Error> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(e) => return Err(Error::io(format!("`{}`", path.display()), e)),
        };
        toml::from_str(&text).map_err(|e| {
            Error::Message(format!(
                "`{}` is not valid: correct it, or delete it and run `demarc connect` again\n{}",
                path.display(),
                e.to_string().trim_end()
            ))
        })
    }

    /// An operator's place.
    pub(crate) fn endpoint(
        &self,
        stack: &str,
        region: &str,
        function: Function,
    ) -> Result<Option<Endpoint>, Error> {
        let url = self.stack.get(stack).and_then(|s| s.get(region)?.get(function.as_str()));
        url.map(|url| url.parse().map_err(Error::Message)).transpose()
    }

    /// Takes the URLs of a stack in a region in place of those it had.
    pub(crate) fn set(&mut self, stack: &str, region: &str, urls: Urls) {
        self.stack.entry(stack.to_owned()).or_default().insert(region.to_owned(), urls);
    }

    /// Writes it as a whole: a reader sees the former file or this one.
    pub(crate) fn save(&self, path: &Path) -> Result<(), Error> {
        let failed = |e| Error::io(format!("`{}` was not written", path.display()), e);
        let text = toml::to_string(self).map_err(|e| Error::Message(e.to_string()))?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let beside = path.with_extension(format!("toml.{}", std::process::id()));
        std::fs::write(&beside, format!("# Written by `demarc connect`.\n\n{text}"))
            .map_err(failed)?;
        std::fs::rename(&beside, path).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_as_documented() {
        let mut file = File::default();
        let url = "https://a.lambda-url.eu-west-1.on.aws/";
        file.set("demarc", "eu-west-1", Urls::from([("s3".into(), url.into())]));
        let text = toml::to_string(&file).unwrap();
        assert_eq!(text, format!("[stack.demarc.eu-west-1]\ns3 = \"{url}\"\n"));
        assert_eq!(toml::from_str::<File>(&text).unwrap(), file);
        let found = file.endpoint("demarc", "eu-west-1", Function::S3).unwrap();
        assert_eq!(found.unwrap().url(), url);
        assert!(file.endpoint("demarc", "eu-west-2", Function::S3).unwrap().is_none());
    }
}
