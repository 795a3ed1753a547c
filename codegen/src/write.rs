//! The only part of the generator that touches the disk: a folder of generated files, replaced as a whole or not at all.
//!
//! The new folder is prepared beside the old one, with files that did not change linked rather than written, and the two
//! change places in one step. Whatever ends the process, the folder holds either all of the old files or all of the new.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::emit::File;

/// What makes a file ours to replace or remove.
const MARKER: &str = "@generated";
/// How far into a file the marker is looked for, in bytes.
const HEAD: usize = 200;
/// Files that cannot hold a comment.
const UNMARKED: &[&str] = &["schema.json"];

/// Why a folder could not be written; it is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Two emitters wrote the same path.
    #[error("two contents for `{0}`: this is a bug of the generator")]
    Twice(String),
    /// The folder holds a file that we did not write.
    #[error("`{}` was not generated; move it out of the folder, which `gen` replaces as a whole", .0.display())]
    Foreign(PathBuf),
    /// The disk said no.
    #[error("`{}`: {source}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// How a folder differs from what would be generated: the paths inside it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Files that are not there.
    pub missing: Vec<String>,
    /// Files with another content.
    pub changed: Vec<String>,
    /// Files that would not be generated.
    pub leftover: Vec<String>,
}

impl Differences {
    /// Whether the folder is what would be generated.
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.changed.is_empty() && self.leftover.is_empty()
    }
}

/// Compares a folder with the files it should hold.
///
/// # Errors
/// The folder cannot be read.
pub fn check(folder: &Path, files: &[File]) -> Result<Differences, WriteError> {
    let present = files_in(folder)?;
    let wanted: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let mut differences = Differences::default();
    for file in files {
        match fs::read(folder.join(&file.path)) {
            Ok(content) if content == file.content.as_bytes() => {}
            Ok(_) => differences.changed.push(file.path.clone()),
            Err(_) => differences.missing.push(file.path.clone()),
        }
    }
    differences.leftover = present.into_iter().filter(|path| !wanted.contains(path.as_str())).collect();
    Ok(differences)
}

/// Makes a folder hold exactly these files, and says what changed. A folder that already does is not touched.
///
/// # Errors
/// The folder holds a file that is not ours, or the disk says no; the folder is as it was before.
pub fn write(folder: &Path, files: &[File]) -> Result<Differences, WriteError> {
    refuse_doubles(files)?;
    let staging = Staging::beside(folder)?;
    let differences = check(folder, files)?;
    if differences.is_empty() {
        return Ok(differences);
    }
    refuse_foreign(folder, differences.changed.iter().chain(&differences.leftover))?;
    for file in files {
        let unchanged = !differences.changed.contains(&file.path) && !differences.missing.contains(&file.path);
        staging.put(folder, file, unchanged)?;
    }
    staging.exchange(folder)?;
    Ok(differences)
}

/// Writes one file, as a whole or not at all; unchanged, it is not touched. Says whether it changed. The file keeps its
/// permissions, and a link stays one: what it leads to is written.
///
/// # Errors
/// The disk says no; the file is as it was before.
pub fn write_file(path: &Path, content: &str) -> Result<bool, WriteError> {
    if fs::read(path).is_ok_and(|present| present == content.as_bytes()) {
        return Ok(false);
    }
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".new");
    let new = path.with_file_name(name);
    let written = write_beside(&new, path, content).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written.map(|()| true).map_err(|source| at(path, source))
}

/// Writes a file that will take the place of another, down to the disk.
fn write_beside(new: &Path, old: &Path, content: &str) -> io::Result<()> {
    let mut file = fs::File::create(new)?;
    file.write_all(content.as_bytes())?;
    if let Ok(old) = fs::metadata(old) {
        file.set_permissions(old.permissions())?;
    }
    file.sync_all()
}

fn refuse_doubles(files: &[File]) -> Result<(), WriteError> {
    let mut seen = BTreeSet::new();
    match files.iter().find(|file| !seen.insert(&file.path)) {
        Some(file) => Err(WriteError::Twice(file.path.clone())),
        None => Ok(()),
    }
}

fn refuse_foreign<'a>(folder: &Path, paths: impl Iterator<Item = &'a String>) -> Result<(), WriteError> {
    for path in paths {
        let full = folder.join(path);
        if UNMARKED.contains(&path.as_str()) {
            continue;
        }
        let content = fs::read(&full).map_err(|source| at(&full, source))?;
        let head = String::from_utf8_lossy(&content[..content.len().min(HEAD)]).into_owned();
        if !head.contains(MARKER) && !head.trim().is_empty() {
            return Err(WriteError::Foreign(full));
        }
    }
    Ok(())
}

