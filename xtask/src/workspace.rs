//! The workspace that a command runs in, and the specs it lists.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// A workspace with specs.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The folder of its `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// The specs, relative to the root, in the order of the list.
    pub(crate) specs: Vec<PathBuf>,
}

impl Workspace {
    /// The workspace around the current folder.
    pub(crate) fn find() -> Result<Self> {
        let here = std::env::current_dir().context("the current folder cannot be read")?;
        for folder in here.ancestors() {
            let manifest = folder.join("Cargo.toml");
            if !manifest.is_file() {
                continue;
            }
            let text = std::fs::read_to_string(&manifest).with_context(|| format!("`{}`", manifest.display()))?;
            let document: toml::Table = text.parse().with_context(|| format!("`{}`", manifest.display()))?;
            if let Some(workspace) = document.get("workspace") {
                return Ok(Self { root: folder.to_owned(), specs: specs(workspace) });
            }
        }
        bail!("`{}` is in no cargo workspace", here.display())
    }

    /// The spec that was named, or every one that the workspace lists.
    pub(crate) fn specs(&self, named: Option<&Path>) -> Result<Vec<PathBuf>> {
        if let Some(path) = named {
            return Ok(vec![std::path::absolute(path)?]);
        }
        if self.specs.is_empty() {
            bail!("no spec: list them in `Cargo.toml`, `[workspace.metadata.seedbed]` `specs = [\"schema.yaml\"]`");
        }
        Ok(self.specs.iter().map(|spec| self.root.join(spec)).collect())
    }

    /// A path as it is shown and written into generated files: from the root, with forward slashes.
    pub(crate) fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }
}

fn specs(workspace: &toml::Value) -> Vec<PathBuf> {
    let list = workspace.get("metadata").and_then(|data| data.get("seedbed")?.get("specs")?.as_array());
    list.into_iter().flatten().filter_map(|spec| spec.as_str().map(PathBuf::from)).collect()
}
