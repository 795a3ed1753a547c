//! `check`: reads the spec and reports what is wrong with it.

use crate::failure::Failure;
use crate::inspect;
use crate::workspace::Workspace;
use crate::{Format, SpecArgs};

/// Reads every spec.
pub(crate) fn run(args: &SpecArgs) -> Result<(), Failure> {
    let workspace = Workspace::find()?;
    let mut failed = false;
    for path in workspace.specs(args.spec.as_deref())? {
        match inspect::load(&path, args.format) {
            Ok(loaded) if args.format == Format::Text => {
                let schema = &loaded.schema;
                say!(
                    "{}: {} models, {} associations",
                    workspace.relative(&path),
                    schema.models.len(),
                    schema.associations.len()
                );
            }
            Ok(_) => {}
            Err(Failure::Reported) => failed = true,
            Err(failure) => return Err(failure),
        }
    }
    if failed { Err(Failure::Reported) } else { Ok(()) }
}
