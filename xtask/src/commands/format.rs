//! `fmt`: brings every spec into its canonical form, or says that it has not been done.

use anyhow::{Error, anyhow};
use seedbed_codegen::{FormatError, Formatted, write};

use crate::failure::Failure;
use crate::inspect;
use crate::workspace::Workspace;
use crate::{Format, SpecArgs};

/// Formats, or checks, every spec and what it includes. Nothing is written if any of them is wrong.
pub(crate) fn run(args: &SpecArgs, check: bool) -> Result<(), Failure> {
    let workspace = Workspace::find()?;
    let files = formatted(&workspace, args)?;
    match check {
        true => refuse_unformatted(&workspace, &files),
        false => files.iter().try_for_each(|file| apply(&workspace, file, args.format)),
    }
}

fn formatted(workspace: &Workspace, args: &SpecArgs) -> Result<Vec<Formatted>, Failure> {
    let mut files = Vec::new();
    let mut failed = false;
    for path in workspace.specs(args.spec.as_deref())? {
        match seedbed_codegen::format(&path) {
            Ok(formatted) => files.extend(formatted),
            Err(FormatError::Wrong(diagnostics)) => {
                inspect::report(&diagnostics, args.format);
                failed = true;
            }
            Err(error) => return Err(Error::from(error).into()),
        }
    }
    if failed { Err(Failure::Reported) } else { Ok(files) }
}

fn refuse_unformatted(workspace: &Workspace, files: &[Formatted]) -> Result<(), Failure> {
    let mut failed = false;
    for file in files.iter().filter(|file| !file.is_current()) {
        eprintln!("not formatted: {}", workspace.relative(&file.path));
        failed = true;
    }
    if failed {
        return Err(Failure::Input(anyhow!("run `cargo xtask fmt` and commit the result")));
    }
    Ok(())
}

fn apply(workspace: &Workspace, file: &Formatted, format: Format) -> Result<(), Failure> {
    let changed = write::write_file(&file.path, &file.text).map_err(Error::from)?;
    if format == Format::Text {
        let what = if changed { "formatted" } else { "nothing to change" };
        say!("{}: {what}", workspace.relative(&file.path));
    }
    Ok(())
}