/// The paths of every file in a folder, with forward slashes, sorted; none when there is no folder.
fn files_in(folder: &Path) -> Result<Vec<String>, WriteError> {
    let mut found = Vec::new();
    collect(folder, "", &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, prefix: &str, found: &mut Vec<String>) -> Result<(), WriteError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(at(folder, source)),
    };
    for entry in entries {
        let entry = entry.map_err(|source| at(folder, source))?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().map_err(|source| at(folder, source))?;
        if kind.is_dir() {
            collect(&entry.path(), &format!("{path}/"), found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

/// The folder that is being prepared; removed again unless it took its place.
struct Staging {
    folder: PathBuf,
}

impl Staging {
    /// An empty folder beside another; one that an interrupted run left is cleared.
    fn beside(folder: &Path) -> Result<Self, WriteError> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let staging = folder.with_file_name(format!(".{name}.new"));
        if staging.exists() {
            fs::remove_dir_all(&staging).map_err(|source| at(&staging, source))?;
        }
        Ok(Self { folder: staging })
    }

    fn put(&self, old: &Path, file: &File, unchanged: bool) -> Result<(), WriteError> {
        let path = self.folder.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|source| at(parent, source))?;
        }
        // A link keeps the time of change, by which cargo decides what to build again.
        if unchanged && fs::hard_link(old.join(&file.path), &path).is_ok() {
            return Ok(());
        }
        fs::write(&path, &file.content).map_err(|source| at(&path, source))
    }

    /// Puts this folder in the place of the old one.
    fn exchange(self, folder: &Path) -> Result<(), WriteError> {
        if !folder.exists() {
            return fs::rename(&self.folder, folder).map_err(|source| at(folder, source));
        }
        exchange(&self.folder, folder).map_err(|source| at(folder, source))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What is left here after the exchange is the old folder. Failing to remove it harms nothing: the next run does.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Exchanges two folders in one step where the system can, else by three renames.
fn exchange(new: &Path, old: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    let mut name = old.file_name().unwrap_or_default().to_os_string();
    name.push(".old");
    let aside = old.with_file_name(name);
    fs::rename(old, &aside)?;
    fs::rename(new, old)?;
    fs::rename(&aside, new)
}

fn at(path: &Path, source: io::Error) -> WriteError {
    WriteError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::{File, WriteError, check, write, write_file};

    fn file(path: &str, content: &str) -> File {
        File { path: path.to_owned(), content: content.to_owned() }
    }

    #[test]
    fn a_folder_becomes_exactly_the_files() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let folder = root.path().join("generated");
        let first = [file("a.rs", "//! @generated\n1"), file("b/c.rs", "//! @generated\n2")];
        assert_eq!(write(&folder, &first).expect("written").missing, ["a.rs", "b/c.rs"]);
        let before = std::fs::metadata(folder.join("a.rs")).and_then(|data| data.modified()).expect("a time");

        let second = [file("a.rs", "//! @generated\n1"), file("d.rs", "//! @generated\n3")];
        let differences = write(&folder, &second).expect("written");
        assert_eq!((differences.missing, differences.leftover), (vec!["d.rs".to_owned()], vec!["b/c.rs".to_owned()]));
        assert!(check(&folder, &second).expect("read").is_empty());
        assert!(!folder.join("b").exists());
        let after = std::fs::metadata(folder.join("a.rs")).and_then(|data| data.modified()).expect("a time");
        assert_eq!(before, after, "an unchanged file keeps its time");
        let names: Vec<_> = std::fs::read_dir(root.path()).expect("a folder").collect();
        assert_eq!(names.len(), 1, "nothing is left beside the folder: {names:?}");
    }

    #[test]
    fn a_file_of_somebody_else_stops_everything() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let folder = root.path().join("generated");
        write(&folder, &[file("a.rs", "//! @generated\n1")]).expect("written");
        std::fs::write(folder.join("notes.txt"), "mine").expect("written");
        let result = write(&folder, &[file("a.rs", "//! @generated\n2")]);
        assert!(matches!(result, Err(WriteError::Foreign(_))), "{result:?}");
        assert_eq!(std::fs::read_to_string(folder.join("a.rs")).expect("read"), "//! @generated\n1");
    }

    #[test]
    #[cfg(unix)]
    fn a_file_keeps_its_permissions_and_its_links() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let root = tempfile::tempdir().expect("a temporary folder");
        let (file, link) = (root.path().join("schema.yaml"), root.path().join("link.yaml"));
        std::fs::write(&file, "one").expect("written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).expect("it is ours");
        symlink("schema.yaml", &link).expect("a link");
        assert!(write_file(&link, "two").expect("written") && !write_file(&link, "two").expect("unchanged"));
        assert_eq!(std::fs::read_to_string(&file).expect("read"), "two");
        assert_eq!(std::fs::metadata(&file).expect("it is there").permissions().mode() & 0o777, 0o640);
        assert_eq!(std::fs::read_dir(root.path()).expect("a folder").count(), 2, "nothing is left beside them");

        let nowhere = root.path().join("nowhere/schema.yaml");
        assert!(matches!(write_file(&nowhere, "three"), Err(WriteError::Io { .. })));
    }
}
