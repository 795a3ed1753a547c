//! `gen`: writes what follows from every spec, or says that it has not been done.

use anyhow::anyhow;
use seedbed_codegen::write::{self, Differences};

use crate::failure::Failure;
use crate::inspect;
use crate::workspace::Workspace;
use crate::{Format, SpecArgs};

/// Generates, or checks, every spec. Nothing is written if any of them is wrong.
pub(crate) fn run(args: &SpecArgs, check: bool) -> Result<(), Failure> {
    let workspace = Workspace::find()?;
    let specs = workspace.specs(args.spec.as_deref())?;
    let mut loaded = Vec::new();
    let mut failed = false;
    for path in specs {
        match inspect::load(&path, args.format) {
            Ok(spec) => loaded.push((path, spec)),
            Err(Failure::Reported) => failed = true,
            Err(failure) => return Err(failure),
        }
    }
    if failed {
        return Err(Failure::Reported);
    }
    for (path, spec) in loaded {
        let generated =
            seedbed_codegen::generate(&path, &workspace.relative(&path), &spec).map_err(anyhow::Error::from)?;
        if check {
            failed |= !is_current(&workspace, &generated)?;
        } else {
            apply(&workspace, &generated, args.format)?;
        }
    }
    if failed {
        return Err(Failure::Input(anyhow!("run `cargo xtask gen` and commit the result")));
    }
    Ok(())
}

fn is_current(workspace: &Workspace, generated: &seedbed_codegen::Generated) -> Result<bool, Failure> {
    let mut current = true;
    let differences = write::check(&generated.folder, &generated.files).map_err(anyhow::Error::from)?;
    for (what, paths) in named(&differences) {
        for path in paths {
            eprintln!("{what}: {}/{path}", workspace.relative(&generated.folder));
            current = false;
        }
    }
    for (path, content) in &generated.beside {
        if std::fs::read(path).ok().as_deref() != Some(content.as_bytes()) {
            eprintln!("not as generated: {}", workspace.relative(path));
            current = false;
        }
    }
    Ok(current)
}

fn apply(workspace: &Workspace, generated: &seedbed_codegen::Generated, format: Format) -> Result<(), Failure> {
    let differences = write::write(&generated.folder, &generated.files).map_err(anyhow::Error::from)?;
    for (path, content) in &generated.beside {
        write::write_file(path, content).map_err(anyhow::Error::from)?;
    }
    if format == Format::Text {
        say!("{}", summary(&workspace.relative(&generated.folder), generated.files.len(), &differences));
    }
    Ok(())
}

fn named(differences: &Differences) -> [(&'static str, &Vec<String>); 3] {
    [
        ("missing", &differences.missing),
        ("not as generated", &differences.changed),
        ("no longer generated", &differences.leftover),
    ]
}

fn summary(folder: &str, files: usize, differences: &Differences) -> String {
    if differences.is_empty() {
        return format!("{folder}: {files} files, nothing to change");
    }
    let Differences { missing, changed, leftover } = differences;
    format!("{folder}: {files} files; {} new, {} changed, {} removed", missing.len(), changed.len(), leftover.len())
}
