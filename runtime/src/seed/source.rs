//! Where the files of seeds are: compiled into the program, or in a folder.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use seedbed_schema::{Schema, SeedRows};

use crate::meta;

/// Where the files of seeds are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SeedSource {
    /// In the program, as they were when its crate was generated.
    #[default]
    Compiled,
    /// In a folder that stands in for the one the spec names: with `/srv/seeds`, `data/roles.csv` is
    /// `/srv/seeds/roles.csv`.
    Folder(PathBuf),
}

/// The files of one schema's seeds, by their paths relative to the spec.
#[derive(Debug, Clone)]
pub(super) struct SeedFiles {
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Compiled(&'static [(&'static str, &'static [u8])]),
    Folder {
        root: PathBuf,
        /// The first folder of every seed's path, which `root` stands in for.
        replaced: Option<String>,
    },
}

/// A file that can be read in pieces.
#[derive(Debug)]
pub(super) enum Opened {
    Compiled(&'static [u8]),
    File { file: File, bytes: u64 },
}

impl SeedFiles {
    pub(super) fn new(meta: &'static meta::Schema, schema: &Schema, source: &SeedSource) -> Self {
        let place = match source {
            SeedSource::Compiled => Place::Compiled(meta.files),
            SeedSource::Folder(root) => Place::Folder { root: root.clone(), replaced: shared_folder(schema) },
        };
        Self { place }
    }

    /// Opens a file.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub(super) fn open(&self, path: &str) -> Result<Opened, String> {
        match &self.place {
            Place::Compiled(files) => compiled(files, path).map(Opened::Compiled),
            Place::Folder { root, replaced } => {
                let (file, bytes) = open_inside(root, within(path, replaced))?;
                Ok(Opened::File { file, bytes })
            }
        }
    }

    /// The whole content of a file. Files of a folder are read on a thread that may wait.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub(super) async fn read(&self, path: &str) -> Result<Cow<'static, [u8]>, String> {
        if let Place::Compiled(files) = &self.place {
            return compiled(files, path).map(Cow::Borrowed);
        }
        let (files, path) = (self.clone(), path.to_owned());
        let read = move || match files.open(&path)? {
            Opened::Compiled(bytes) => Ok(Cow::Borrowed(bytes)),
            Opened::File { file, .. } => read_all(file).map(Cow::Owned),
        };
        tokio::task::spawn_blocking(read).await.unwrap_or_else(|error| Err(error.to_string()))
    }
}

fn compiled(files: &'static [(&'static str, &'static [u8])], path: &str) -> Result<&'static [u8], String> {
    let found = files.iter().find(|(name, _)| *name == path);
    found.map(|(_, bytes)| *bytes).ok_or_else(|| "the file was not there when the crate was generated".to_owned())
}

fn read_all(mut file: File) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut file, &mut bytes).map_err(|error| format!("cannot be read: {error}"))?;
    Ok(bytes)
}

/// Opens a file below a folder, wherever its links lead inside it, and says how many bytes it has.
fn open_inside(root: &Path, path: &str) -> Result<(File, u64), String> {
    let outside = || format!("leads out of the data folder `{}`", root.display());
    // Cells and the spec were looked at before; this is for whoever hands in a schema that was not.
    if Path::new(path).components().any(|part| !matches!(part, std::path::Component::Normal(_))) {
        return Err(outside());
    }
    let folder = fs::canonicalize(root)
        .map_err(|error| format!("the data folder `{}` cannot be opened: {error}", root.display()))?;
    let cannot = |error: io::Error| format!("`{}` cannot be opened: {error}", root.join(path).display());
    let full = fs::canonicalize(folder.join(path)).map_err(cannot)?;
    if !full.starts_with(&folder) {
        return Err(outside());
    }
    let metadata = fs::metadata(&full).map_err(cannot)?;
    if !metadata.is_file() {
        return Err(format!("`{}` is not a file", root.join(path).display()));
    }
    Ok((File::open(&full).map_err(cannot)?, metadata.len()))
}

/// The first folder of the seeds' paths, if they all have the same.
fn shared_folder(schema: &Schema) -> Option<String> {
    let mut folders = schema.seeds.iter().filter_map(|seed| match &seed.rows {
        SeedRows::File(path) => Some(path.split_once('/').map(|(folder, _)| folder)),
        SeedRows::Inline { .. } => None,
    });
    let first = folders.next()??;
    folders.all(|folder| folder == Some(first)).then(|| first.to_owned())
}

/// A path inside the folder that stands in for another.
fn within<'p>(path: &'p str, replaced: &Option<String>) -> &'p str {
    let below = replaced.as_ref().and_then(|folder| path.strip_prefix(folder.as_str())?.strip_prefix('/'));
    below.unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(root: &Path, path: &str) -> Result<Vec<u8>, String> {
        open_inside(root, path).and_then(|(file, _)| read_all(file))
    }

    #[test]
    fn the_folder_stands_in_for_the_first_of_the_path() {
        let data = Some("data".to_owned());
        assert_eq!(within("data/prompts/ada.txt", &data), "prompts/ada.txt");
        assert_eq!(within("database/x.csv", &data), "database/x.csv");
        assert_eq!(within("a/b.csv", &None), "a/b.csv");
    }

    #[test]
    fn links_may_lead_within_the_folder_but_not_out_of_it() {
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("data");
        fs::create_dir_all(root.join("deep")).unwrap();
        fs::write(outer.path().join("secret"), "s").unwrap();
        fs::write(root.join("deep/a.txt"), "a").unwrap();
        std::os::unix::fs::symlink(root.join("deep/a.txt"), root.join("link")).unwrap();
        std::os::unix::fs::symlink(outer.path().join("secret"), root.join("out")).unwrap();
        std::os::unix::fs::symlink(outer.path(), root.join("up")).unwrap();

        assert_eq!(content(&root, "deep/a.txt").unwrap(), b"a");
        assert_eq!(content(&root, "link").unwrap(), b"a");
        for path in ["out", "up/secret", "../secret", "/etc/passwd"] {
            assert!(content(&root, path).unwrap_err().starts_with("leads out of the data folder"), "{path}");
        }
        assert!(content(&root, "deep").unwrap_err().ends_with("is not a file"));
        assert!(content(&root, "none.txt").unwrap_err().contains("none.txt` cannot be opened"));
    }
}
